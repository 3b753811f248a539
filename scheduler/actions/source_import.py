"""A feed reader's list imported: each listing that it names becomes a source, or it is said why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.urls.canonical import canonical_url, host_of
from scheduler.actions.audit_log import Actor, AuditAction
from scheduler.actions.source_discovery import DiscoveredSources
from scheduler.actions.sources import add_listed_source, add_source
from scheduler.interchange.opml import Outline
from scheduler.wording.formatters import count
from storage.crawl import sources
from storage.errors import BlockedAddressError, InputError, WirewatchError


@dataclass(frozen=True, slots=True)
class ImportedOutline:
    """What became of a line; `result` is added, moved, known, duplicate, unreadable or bad address.

    Of a dry run it is new in place of added.
    """

    outline: Outline
    url: str
    result: str
    why: str


def import_outlines(
    conn: Connection,
    actor: Actor,
    outlines: Iterable[Outline],
    discovered: Mapping[str, DiscoveredSources | WirewatchError],
    *,
    check: Callable[[str], None],
    about: str,
    alert_backlog: bool,
    dry_run: bool,
    now: datetime,
) -> list[ImportedOutline]:
    """Add each outline that is no source yet; of a dry run nothing is stored.

    `discovered` is what was found at the outlines' addresses where they were fetched first, and
    `about` names the list in the audit log. `check` raises BlockedAddressError for an address that
    may never be asked.
    """
    importer = _Importer(conn, actor, alert_backlog=alert_backlog, dry_run=dry_run, now=now)
    seen: set[str] = set()
    imported: list[ImportedOutline] = []
    for outline in outlines:
        try:
            url = canonical_url(outline.url)
            check(url)
        except (InputError, BlockedAddressError) as error:
            imported.append(ImportedOutline(outline, outline.url, "bad address", str(error)))
            continue
        result_of_lookup = discovered.get(outline.url)
        if url in seen:
            result, why = "duplicate", "it stands in the file before"
        elif isinstance(result_of_lookup, WirewatchError):
            result, why = "unreadable", str(result_of_lookup)
        else:
            result, why = importer.take(outline, url, result_of_lookup)
        seen.add(url)
        imported.append(ImportedOutline(outline, url, result, why))
    if not dry_run:
        says = f"{count(importer.added, 'source')} added"
        actor.record(conn, AuditAction.SOURCE_LIST_IMPORTED, about, new=says, now=now)
    return imported


class _Importer:
    """Adds sources one by one, and counts them."""

    def __init__(
        self, conn: Connection, actor: Actor, *, alert_backlog: bool, dry_run: bool, now: datetime
    ) -> None:
        self.added = 0
        self._conn = conn
        self._actor = actor
        self._alert_backlog = alert_backlog
        self._dry_run = dry_run
        self._now = now

    def take(
        self, outline: Outline, listed_url: str, found: DiscoveredSources | None
    ) -> tuple[str, str]:
        """Add what an outline names, or what was found there; return the result, and why."""
        url = listed_url if found is None else found.best.url
        moved = url != listed_url
        known = sources.by_url(self._conn, url)
        if known is not None:
            return "known", f"it is source {known.id}"
        if self._dry_run:
            return ("moved", f"to {url}") if moved else ("new", "")
        source_id = self._add(outline, url, found)
        self.added += 1
        return ("moved" if moved else "added"), f"source {source_id}{f', {url}' if moved else ''}"

    def _add(self, outline: Outline, url: str, found: DiscoveredSources | None) -> int:
        title = outline.title or host_of(url)
        try:
            site_url = canonical_url(outline.site_url or "/", url)
        except InputError:
            site_url = canonical_url("/", url)
        if found is not None:
            return add_source(
                self._conn,
                self._actor,
                found.best,
                alert_backlog=self._alert_backlog,
                now=self._now,
                title=title,
                site_url=site_url,
            ).id
        return add_listed_source(
            self._conn,
            self._actor,
            url=url,
            title=title,
            site_url=site_url,
            kind=outline.kind,
            alert_backlog=self._alert_backlog,
            now=self._now,
        ).id
