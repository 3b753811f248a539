"""`wirewatch source`: what is polled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.output import as_json, line, local, say, table

if TYPE_CHECKING:
    from scheduler.enroll import FoundFeed
    from storage.errors import WirewatchError
    from storage.models import DomainFacts, Fetch, ListedItem, Source

app = typer.Typer(
    help="What is polled: add, list, show, pause, resume, remove, check, budget; farms.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
What = Annotated[str, typer.Argument(help="An id, or the address of the feed or the site.")]
_SHOWN = 10


@app.command()
def add(
    ctx: typer.Context,
    urls: Annotated[list[str], typer.Argument(help="Addresses of feeds or of sites.")],
    alert_backlog: Annotated[
        bool, typer.Option(help="Alert also for what the feed lists already.")
    ] = False,
) -> None:
    """Poll a feed, or the feed of a site."""
    import asyncio

    from scheduler.assembly import utc_now
    from storage import sources
    from storage.errors import WirewatchError

    context, failed = context_of(ctx), 0
    for url, found in asyncio.run(_find(context, urls)):
        if isinstance(found, WirewatchError):
            say(f"wirewatch: {url}: {found}")
            failed += 1
            continue
        try:
            with context.writing() as conn:
                source = sources.add(
                    conn,
                    url=found.url,
                    title=found.title,
                    site_url=found.site_url,
                    alert_backlog=alert_backlog,
                    now=utc_now(),
                )
        except WirewatchError as error:
            say(f"wirewatch: {error}")
            failed += 1
        else:
            line(f"source {source.id}: {source.title}, {source.url}")
            say(_promise(found, alert_backlog=alert_backlog))
    if failed:
        raise typer.Exit(2)


@app.command("list")
def list_sources(ctx: typer.Context, json: Json = False) -> None:
    """List all sources and how they are."""
    from storage import sources

    with context_of(ctx).reading() as conn:
        found = sources.list_all(conn)
    if json:
        as_json(found)
        return
    table(
        ("id", "title", "feed", "state", "last success", "next", "why then", "missed", "problem"),
        [
            (
                source.id,
                source.title,
                source.url,
                source.state,
                local(source.last_success_at),
                local(source.next_fetch_at),
                source.next_reason,
                source.missed or "",
                _trouble(source),
            )
            for source in found
        ],
    )


@app.command()
def show(ctx: typer.Context, what: What, json: Json = False) -> None:
    """Tell all of one source: how it is, its rhythm, when it is visited next and why then."""
    from scheduler.source_story import source_lines
    from storage import fetches, sources

    with context_of(ctx).reading() as conn:
        source = sources.find(conn, what)
        visits = fetches.of_source(conn, source.id, _SHOWN)
    if json:
        as_json({"source": source, "fetches": visits})
        return
    for each in source_lines(source, visits):
        line(each)


@app.command()
def pause(ctx: typer.Context, what: What) -> None:
    """Stop polling a source, until `resume`."""
    from storage import sources

    with context_of(ctx).writing() as conn:
        source = sources.find(conn, what)
        sources.pause(conn, source.id)
    line(f"source {source.id} is paused")


@app.command()
def resume(ctx: typer.Context, what: What) -> None:
    """Poll a source again, beginning now."""
    from scheduler.assembly import utc_now
    from storage import sources

    with context_of(ctx).writing() as conn:
        source = sources.find(conn, what)
        sources.resume(conn, source.id, utc_now())
    line(f"source {source.id} is polled again")


@app.command()
def remove(ctx: typer.Context, what: What) -> None:
    """Forget a source; its articles and stories stay."""
    from scheduler.assembly import utc_now
    from storage import sources

    with context_of(ctx).writing() as conn:
        source = sources.find(conn, what)
        sources.remove(conn, source.id, utc_now())
    line(f"source {source.id} is removed; its articles stay")


@app.command()
def budget(
    ctx: typer.Context,
    what: What,
    number: Annotated[
        str, typer.Argument(help="Requests in 24 hours; 0 for no limit, default for the setting.")
    ],
) -> None:
    """Limit the requests a day for a source's listing and its pages."""
    from storage import sources
    from storage.errors import InputError

    if number != "default" and not (number.isascii() and number.isdecimal()):
        raise InputError(f"{number!r} is no budget; write a number of requests, 0, or default")
    wanted = None if number == "default" else int(number)
    with context_of(ctx).writing() as conn:
        source = sources.find(conn, what)
        sources.set_budget(conn, source.id, wanted)
    says = {None: "the setting's", 0: "no limit of"}.get(wanted, str(wanted))
    line(f"source {source.id} has {says} requests a day")


@app.command()
def check(ctx: typer.Context, what: What, json: Json = False) -> None:
    """Fetch a source now and show what it would take, without taking it."""
    import asyncio

    from storage import pages, sources
    from storage.errors import NotFoundError, WirewatchError

    context = context_of(ctx)
    try:
        with context.writing() as conn:  # a check may come before all data
            url = sources.find(conn, what).url
    except NotFoundError:
        if what.isdecimal():
            raise
        url = what
    [(_, found)] = asyncio.run(_find(context, [url]))
    if isinstance(found, WirewatchError):
        raise found
    with context.reading() as conn:
        new = [item for item in found.listing.items if pages.by_url(conn, _url(item)) is None]
    if json:
        as_json({"feed": found.url, "title": found.title, "items": found.listing.items, "new": new})
        return
    line(f"{found.title}: {found.url}")
    line(f"{len(found.listing.items)} items listed, {len(new)} of them new")
    if found.listing.degraded:
        line(f"not all could be read: {found.listing.degraded}")
    table(("published", "title", "url"), [(i.published, i.title, i.url) for i in new[:_SHOWN]])
    if len(new) > _SHOWN:
        say(f"and {len(new) - _SHOWN} more")


@app.command()
def farms(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(help="Articles first seen within so many days.", min=1)] = 45,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    json: Json = False,
) -> None:
    """Score each domain: how much it copies, how late, and what it pretends."""
    from datetime import timedelta

    from crawler.copies.credits import says_whose
    from crawler.copies.farms import farm_score
    from scheduler.assembly import utc_now
    from storage import domains

    with context_of(ctx).reading() as conn:
        history = domains.history(conn, utc_now() - timedelta(days=days), says_whose)
    scored = [(farm_score(facts), facts) for facts in history.facts]
    scored.sort(key=lambda pair: (-pair[0].score, -pair[1].copies, pair[1].host))
    if json:
        as_json([{"farm": score, "facts": facts} for score, facts in scored[:limit]])
        return
    table(
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
        say(f"and {len(scored) - limit} more; see --limit")


def _trouble(source: Source) -> str:
    from scheduler.recrawl.silence import silence_of

    if source.problem:
        return f"{source.problem} ({source.failures} in a row)"
    quiet = silence_of(source)
    return quiet.says if quiet is not None and quiet.is_odd else ""


def _lag(facts: DomainFacts) -> str:
    from datetime import timedelta

    from scheduler.web.wording import span

    seconds = facts.lag if facts.lag is not None else facts.stated_lag
    if seconds is None:
        return ""
    return ("-" if seconds < 0 else "") + span(timedelta(seconds=seconds))


async def _find(context: Context, urls: list[str]) -> list[tuple[str, FoundFeed | WirewatchError]]:
    """Look for the feed at each address, one set of parser processes for all."""
    import asyncio

    from scheduler.assembly import fetch_services, parser_pool, utc_now
    from scheduler.enroll import find_feed
    from scheduler.remembering import by_hand, remember, remembered
    from storage import fetches
    from storage.errors import WirewatchError

    settings = context.settings()
    parser = parser_pool(settings.extract)
    asked: list[Fetch] = []
    services = fetch_services(settings, utc_now, ledger=lambda line: asked.append(by_hand(line)))
    with context.looking() as conn:  # what the daemon was asked binds this command too
        remember(services, remembered(conn, utc_now()))
    await parser.start()

    async def one(url: str) -> FoundFeed | WirewatchError:
        try:
            return await find_feed(
                url,
                services=services,
                parser=parser,
                settings=settings.extract,
                clock=utc_now,
            )
        except WirewatchError as error:
            return error

    try:
        return list(zip(urls, await asyncio.gather(*map(one, urls)), strict=True))
    finally:
        await parser.close()
        with context.writing() as conn:
            fetches.add(conn, asked)


def _url(item: ListedItem) -> str:
    """Spell an item's address as pages are kept; as it is listed when it is no web address."""
    from crawler.urls.canonical import canonical_url
    from storage.errors import InputError

    try:
        return canonical_url(item.url)
    except InputError:
        return item.url


def _promise(found: FoundFeed, *, alert_backlog: bool) -> str:
    listed = len(found.listing.items)
    told = "will alert when they match" if alert_backlog else "are stored without alerts"
    return f"it lists {listed} items now; they {told}, later ones alert"
