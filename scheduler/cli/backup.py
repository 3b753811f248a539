"""`wirewatch backup` and `restore`: a copy while the daemon runs, and back without telling twice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.output import line, say


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to; what stands there is replaced.")],
) -> None:
    """Copy the database, also while the daemon runs, and check the copy."""
    from rich.console import Console
    from rich.progress import Progress

    from storage.upkeep.backup import back_up

    context = context_of(ctx)
    with context.reading():
        pass  # says what to do when there is no data, or it is of another version
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("copying", total=1.0)
        size = back_up(
            context.database_path(), file, lambda share: progress.update(task, completed=share)
        )
    line(f"{file}: {size} bytes, whole")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A copy that `backup` made.")],
) -> None:
    """Put a copy in the place of the database, while no daemon runs; nothing is told again.

    What sources list by now is backlog: it is matched and shown, and nobody is alerted of it.
    """
    from scheduler.actions.upkeep import finish_restore
    from scheduler.config.wiring import SNAPSHOT_NAME
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.process.lock import DELIVERIES, data_lock
    from storage.upkeep.backup import put_back

    if not file.is_file():
        raise InputError(f"there is no file {file}")
    context = context_of(ctx)
    context.data().mkdir(parents=True, exist_ok=True)
    with data_lock(context.data()), data_lock(context.data(), DELIVERIES):
        kept = put_back(file, context.database_path(), utc_now())
        # Of articles that are not there any more; the daemon makes it anew.
        (context.data() / SNAPSHOT_NAME).unlink(missing_ok=True)
        with context.writing() as conn:
            finish_restore(conn, context.actor, file.name, utc_now())
    line(f"{file} is in place")
    if kept is not None:
        say(f"What was there before is kept: {kept}")
    say("What was published until now is held: it is shown, and nobody is alerted of it.")
