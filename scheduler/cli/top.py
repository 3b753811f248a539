"""`wirewatch top`: what it does just now, drawn anew every few seconds."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scheduler.cli.context import Context
from scheduler.cli.status import outside_facts
from scheduler.diagnosis.judge import InstallationHealth, health
from scheduler.runtime.clock import utc_now
from scheduler.web.render.funnel import funnel_steps
from scheduler.wording.formatters import count, moment, recipient, span
from storage.reports import queue, statistics
from storage.reports.queue import Queue
from storage.reports.statistics import Overview
from storage.sql.database import Database

_HOUR = timedelta(hours=1)
_STYLES = {"WELL": "bold green", "DEGRADED": "bold yellow", "DOWN": "bold red"}
_LINES = 8


def show_top(context: Context, *, every: float, once: bool) -> None:
    """Draw until Ctrl-C; once where nobody watches a terminal."""
    console = Console(no_color=None)
    with context.database() as db:
        if once or not console.is_terminal:
            console.print(_screen(context, db))
            return
        with Live(_screen(context, db), console=console, screen=True, auto_refresh=False) as live:
            try:
                while True:
                    time.sleep(every)
                    live.update(_screen(context, db), refresh=True)
            except KeyboardInterrupt:
                return


def _screen(context: Context, db: Database) -> Group:
    now = utc_now()
    with db.connect() as conn:
        seen = statistics.overview(conn, now=now, since=now - _HOUR, limit=_LINES, brief=True)
        waiting = queue.look(conn, now)
    judged = health(outside_facts(context, seen))
    return Group(
        _head(judged, seen, now),
        _funnel(seen),
        _work(waiting, seen, now),
        _findings(judged),
        _newest(seen, now),
    )


def _head(judged: InstallationHealth, seen: Overview, now: datetime) -> Text:
    text = Text(f"{now.astimezone():%H:%M:%S}  ")
    text.append(judged.verdict.name.lower(), _STYLES[judged.verdict.name])
    text.append(f"  {judged.says}\n")
    words = ", ".join(f"{number:,} {word}" for word, number in seen.facts.words.items()) or "none"
    text.append(f"sources: {words}; {count(seen.topics_total, 'topic')}; ", "dim")
    text.append(f"{count(seen.articles_total, 'article')} in ", "dim")
    text.append(f"{count(seen.stories_total, 'story', 'stories')}\n", "dim")
    return text


def _funnel(seen: Overview) -> Table:
    steps = funnel_steps(seen.funnel)
    drawn = Table(title="The last hour", title_justify="left", expand=True, box=None)
    for step in steps:
        drawn.add_column(step.name, justify="right")
    drawn.add_row(*(f"{step.amount:,}" for step in steps))
    return drawn


def _work(waiting: Queue, seen: Overview, now: datetime) -> Table:
    drawn = Table(title="Work", title_justify="left", expand=True, box=None)
    for name in ("due sources", "due pages", "to match", "deliveries", "requests", "failed"):
        drawn.add_column(name, justify="right")
    late = "" if waiting.oldest_page is None else f" ({span(now - waiting.oldest_page)})"
    drawn.add_row(
        f"{waiting.sources_due:,}",
        f"{waiting.pages_due:,}{late}",
        f"{waiting.work:,}",
        f"{waiting.pending:,}",
        f"{seen.funnel.requests:,}",
        f"{seen.funnel.failed_requests:,}",
    )
    return drawn


def _findings(judged: InstallationHealth) -> Table:
    drawn = Table(
        title="To look at", title_justify="left", expand=True, box=None, show_header=False
    )
    for finding in judged.findings[:_LINES]:
        sign = Text("✗", "red") if finding.is_broken else Text("!", "yellow")
        drawn.add_row(sign, Text(finding.heading), Text(finding.reason))
    if not judged.findings:
        drawn.add_row("nothing")
    elif len(judged.findings) > _LINES:
        drawn.add_row("", f"and {len(judged.findings) - _LINES} more")
    return drawn


def _newest(seen: Overview, now: datetime) -> Table:
    drawn = Table(title="Newest alerts", title_justify="left", expand=True, box=None)
    for name, ratio in (("when", 2), ("topic", 3), ("story", 7), ("deliveries", 6)):
        drawn.add_column(name, no_wrap=True, overflow="ellipsis", ratio=ratio)
    for row in seen.alerts:
        deliveries = ", ".join(
            f"{recipient(delivery)} {delivery.state}" for delivery in row.deliveries
        )
        drawn.add_row(
            moment(row.alert.created_at, now), Text(row.topic), Text(row.headline), Text(deliveries)
        )
    return drawn
