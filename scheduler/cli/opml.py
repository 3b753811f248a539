"""`wirewatch opml`: sources from a feed reader's list, and into one."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.options import Json
from scheduler.cli.output import print_json, print_line, print_note, print_table

if TYPE_CHECKING:
    from scheduler.actions.source_discovery import DiscoveredSources
    from scheduler.actions.source_import import ImportedOutline
    from scheduler.interchange.opml import Outlines
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
    json: Json = False,
) -> None:
    """Add the sources that an OPML file names, with a report for each line."""
    from scheduler.actions.source_import import import_outlines
    from scheduler.config.factories import egress
    from scheduler.interchange.opml import read_opml
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    outlines = read_opml(_read(context, where))
    discovered = _looked_at(context, outlines) if check else {}
    opened = context.read(or_empty=True) if dry_run else context.write()
    with opened as conn:
        imported = import_outlines(
            conn,
            context.actor,
            outlines.found,
            discovered,
            check=egress(context.settings()).check_url,
            about=f"list {where}",
            alert_backlog=alert_backlog,
            dry_run=dry_run,
            now=utc_now(),
        )
    report = [_line(outline) for outline in imported]
    if json:
        print_json({"degraded": outlines.degraded, "lines": report})
    else:
        print_table(
            ("line", "what", "title", "url", "folders", "why"),
            [
                (
                    outline["line"],
                    outline["what"],
                    outline["title"],
                    outline["url"],
                    outline["folders"],
                    outline["why"],
                )
                for outline in report
            ],
        )
        if outlines.degraded:
            print_note(f"wirewatch: not all could be read: {outlines.degraded}")
        counted = Counter(str(outline["what"]) for outline in report)
        print_note(
            ", ".join(f"{number} {what}" for what, number in counted.items()) or "no listing in it"
        )
    if outlines.degraded or any(outline["what"] in _FLAWS for outline in report):
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

    with context_of(ctx).read() as conn:
        exported = sources.list_all(conn)
    written = write_opml(exported)
    if file is None:
        sys.stdout.write(written.decode())
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror}") from error
    print_line(f"{len(exported)} sources written to {file}")


def _read(context: Context, where: str) -> bytes:
    """Read a file, standard input, or what an address answers. Raises InputError and FetchError."""
    import asyncio

    from crawler.urls.canonical import canonical_url
    from scheduler.cli.site_lookup import fetch_politely
    from scheduler.interchange.opml import MOST_BYTES
    from storage.errors import InputError

    if where == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)  # of one more, `read_opml` says that it is
    if where.startswith(("http://", "https://")):
        return asyncio.run(fetch_politely(context, canonical_url(where))).body
    try:
        with Path(where).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{where} can't be read: {error.strerror}") from error


def _looked_at(
    context: Context, outlines: Outlines
) -> dict[str, DiscoveredSources | WirewatchError]:
    """Fetch each listing, politely: what was found there, or why nothing was."""
    import asyncio

    from scheduler.cli.site_lookup import discover_at

    urls = list(dict.fromkeys(outline.url for outline in outlines.found))
    return dict(asyncio.run(discover_at(context, urls)))


def _line(imported: ImportedOutline) -> dict[str, object]:
    outline = imported.outline
    return {
        "line": outline.line,
        "what": imported.result,
        "title": outline.title,
        "url": imported.url,
        "folders": " / ".join(outline.folders),
        "why": imported.why,
    }
