"""`wirewatch opml`: sources from a feed reader's list, and into one."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.output import as_json, line, say, table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduler.actions.source_discovery import DiscoveredSources
    from scheduler.interchange.opml import Outline, Outlines
    from storage.errors import WirewatchError

app = typer.Typer(help="Sources from OPML, and into it: import, export.", no_args_is_help=True)

_FLAWS = frozenset({"bad address", "unreadable"})


@app.command("import")
def import_opml(
    ctx: typer.Context,
    where: Annotated[str, typer.Argument(help="A file, an address, or - for standard input.")],
    *,
    check: Annotated[
        bool, typer.Option(help="Fetch each listing first, and leave out what can't be read.")
    ] = False,
    alert_backlog: Annotated[
        bool, typer.Option(help="Alert also for what the listings list already.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Report, and add nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add the sources that an OPML file names, with a report for each line."""
    from scheduler.interchange.opml import read_opml

    context = context_of(ctx)
    outlines = read_opml(_read(context, where))
    report = _imported(context, outlines, check=check, alert_backlog=alert_backlog, dry_run=dry_run)
    if json:
        as_json({"degraded": outlines.degraded, "lines": report})
    else:
        table(
            ("line", "what", "title", "url", "folders", "why"),
            [
                (
                    each["line"],
                    each["what"],
                    each["title"],
                    each["url"],
                    each["folders"],
                    each["why"],
                )
                for each in report
            ],
        )
        if outlines.degraded:
            say(f"wirewatch: not all could be read: {outlines.degraded}")
        counted = Counter(str(each["what"]) for each in report)
        say(", ".join(f"{number} {what}" for what, number in counted.items()) or "no listing in it")
    if outlines.degraded or any(each["what"] in _FLAWS for each in report):
        raise typer.Exit(2)


@app.command("export")
def export_opml(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to; standard output when left out.")
    ] = None,
) -> None:
    """Write all sources as OPML, for another reader or another installation."""
    from scheduler.interchange.opml import write_opml
    from storage.crawl import sources
    from storage.errors import InputError

    with context_of(ctx).reading() as conn:
        found = sources.list_all(conn)
    written = write_opml(found)
    if file is None:
        sys.stdout.write(written.decode())
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror}") from error
    line(f"{len(found)} sources written to {file}")


def _read(context: Context, where: str) -> bytes:
    """Read a file, standard input, or what an address answers. Raises InputError and FetchError."""
    import asyncio

    from crawler.urls.canonical import canonical_url
    from scheduler.cli.site_lookup import fetched
    from scheduler.interchange.opml import MOST_BYTES
    from storage.errors import InputError

    if where == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)  # of one more, `read_opml` says that it is
    if where.startswith(("http://", "https://")):
        return asyncio.run(fetched(context, canonical_url(where))).body
    try:
        with Path(where).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{where} can't be read: {error.strerror}") from error


def _imported(
    context: Context, outlines: Outlines, *, check: bool, alert_backlog: bool, dry_run: bool
) -> list[dict[str, object]]:
    """Add each outline that is new; what became of each."""
    from crawler.urls.canonical import canonical_url
    from storage.errors import InputError, WirewatchError

    looked = _looked_at(context, outlines) if check else {}
    seen: set[str] = set()
    report: list[dict[str, object]] = []
    opened = context.looking() if dry_run else context.writing()
    with opened as conn:
        for outline in outlines.found:
            try:
                url = canonical_url(outline.url)
            except InputError as error:
                report.append(_line(outline, outline.url, "bad address", str(error)))
                continue
            found = looked.get(outline.url)
            if url in seen:
                what, why = "duplicate", "it stands in the file before"
            elif isinstance(found, WirewatchError):
                what, why = "unreadable", str(found)
            else:
                what, why = _take(
                    conn, outline, url, found, alert_backlog=alert_backlog, dry_run=dry_run
                )
            seen.add(url)
            report.append(_line(outline, url, what, why))
    return report


def _take(
    conn: Connection,
    outline: Outline,
    url: str,
    found: DiscoveredSources | None,
    *,
    alert_backlog: bool,
    dry_run: bool,
) -> tuple[str, str]:
    """Add what an outline names, or what was found there when it was looked at."""
    from crawler.urls.canonical import canonical_url, host_of
    from scheduler.actions.source_discovery import enroll
    from scheduler.runtime.clock import utc_now
    from storage.crawl import sources
    from storage.errors import InputError

    moved = found is not None and found.best.url != url
    url = found.best.url if found is not None else url
    known = sources.by_url(conn, url)
    if known is not None:
        return "known", f"it is source {known.id}"
    if dry_run:
        return ("moved", f"to {url}") if moved else ("new", "")
    try:
        site_url = canonical_url(outline.site_url or "/", url)
    except InputError:
        site_url = canonical_url("/", url)
    title = outline.title or host_of(url)
    if found is not None:
        best, now = found.best, utc_now()
        source = enroll(
            conn, best, alert_backlog=alert_backlog, now=now, title=title, site_url=site_url
        )
    else:
        source = sources.add(
            conn,
            url=url,
            title=title,
            site_url=site_url,
            alert_backlog=alert_backlog,
            now=utc_now(),
            kind=outline.kind,
        )
    return ("moved" if moved else "added"), f"source {source.id}{f', {url}' if moved else ''}"


def _looked_at(
    context: Context, outlines: Outlines
) -> dict[str, DiscoveredSources | WirewatchError]:
    """Fetch each listing, politely: what was found there, or why nothing was."""
    import asyncio

    from scheduler.cli.site_lookup import found_at

    urls = list(dict.fromkeys(outline.url for outline in outlines.found))
    return dict(asyncio.run(found_at(context, urls)))


def _line(outline: Outline, url: str, what: str, why: str) -> dict[str, object]:
    return {
        "line": outline.line,
        "what": what,
        "title": outline.title,
        "url": url,
        "folders": " / ".join(outline.folders),
        "why": why,
    }
