"""`wirewatch topic test` and `topic compare`: what a query would have found, before it is saved."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.extract.markup.clean_text import terminal_text
from scheduler.cli.context import context_of
from scheduler.cli.options import Json
from scheduler.cli.output import local_time, print_json, print_line, print_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from scheduler.alerts.passage import PassagePart
    from scheduler.backtest.report import BacktestComparison, BacktestQuery, BacktestReport
    from scheduler.backtest.search import Sample, SearchControl, SearchResult

Since = Annotated[str, typer.Option(help="How far back: 12h, 30d, 2w, or a day.")]
Until = Annotated[str | None, typer.Option(help="Up to when; now unless given.")]
Limit = Annotated[
    int, typer.Option(help="How many of the newest hits are shown, the best first.", min=0)
]

_BAR = 40  # columns
_MOST_TIMES = 20
_SECONDS_UNTIL_BAR = 1.0


def run_trial(
    ctx: typer.Context,
    what: Annotated[str | None, typer.Argument(metavar="QUERY|TOPIC")] = None,
    *,
    query: Annotated[str | None, typer.Option(help="A query, if it is a topic's name too.")] = None,
    since: Since = "30d",
    until: Until = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """Try a query, or a topic, on what is stored: what it would have found, told and just missed."""
    from scheduler.backtest.report import backtest_query, query_or_topic, report
    from scheduler.shapes.backtest import backtest_shape
    from storage.errors import InputError

    if (what is None) == (query is None):
        raise InputError("give a query, the name of a topic, or a --query, one of them")
    start, end = read_span(since, until)
    with context_of(ctx).read() as conn, search_control() as control:
        wanted = backtest_query(conn, query or "") if what is None else query_or_topic(conn, what)
        _say_notes(wanted)
        tested = report(conn, wanted, since=start, until=end, limit=limit, control=control)
    if json:
        print_json(backtest_shape(wanted, tested))
    else:
        _print_report(wanted, tested)


def compare(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(metavar="TOPIC|QUERY")],
    after: Annotated[str, typer.Argument(metavar="QUERY|TOPIC")],
    *,
    since: Since = "30d",
    until: Until = None,
    limit: Limit = 10,
    json: Json = False,
) -> None:
    """Try two queries, or a topic and a new query for it: which stories are gained, lost, kept."""
    from scheduler.backtest import report
    from scheduler.shapes.backtest import comparison_shape

    start, end = read_span(since, until)
    with context_of(ctx).read() as conn, search_control() as control:
        old, new = (report.query_or_topic(conn, each) for each in (before, after))
        _say_notes(new)
        compared = report.compare(
            *(conn, old.query, new.query),
            since=start,
            until=end,
            limit=limit,
            control=control,
        )
    if json:
        print_json(comparison_shape(compared))
    else:
        _print_compared(compared)


def read_span(since: str, until: str | None) -> tuple[datetime, datetime]:
    """Return the time that --since and --until name. Raises InputError."""
    from datetime import UTC, datetime

    from scheduler.calendar.periods import time_before
    from storage.errors import InputError

    now = datetime.now(UTC)
    start = time_before(since, now)
    end = now if until is None else time_before(until, now, "--until")
    if start >= end:
        raise InputError(f"--since {since!r} is not before --until {until or 'now'!r}")
    return start, end


def _say_notes(asked: BacktestQuery) -> None:
    for note in asked.notes:
        print_note(f"note: {terminal_text(note)}")


@contextmanager
def search_control() -> Iterator[SearchControl]:
    """Draw a bar on a terminal, once the search takes longer than a second."""
    import time

    from rich.console import Console
    from rich.progress import Progress

    from scheduler.backtest.search import SearchControl

    console = Console(stderr=True)
    if not console.is_terminal:
        yield SearchControl()
        return
    began = time.monotonic()
    drawn = Progress(console=console, transient=True)
    task = drawn.add_task("replaying stories", total=None)

    def show(done: int, of: int) -> None:
        if time.monotonic() - began > _SECONDS_UNTIL_BAR:
            drawn.start()
        drawn.update(task, completed=done, total=of)

    try:
        yield SearchControl(progress=show)
    finally:
        drawn.stop()


def _print_report(asked: BacktestQuery, report: BacktestReport) -> None:
    from scheduler.backtest.report import stories_a_day

    result = report.found
    print_line(f"{f'topic {asked.topic.name}' if asked.topic else 'query'}: {result.query}")
    print_line(_tested(result))
    held = sum(hit.held for hit in result.hits)
    print_line(
        f"{_count(len(result.hits), 'story matches', 'stories match')}, "
        f"{_count(report.copies, 'copy', 'copies')} folded"
        + (f", {held} held (backlog)" if held else "")
    )
    _print_alerts(report)
    if result.hits:
        print_line("\nstories a day")
        for drawn in _drawn(stories_a_day(result, None)):
            print_line(drawn)
    for sample in report.samples:
        _print_sample(sample, report)
    if report.near:
        print_line("\nnear misses, for one clause only")
        for near, article in report.near:
            print_line(
                f"{local_time(near.at)}  not: {near.missing}  {article.title}\n  {article.url}"
            )


def _drawn(days: Sequence[tuple[date, int]]) -> Iterator[str]:
    """Draw a bar a day; a line stands for several days without any."""
    most = max(count for _, count in days)
    for some, run in itertools.groupby(days, key=lambda each: each[1] > 0):
        days_in_run = list(run)
        if not some and len(days_in_run) > 1:
            yield f"{days_in_run[0][0]} to {days_in_run[-1][0]}: none"
            continue
        for day, count in days_in_run:
            yield f"{day}  {'█' * -(-_BAR * count // most)} {count}"


def _print_alerts(report: BacktestReport) -> None:
    from scheduler.wording.formatters import recipient

    times = report.alerts
    print_line(f"would have sent {_count(len(times), 'alert', 'alerts')}{', at:' if times else ''}")
    for at in times[-_MOST_TIMES:]:
        print_line(f"  {local_time(at)}")
    if len(times) > _MOST_TIMES:
        print_line(f"  and {len(times) - _MOST_TIMES} before")
    for of_recipient in report.recipients:
        if of_recipient.recipient is not None:
            late = sum(alert.sent > alert.made for alert in of_recipient.alerts)
            print_line(
                f"  {recipient(of_recipient.recipient)} ({of_recipient.recipient.routing.mode}): {len(of_recipient.alerts)}"
                + (f", {late} of them after quiet hours" if late else "")
            )


def _print_sample(sample: Sample, report: BacktestReport) -> None:
    from scheduler.alerts.passage import disguises, passage
    from scheduler.shapes.backtest import marked_as

    hit, article = sample.hit, sample.article
    mark = marked_as(hit.article_id, report.marks)
    print_line(f"\n{article.title or '(no title)'}{f'  [{mark}]' if mark else ''}")
    copies = f", {_count(hit.copies, 'copy', 'copies')}" if hit.copies else ""
    held = ", held (backlog)" if hit.held else ""
    print_line(
        f"  {local_time(hit.at)}  story {hit.story_id}, article {hit.article_id}{copies}{held}"
    )
    print_line(f"  {article.url}")
    print_line(f"  found: {' · '.join(sample.matched.clauses)}")
    for disguise in disguises(article, sample.matched.highlights):
        print_line(f"  disguised: {disguise}")
    _print_passage(passage(article, sample.matched.highlights))


def _print_passage(pieces: Iterable[PassagePart]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    shown = [(terminal_text(piece.text).replace("\n", " "), piece.marked) for piece in pieces]
    if console.is_terminal and not console.no_color:
        styled = Text.assemble(*((text, "bold" if marked else "") for text, marked in shown))
        console.print(Padding(styled, (0, 0, 0, 2)))
    else:
        print_line("  " + "".join(f"*{text}*" if marked else text for text, marked in shown))


def _print_compared(compared: BacktestComparison) -> None:
    print_line(f"before: {compared.before.query}")
    print_line(f"after:  {compared.after.query}")
    print_line(_tested(compared.after))
    print_line(
        f"{_count(len(compared.before.hits), 'story', 'stories')} before, "
        f"{len(compared.after.hits):,} after: "
        f"{compared.gained_total} gained, {compared.lost_total} lost, {compared.kept_total} kept"
    )
    for word, some in (("gained", compared.gained), ("lost", compared.lost)):
        for sample in some:
            print_line(
                f"{word}  {local_time(sample.hit.at)}  {sample.article.title}\n  {sample.article.url}"
            )


def _tested(result: SearchResult) -> str:
    if result.left:
        print_note(f"stopped early: {result.left} older stories were not looked at")
    if not result.articles and result.begins:
        print_note(f"what is stored begins on {local_time(result.begins)}; see --since")
    return (
        f"{_count(result.articles, 'article', 'articles')} first seen since {local_time(result.since)}, "
        f"{result.candidates:,} stored ones may have the words"
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
