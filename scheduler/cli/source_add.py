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

    from storage.crawl import page_listings, pages

    keys = candidate.urls_by_key
    known = [page.id for page in pages.by_keys(conn, keys).values()]
    listings = page_listings.of_pages(conn, known).values()
    pages_by_source = Counter(
        listing.source_id for page_listers in listings for listing in page_listers
    )
    if not pages_by_source:
        return None
    [(source_id, number)] = pages_by_source.most_common(1)
    return KnownShare(source_id, number / len(keys))


def pick_candidates(
    discovered: DiscoveredSources, pick: str | None, *, is_asked: bool
) -> list[Candidate]:
    """Return the candidates that an operator wants; the best where nobody says otherwise.

    `pick` are numbers as shown, from 1. Raises InputError for others.
    """
    from storage.errors import InputError

    if pick is None and is_asked:
        pick = typer.prompt("Which of them? Numbers, with commas", default="1", err=True)
    if pick is None:
        return [discovered.best]
    numbers = [part.strip() for part in pick.split(",")]
    most = len(discovered.candidates)
    if not all(part.isdecimal() and 1 <= int(part) <= most for part in numbers):
        raise InputError(f"{pick!r} names none of the candidates; they are numbered 1 to {most}")
    return [discovered.candidates[int(part) - 1] for part in dict.fromkeys(numbers)]


def asks_operator(discovered: DiscoveredSources, pick: str | None, *, yes: bool) -> bool:
    """Tell whether the operator is asked: on a terminal, where there is something to choose."""
    return not yes and pick is None and len(discovered.candidates) > 1 and sys.stdin.isatty()


def print_candidates(
    discovered: DiscoveredSources, shares: Mapping[str, KnownShare | None]
) -> None:
    """Show the candidates, the best first, with what they would bring."""
    from crawler.listings.candidates import overlap

    best = discovered.best
    print_table(
        ("", "kind", "items", "a day", "newest", "hub", "with the first", "known", "url"),
        [
            (
                number,
                candidate.kind.value,
                len(candidate.listing.items),
                "" if candidate.rate is None else f"{candidate.rate:.1f}",
                local_time(candidate.newest) if candidate.newest else "",
                "yes" if candidate.listing.hub_url else "",
                "" if candidate is best else f"{overlap(candidate, best):.0%}",
                _says_known(shares.get(candidate.url)),
                candidate.url,
            )
            for number, candidate in enumerate(discovered.candidates, 1)
        ],
    )
    for number, candidate in enumerate(discovered.candidates, 1):
        for item in candidate.listing.items[:_SAMPLES]:
            print_note(f"  {number}: {item.title[:_TITLE_SHOWN] or item.url}")


def candidates_json(
    discovered: DiscoveredSources, shares: Mapping[str, KnownShare | None]
) -> list[dict[str, object]]:
    """Return what was found for programs."""
    from crawler.listings.candidates import overlap

    return [
        {
            "number": number,
            "kind": candidate.kind.value,
            "url": candidate.url,
            "title": candidate.title,
            "items": len(candidate.listing.items),
            "items_a_day": candidate.rate,
            "newest": candidate.newest,
            "hub_url": candidate.listing.hub_url,
            "sitemap_url": candidate.sitemap_url,
            "overlap_with_first": overlap(candidate, discovered.best),
            "known": shares.get(candidate.url),
            "samples": [item.title or item.url for item in candidate.listing.items[:_SAMPLES]],
        }
        for number, candidate in enumerate(discovered.candidates, 1)
    ]


def added_message(candidate: Candidate, others: Sequence[Candidate], *, alert_backlog: bool) -> str:
    """Say what comes of an added source, and what was left that does not come with it."""
    from crawler.listings.candidates import overlap

    listed = len(candidate.listing.items)
    alerts = "will alert when they match" if alert_backlog else "are stored without alerts"
    says = f"it lists {listed} items now; they {alerts}, later ones alert"
    apart = [
        other.url
        for other in others
        if other.kind is candidate.kind and not other.is_beside and overlap(other, candidate) < 0.5  # noqa: PLR2004 - half of it
    ]
    return f"{says}; also there: {', '.join(apart)}" if apart else says


def _says_known(share: KnownShare | None) -> str:
    return "" if share is None else f"{share.share:.0%} with source {share.source_id}"
