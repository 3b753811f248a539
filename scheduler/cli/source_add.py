"""`wirewatch source add`: what was found at a site, which of it is taken, and what is known of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from scheduler.cli.output import local_time, print_note, print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from crawler.listings.candidates import Candidate
    from scheduler.actions.source_discovery import DiscoveredSources

_SAMPLES = 3
_TITLE_SHOWN = 60


@dataclass(frozen=True, slots=True)
class KnownShare:
    """How much of a candidate's items comes with a source that is there already."""

    source_id: int
    share: float


def known_share(conn: Connection, candidate: Candidate) -> KnownShare | None:
    """Return the source that lists most of a candidate's items; None when none is known."""
    from collections import Counter

    from storage.crawl import pages

    keys = candidate.urls_by_key
    found = Counter(page.source_id for page in pages.by_keys(conn, keys).values())
    if not found:
        return None
    [(source_id, number)] = found.most_common(1)
    return KnownShare(source_id, number / len(keys))


def pick_candidates(
    found: DiscoveredSources, pick: str | None, *, is_asked: bool
) -> list[Candidate]:
    """Return the candidates that an operator wants; the best where nobody says otherwise.

    `pick` are numbers as shown, from 1. Raises InputError for others.
    """
    from storage.errors import InputError

    if pick is None and is_asked:
        pick = typer.prompt("Which of them? Numbers, with commas", default="1", err=True)
    if pick is None:
        return [found.best]
    numbers = [part.strip() for part in pick.split(",")]
    most = len(found.candidates)
    if not all(part.isdecimal() and 1 <= int(part) <= most for part in numbers):
        raise InputError(f"{pick!r} names none of the candidates; they are numbered 1 to {most}")
    return [found.candidates[int(part) - 1] for part in dict.fromkeys(numbers)]


def asks_operator(found: DiscoveredSources, pick: str | None, *, yes: bool) -> bool:
    """Tell whether the operator is asked: on a terminal, where there is something to choose."""
    return not yes and pick is None and len(found.candidates) > 1 and sys.stdin.isatty()


def print_candidates(found: DiscoveredSources, known: Mapping[str, KnownShare | None]) -> None:
    """Show the candidates, the best first, with what they would bring."""
    from crawler.listings.candidates import overlap

    best = found.best
    print_table(
        ("", "kind", "items", "a day", "newest", "hub", "with the first", "known", "url"),
        [
            (
                number,
                each.kind.value,
                len(each.listing.items),
                "" if each.rate is None else f"{each.rate:.1f}",
                local_time(each.newest) if each.newest else "",
                "yes" if each.listing.hub_url else "",
                "" if each is best else f"{overlap(each, best):.0%}",
                _says_known(known.get(each.url)),
                each.url,
            )
            for number, each in enumerate(found.candidates, 1)
        ],
    )
    for number, each in enumerate(found.candidates, 1):
        for item in each.listing.items[:_SAMPLES]:
            print_note(f"  {number}: {item.title[:_TITLE_SHOWN] or item.url}")


def candidates_json(
    found: DiscoveredSources, known: Mapping[str, KnownShare | None]
) -> list[dict[str, object]]:
    """Return what was found for programs."""
    from crawler.listings.candidates import overlap

    return [
        {
            "number": number,
            "kind": each.kind.value,
            "url": each.url,
            "title": each.title,
            "items": len(each.listing.items),
            "items_a_day": each.rate,
            "newest": each.newest,
            "hub_url": each.listing.hub_url,
            "sitemap_url": each.sitemap_url,
            "overlap_with_first": overlap(each, found.best),
            "known": known.get(each.url),
            "samples": [item.title or item.url for item in each.listing.items[:_SAMPLES]],
        }
        for number, each in enumerate(found.candidates, 1)
    ]


def added_message(candidate: Candidate, others: Sequence[Candidate], *, alert_backlog: bool) -> str:
    """Say what comes of an added source, and what was left that does not come with it."""
    from crawler.listings.candidates import overlap

    listed = len(candidate.listing.items)
    told = "will alert when they match" if alert_backlog else "are stored without alerts"
    says = f"it lists {listed} items now; they {told}, later ones alert"
    apart = [
        each.url
        for each in others
        if each.kind is candidate.kind and not each.is_beside and overlap(each, candidate) < 0.5  # noqa: PLR2004 - half of it
    ]
    return f"{says}; also there: {', '.join(apart)}" if apart else says


def _says_known(known: KnownShare | None) -> str:
    return "" if known is None else f"{known.share:.0%} with source {known.source_id}"
