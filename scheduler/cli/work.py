"""`wirewatch work`: what was set aside because it failed, and trying it again."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import DryRun, Json, note_dry_run
from scheduler.cli.output import local_time, print_json, print_line, print_table

app = typer.Typer(
    help="Work that was set aside because it failed twice or killed: list, retry.",
    no_args_is_help=True,
)


@app.command("list")
def list_work(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 50,
    json: Json = False,
) -> None:
    """List what is set aside, the newest first: the step, on what, and why."""
    from dataclasses import asdict

    from storage.process import quarantine

    with context_of(ctx).read() as conn:
        works = quarantine.set_aside(conn, limit)
    if json:
        print_json([asdict(work) for work in works])
        return
    print_table(
        ("step", "id", "tries", "since", "again", "why"),
        [
            (w.step, w.subject, w.tries, local_time(w.since), local_time(w.again_at), w.reason)
            for w in works
        ],
    )


@app.command()
def retry(
    ctx: typer.Context,
    step: Annotated[str | None, typer.Argument(help="page, story, match or digest.")] = None,
    subject: Annotated[
        int | None, typer.Argument(metavar="ID", help="The step's id in the list.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is set aside.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Have work tried again that was set aside, now."""
    from scheduler.actions import work
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.process import quarantine
    from storage.process.quarantine import Step

    if everything == (step is not None) or (step is None) != (subject is None):
        raise InputError("name a step and an id, as in: wirewatch work retry match 12; or --all")
    if step is not None and step not in [each.value for each in Step]:
        raise InputError(f"{step!r} is none of {', '.join(Step)}")
    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        if step is not None and subject is not None:
            chosen = [(Step(step), subject)]
        else:
            number = quarantine.number(conn)
            chosen = [(each.step, each.subject) for each in quarantine.set_aside(conn, number)]
        for of_step, of_subject in chosen:
            work.retry(conn, context.actor, of_step, of_subject, utc_now())
            print_line(f"{of_step} {of_subject} is tried again")
    note_dry_run(dry_run=dry_run)
