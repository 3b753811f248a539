"""`wirewatch source`: what is polled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.options import DryRun, Json, note_dry_run
from scheduler.cli.output import local_time, print_json, print_line, print_note, print_table
from scheduler.cli.site_lookup import discover_at
from scheduler.cli.source_add import (
    added_message,
    asks_operator,
    candidates_json,
    known_share,
    pick_candidates,
    print_candidates,
)

if TYPE_CHECKING:
    from crawler.listings.candidates import Candidate
    from scheduler.actions.source_discovery import DiscoveredSources
    from storage.models.listings import ListedItem
    from storage.models.sources import Source
    from storage.models.stories import DomainFacts

app = typer.Typer(
    help="What is polled: add, list, show, pause, resume, remove, check, budget; farms.",
    no_args_is_help=True,
)

What = Annotated[str, typer.Argument(help="An id, or the address of the feed or the site.")]
_SHOWN = 10


@app.command()
def add(
    ctx: typer.Context,
    urls: Annotated[list[str], typer.Argument(help="Addresses of feeds, sitemaps or sites.")],
    *,
    alert_backlog: Annotated[
        bool, typer.Option(help="Alert also for what the listing lists already.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take the best without asking.")] = False,
    pick: Annotated[
        str | None, typer.Option(help="Take these candidates: numbers, with commas.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Show what is there, and add nothing.")] = False,
    json: Json = False,
) -> None:
    """Poll a feed, a sitemap, or the best of what a site has: feed, sitemap, section page."""
    import asyncio

    from storage.errors import WirewatchError

    context, failed = context_of(ctx), 0
    reports: list[dict[str, object]] = []
    for url, discovered in asyncio.run(discover_at(context, urls)):
        if isinstance(discovered, WirewatchError):
            print_note(f"wirewatch: {url}: {discovered}")
            failed += 1
            continue
        try:
            reports.append(
                _add_found(
                    context,
                    discovered,
                    pick=pick,
                    is_asked=asks_operator(discovered, pick, yes=yes or json or dry_run),
                    alert_backlog=alert_backlog,
                    dry_run=dry_run,
                    quiet=json,
                )
            )
        except WirewatchError as error:
            print_note(f"wirewatch: {error}")
            failed += 1
    if json:
        print_json(reports)
    if failed:
        raise typer.Exit(2)


def _add_found(
    context: Context,
    discovered: DiscoveredSources,
    *,
    pick: str | None,
    is_asked: bool,
    alert_backlog: bool,
    dry_run: bool,
    quiet: bool,
) -> dict[str, object]:
    """Show what was found, take what is wanted of it, and say what came of it."""
    with context.read(or_empty=True) as conn:
        shares = {
            candidate.url: known_share(conn, candidate) for candidate in discovered.candidates
        }
    if not quiet and (dry_run or is_asked):
        print_candidates(discovered, shares)
    facts: dict[str, object] = {"candidates": candidates_json(discovered, shares), "added": []}
    if dry_run:
        return facts
    wanted = pick_candidates(discovered, pick, is_asked=is_asked)
    added = [_store(context, candidate, alert_backlog=alert_backlog) for candidate in wanted]
    others = [candidate for candidate in discovered.candidates if candidate not in wanted]
    for source, candidate in zip(added, wanted, strict=True):
        if not quiet:
            print_line(f"source {source.id}: {source.title}, {source.url}")
            print_note(added_message(candidate, others, alert_backlog=alert_backlog))
    return facts | {"added": added}


def _store(context: Context, candidate: Candidate, *, alert_backlog: bool) -> Source:
    from scheduler.actions.sources import add_source
    from scheduler.runtime.clock import utc_now

    with context.write() as conn:
        return add_source(
            conn, context.actor, candidate, alert_backlog=alert_backlog, now=utc_now()
        )


@app.command("list")
def list_sources(ctx: typer.Context, json: Json = False) -> None:
    """List all sources and how they are."""
    from datetime import timedelta

    from scheduler.runtime.clock import utc_now
    from scheduler.shapes.sources import source_shape
    from storage.reports import statistics

    with context_of(ctx).read() as conn:
        rows = statistics.source_rows(conn, since=utc_now() - timedelta(hours=24))
    if json:
        print_json([source_shape(row) for row in rows])
        return
    listed = [row.source for row in rows]
    print_table(
        ("id", "title", "feed", "state", "last success", "next", "why then", "missed", "problem"),
        [
            (
                source.id,
                source.title,
                source.url,
                source.state,
                local_time(source.health.last_success_at),
                local_time(source.schedule.next_fetch_at),
                source.schedule.next_reason,
                source.listing.missed or "",
                _trouble(source),
            )
            for source in listed
        ],
    )


@app.command()
def show(ctx: typer.Context, what: What, json: Json = False) -> None:
    """Tell all of one source: how it is, its rhythm, when it is visited next and why then."""
    from scheduler.diagnosis.source_report import source_lines
    from scheduler.lists.sources import source_row
    from scheduler.runtime.clock import utc_now
    from scheduler.shapes.sources import source_shape
    from storage.crawl import fetches, moves, sources, subscriptions

    with context_of(ctx).read() as conn:
        row = source_row(conn, sources.find(conn, what).id, utc_now())
        source = row.source
        moved = moves.of_source(conn, source.id)
        visits = fetches.of_source(conn, source.id, _SHOWN)
        push = subscriptions.of_source(conn, source.id)
        ignored = subscriptions.times_ignored(conn, source.id)
    if json:
        subscription = None if push is None else subscriptions.without_secrets(push)
        told_of_push = {"push": subscription, "pushes_ignored": ignored}
        print_json({"source": source_shape(row), "fetches": visits, "moves": moved, **told_of_push})
        return
    for text in source_lines(source, visits, push, ignored, moved):
        print_line(text)


@app.command()
def pause(ctx: typer.Context, what: What, dry_run: DryRun = False) -> None:
    """Stop polling a source, until `resume`."""
    from scheduler.actions import sources as actions
    from scheduler.runtime.clock import utc_now
    from storage.crawl import sources

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        source = sources.find(conn, what)
        actions.pause(conn, context.actor, source.id, utc_now())
    print_line(f"source {source.id} is paused")
    note_dry_run(dry_run=dry_run)


@app.command()
def resume(ctx: typer.Context, what: What, dry_run: DryRun = False) -> None:
    """Poll a source again, beginning now."""
    from scheduler.actions import sources as actions
    from scheduler.runtime.clock import utc_now
    from storage.crawl import sources

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        source = sources.find(conn, what)
        actions.resume(conn, context.actor, source.id, utc_now())
    print_line(f"source {source.id} is polled again")
    note_dry_run(dry_run=dry_run)


@app.command()
def remove(ctx: typer.Context, what: What, dry_run: DryRun = False) -> None:
    """Forget a source; its articles and stories stay."""
    from scheduler.actions import sources as actions
    from scheduler.runtime.clock import utc_now
    from storage.crawl import sources

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        source = sources.find(conn, what)
        actions.remove(conn, context.actor, source.id, utc_now())
    print_line(f"source {source.id} is removed; its articles stay")
    note_dry_run(dry_run=dry_run)


@app.command()
def budget(
    ctx: typer.Context,
    what: What,
    number: Annotated[
        str, typer.Argument(help="Requests in 24 hours; 0 for no limit, default for the setting.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Limit the requests a day for a source's listing and its pages."""
    from scheduler.actions.sources import budget_words, change_budget
    from scheduler.runtime.clock import utc_now
    from storage.crawl import sources
    from storage.errors import InputError

    context = context_of(ctx)
    if number != "default" and not (number.isascii() and number.isdecimal()):
        raise InputError(f"{number!r} is no budget; write a number of requests, 0, or default")
    wanted = None if number == "default" else int(number)
    with context.write(dry_run=dry_run) as conn:
        source = sources.find(conn, what)
        change_budget(conn, context.actor, source.id, wanted, utc_now())
    print_line(f"source {source.id} has {budget_words(wanted)}")
    note_dry_run(dry_run=dry_run)


@app.command()
def check(ctx: typer.Context, what: What, json: Json = False) -> None:
    """Fetch a source now and show what it would take, without taking it."""
    import asyncio

    from storage.crawl import pages, sources
    from storage.errors import NotFoundError, WirewatchError

    context = context_of(ctx)
    try:
        with context.write() as conn:  # a check may come before all data
            url = sources.find(conn, what).url
    except NotFoundError:
        if what.isdecimal():
            raise
        url = what
    [(_, discovered)] = asyncio.run(discover_at(context, [url]))
    if isinstance(discovered, WirewatchError):
        raise discovered
    best = discovered.best
    with context.read() as conn:
        new = [item for item in best.listing.items if pages.by_url(conn, _url(item)) is None]
    if json:
        print_json({"feed": best.url, "title": best.title, "items": best.listing.items, "new": new})
        return
    print_line(f"{best.title}: {best.url}")
    print_line(f"{len(best.listing.items)} items listed, {len(new)} of them new")
    if best.listing.degraded:
        print_line(f"not all could be read: {best.listing.degraded}")
    print_table(
        ("published", "title", "url"), [(i.published, i.title, i.url) for i in new[:_SHOWN]]
    )
    if len(new) > _SHOWN:
        print_note(f"and {len(new) - _SHOWN} more")


@app.command()
def farms(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(help="Articles first seen within so many days.", min=1)] = 45,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    json: Json = False,
) -> None:
    """Score each domain: how much it copies, how late, and what it pretends."""
    from datetime import timedelta

    from crawler.copies.origin.credits import says_whose
    from crawler.copies.origin.farms import farm_score
    from scheduler.runtime.clock import utc_now
    from storage.stories import domains

    with context_of(ctx).read() as conn:
        history = domains.history(conn, utc_now() - timedelta(days=days), says_whose)
    scored = [(farm_score(facts), facts) for facts in history.facts]
    scored.sort(key=lambda pair: (-pair[0].score, -pair[1].copies, pair[1].host))
    if json:
        print_json([{"farm": score, "facts": facts} for score, facts in scored[:limit]])
        return
    print_table(
        ("domain", "farm score", "is a farm", "articles", "copies", "median lag", "why"),
        [
            (
                facts.host,
                f"{score.score:.2f}",
                "yes" if score.is_farm else "no",
                facts.articles,
                facts.copies,
                _lag(facts),
                "; ".join(score.reasons),
            )
            for score, facts in scored[:limit]
        ],
    )
    if len(scored) > limit:
        print_note(f"and {len(scored) - limit} more; see --limit")


def _trouble(source: Source) -> str:
    from scheduler.recrawl.silence import silence_of

    if source.health.problem:
        return f"{source.health.problem} ({source.health.failures} in a row)"
    quiet = silence_of(source)
    return quiet.says if quiet is not None and quiet.is_odd else ""


def _lag(facts: DomainFacts) -> str:
    from datetime import timedelta

    from scheduler.wording.formatters import span

    seconds = facts.lag if facts.lag is not None else facts.stated_lag
    if seconds is None:
        return ""
    return ("-" if seconds < 0 else "") + span(timedelta(seconds=seconds))


def _url(item: ListedItem) -> str:
    """Spell an item's address as pages are kept; as it is listed when it is no web address."""
    from crawler.urls.canonical import canonical_url
    from storage.errors import InputError

    try:
        return canonical_url(item.url)
    except InputError:
        return item.url
