"""From whom pages say that their text is, held against labels.

Each page goes through the true extractor and the true judge of credits. Precision is the share of
named origins that are right: the page is labelled as syndicated and the origin named is on the site
of the labelled original. Recall is the share of syndicated pages whose origin is named rightly.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.copies.origin.credits import Credit, named_origin
from crawler.extract.article import extract_article
from crawler.settings import ExtractSettings
from crawler.urls.sites import host_and_path
from storage.errors import ExtractError
from tests.bench.report import progress

_CRAWLED_AT = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page and the address of its original; None when it is nobody's copy, or not labelled."""

    url: str
    html: str
    labelled: bool
    original: str | None


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=Path, required=True, help="gzip JSON Lines, a page a line")


def run(args: argparse.Namespace) -> dict[str, Any]:
    pages = list(read_labelled(args.pages))
    found = [_origin_named_by(page) for page in pages]
    for page, credit in zip(pages, found, strict=True):
        _tell(page, credit)
    labelled = [credit for page, credit in zip(pages, found, strict=True) if page.labelled]
    claims = sum(credit is not None for credit in labelled)
    syndicated = sum(page.original is not None for page in pages)
    right = sum(is_right(page, credit) for page, credit in zip(pages, found, strict=True))
    return {
        "pages": len(pages),
        "syndicated": syndicated,
        "named": sum(credit is not None for credit in found),
        "right": right,
        "precision": round(right / claims, 4) if claims else None,
        "recall": round(right / syndicated, 4) if syndicated else None,
    }


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Read the file; a page without a label is told of and not counted."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            original = row.get("original") if row.get("syndicated") else None
            yield Labelled(
                row["url"] or "",
                row["html"],
                bool({"syndicated", "original"} & row.keys()),
                original,
            )


def is_right(page: Labelled, credit: Credit | None) -> bool:
    """Whether the origin that was named is on the labelled original's site."""
    if credit is None or page.original is None:
        return False
    wanted = host_and_path(page.original)[0]
    if credit.address is not None:
        return host_and_path(credit.address)[0] == wanted
    return credit.is_of(wanted)


def _origin_named_by(page: Labelled) -> Credit | None:
    try:
        article = extract_article(
            page.html.encode("utf-8", "surrogatepass"),
            url=page.url,
            content_type="text/html; charset=utf-8",
            settings=ExtractSettings(),
            now=_CRAWLED_AT,
        )
    except ExtractError as error:
        progress(f"{page.url}: {error}")
        return None
    return named_origin(article.url, article.signals)


def _tell(page: Labelled, credit: Credit | None) -> None:
    """Print what was named and why, and every page that was judged wrongly."""
    if credit is not None:
        verdict = "right" if is_right(page, credit) else "WRONG"
        verdict = verdict if page.labelled else "unlabelled"
        progress(f"{verdict}: {page.url} is from {credit.publisher}, {credit.sure:.0%} sure")
        for reason in credit.reasons:
            progress(f"    {reason.weight:+.1f}  it {reason.says}: {reason.value[:200]}")
    elif page.original is not None:
        progress(f"MISSED: {page.url} is from {page.original}")
