"""The commands by name, the global options, and the commands that stand alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli import (
    account,
    alert,
    config,
    db,
    delivery,
    doctor,
    opml,
    rules,
    source,
    story,
    token,
    topic,
    topic_marks,
    topic_trial,
    work,
)
from scheduler.cli.context import Context, context_of
from scheduler.cli.options import Json

app = typer.Typer(
    help="Watch topics in syndicated news: one alert a story, however often it is copied.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
topic.app.command("test")(topic_trial.run_trial)
topic.app.command("compare")(topic_trial.compare)
topic.app.command("mark")(topic_marks.mark)
topic.app.command("suggest")(topic_marks.suggest)
app.command("backup")(db.backup)
app.command("restore")(db.restore)
app.command("doctor")(doctor.doctor)
app.add_typer(source.app, name="source")
app.add_typer(opml.app, name="opml")
app.add_typer(rules.app, name="rules")
app.add_typer(topic.app, name="topic")
app.add_typer(story.app, name="story")
app.add_typer(alert.app, name="alert")
app.add_typer(delivery.app, name="delivery")
app.add_typer(work.app, name="work")
app.add_typer(config.app, name="config")
app.add_typer(account.app, name="account")
app.add_typer(token.app, name="token")
app.add_typer(db.app, name="db")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"wirewatch {version('wirewatch')}")
        raise typer.Exit


@app.callback()
def begin(
    ctx: typer.Context,
    config_file: Annotated[
        Path | None, typer.Option("--config", help="The configuration file.")
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="The data directory.")] = None,
    version: Annotated[  # noqa: ARG001 - its callback has answered already
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Take the global options."""
    ctx.obj = Context(config_file, data)


@app.command()
def run(
    ctx: typer.Context,
    data: Annotated[Path | None, typer.Option("--data", help="The data directory.")] = None,
    deliver: Annotated[
        bool, typer.Option(help="Send alerts too; without it, run `wirewatch deliver` beside.")
    ] = True,
    role: Annotated[
        list[str] | None,
        typer.Option(help="A part of the work: crawler, scheduler, delivery, web; or all."),
    ] = None,
    failpoint: Annotated[
        str | None, typer.Option(hidden=True, help="Die there: for tests of what a crash leaves.")
    ] = None,
) -> None:
    """Run the daemon until SIGTERM or Ctrl-C.

    Several processes share the work, on one machine or on many, once they share a PostgreSQL and a
    Redis: see storage.database and storage.redis.
    """
    context = context_of(ctx)
    if failpoint is not None:
        from storage.failpoints import arm

        arm(failpoint)
    context.data_option = data or context.data_option
    context.settings()
    from scheduler.config.roles import read_roles
    from scheduler.daemon.process import run_daemon

    roles = read_roles(role or ())
    raise typer.Exit(run_daemon(context.loaded, context.data(), roles=roles, delivers=deliver))


@app.command()
def reload(
    ctx: typer.Context,
    seconds: Annotated[float, typer.Option(help="How long to wait for it.", min=1)] = 30.0,
) -> None:
    """Let the daemon read its settings again: all of them right, or the old ones stay."""
    from scheduler.cli.reload import reload_daemon

    reload_daemon(context_of(ctx), seconds)


@app.command()
def deliver(
    ctx: typer.Context,
    data: Annotated[Path | None, typer.Option("--data", help="The data directory.")] = None,
) -> None:
    """Send what waits in the outbox, and nothing else, until SIGTERM or Ctrl-C."""
    context = context_of(ctx)
    context.data_option = data or context.data_option
    context.settings()
    if context.place().is_shared:
        from scheduler.config.roles import ProcessRole
        from scheduler.daemon.process import run_daemon

        roles = frozenset({ProcessRole.DELIVERY})
        raise typer.Exit(run_daemon(context.loaded, context.data(), roles=roles))
    from scheduler.daemon.delivery_service import run_deliveries

    raise typer.Exit(run_deliveries(context.loaded, context.data()))


@app.command()
def demo(
    ctx: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C.")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="Keep its data there.")] = None,
) -> None:
    """Show the whole job on a small web of its own, on this machine only."""
    from importlib.util import find_spec

    from storage.errors import InputError

    if find_spec("aiosmtpd") is None:
        raise InputError("the demo needs one more package: pip install 'wirewatch[demo]'")
    from scheduler.demo import main

    raise typer.Exit(main(keep=keep, data=data or context_of(ctx).data_option))


@app.command()
def status(ctx: typer.Context, json: Json = False) -> None:
    """Say whether it is well: exit 0 well, 1 something needs you, 2 nothing is watched.

    What mends by itself, such as a site that failed once, is told and does not count.
    """
    from scheduler.cli.status import print_status

    raise typer.Exit(print_status(context_of(ctx), as_json_wanted=json))


@app.command()
def stats(
    ctx: typer.Context,
    json: Json = False,
    since: Annotated[str, typer.Option(help="How far back, as in 90m, 24h or 7d.")] = "24h",
    lag: Annotated[bool, typer.Option("--lag", help="How long each stage took instead.")] = False,
    by: Annotated[str | None, typer.Option(help="With --lag: source, for each one's own.")] = None,
) -> None:
    """Count what happened, from request to delivery, and how each source does."""
    from storage.errors import InputError

    window = _window(since)
    if by is not None and (by != "source" or not lag):
        raise InputError(f"--by {by!r} is not known; write: wirewatch stats --lag --by source")
    from scheduler.cli.status import print_latency, print_stats

    if lag:
        print_latency(context_of(ctx), window=window, by_source=by is not None, as_json_wanted=json)
        return
    print_stats(context_of(ctx), window=window, as_json_wanted=json)


@app.command()
def top(
    ctx: typer.Context,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.5)] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Draw it once.")] = False,
) -> None:
    """Watch what it does just now, until Ctrl-C."""
    from scheduler.cli.top import show_top

    show_top(context_of(ctx), every=every, once=once)


@app.command()
def politeness(
    ctx: typer.Context,
    since: Annotated[str, typer.Option(help="How far back, as in 90m, 24h or 7d.")] = "24h",
    host: Annotated[str | None, typer.Option(help="Only the requests to this host.")] = None,
    json: Json = False,
) -> None:
    """Prove from the request ledger that no rule was broken: exit 0 none, 1 some was."""
    from scheduler.cli.politeness import print_politeness

    window = _window(since)
    raise typer.Exit(
        print_politeness(context_of(ctx), window=window, host=host, as_json_wanted=json)
    )


@app.command()
def explain(ctx: typer.Context, url: str, json: Json = False) -> None:
    """Tell the whole story of one URL: found, fetched, copy of what, matched, held, told."""
    from scheduler.cli.output import print_json, print_line
    from scheduler.diagnosis.explain import explain_url, explanation_lines

    with context_of(ctx).read() as conn:
        explanation = explain_url(conn, url, stale_days=context_of(ctx).stale_days())
    if json:
        print_json(explanation)
    else:
        for text in explanation_lines(explanation):
            print_line(text)


def _window(text: str) -> timedelta:
    from storage.errors import InputError

    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not number.isdecimal() or not 0 < int(number) < 100_000:  # noqa: PLR2004 - a century is enough
        raise InputError(f"--since {text!r} can't be read; write 90m, 24h or 7d")
    return timedelta(**{units[unit]: int(number)})
