"""`wirewatch db`, `backup` and `restore`: the database whole, its size, its pruning and its copies."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.options import Json
from scheduler.cli.output import print_json, print_line, print_note, print_table

if TYPE_CHECKING:
    from storage.settings import RetentionSettings
    from storage.upkeep.retention import Pruned

app = typer.Typer(
    help="The database: check, migrate, size, prune, vacuum, copy.", no_args_is_help=True
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]
_PATIENCE = 5.0  # seconds that a server is waited for


@app.command()
def check(ctx: typer.Context, json: Json = False) -> None:
    """Read the whole database for damage: exit 0 none, 1 some. For gigabytes it takes minutes."""
    from storage.errors import InputError
    from storage.upkeep.integrity import examine

    context = context_of(ctx)
    if not context.has_data():
        raise InputError(f"there is no database in {context.data()}")
    integrity = examine(context.database_path(), thorough=True)
    if json:
        print_json(integrity)
    else:
        for fault in integrity.faults:
            print_line(fault)
        print_line(f"schema {integrity.revision}, newest {integrity.newest}")
        print_line("damaged: restore a backup" if integrity.faults else "it is whole")
    if integrity.faults:
        raise typer.Exit(1)


@app.command()
def migrate(ctx: typer.Context, dry_run: DryRun = False) -> None:
    """Bring the schema up to date, as the next start would; the daemon must not run."""
    from storage.process.lock import data_lock
    from storage.upkeep.integrity import examine

    context = context_of(ctx)
    before = examine(context.database_path()) if context.has_data() else None
    now = before.revision if before else None
    if before is not None and not before.is_old:
        print_line(f"schema {now}: nothing to do")
        return
    if dry_run:
        from storage.sql.migrate import newest_revision

        print_line(f"schema {now or 'none'} would become {newest_revision()}")
        return
    context.data().mkdir(mode=0o700, parents=True, exist_ok=True)
    with data_lock(context.data()), context.database():
        pass
    print_line(f"schema {now or 'none'} is {examine(context.database_path()).revision} now")


@app.command()
def size(ctx: typer.Context, json: Json = False) -> None:
    """Say how large the database is, what takes the room, and when the disk is full."""
    from scheduler.runtime.disk_forecast import forecast
    from scheduler.wording.formatters import size as as_size
    from storage.reports import sizes

    context = context_of(ctx)
    free = shutil.disk_usage(context.data()).free if context.has_data() else 0
    with context.read() as conn:
        whole, unused = sizes.file_bytes(conn), sizes.free_bytes(conn)
        parts, expected = sizes.parts(conn), forecast(sizes.history(conn), free)
    if json:
        facts = {"bytes": whole, "unused_bytes": unused, "disk_free_bytes": free}
        print_json(facts | {"parts": parts, "forecast": asdict(expected)})
        return
    print_line(
        f"{as_size(whole)}, of which {as_size(unused)} are unused; {as_size(free)} of disk are free"
    )
    print_line(expected.says)
    print_table(("part", "size", "what it is"), [(p.name, as_size(p.bytes), p.says) for p in parts])


@app.command("prune")
def prune_data(ctx: typer.Context, dry_run: DryRun = False, json: Json = False) -> None:
    """Forget now what the rules under [retention] say; the daemon does so every hour."""
    from scheduler.runtime.clock import utc_now
    from storage.upkeep import retention

    context = context_of(ctx)
    rules, now = context.loaded().settings.retention, utc_now()
    with context.read() as conn:
        due = retention.due(conn, rules, now)
    pruned = due if dry_run else _pruned(context, rules)
    if json:
        print_json(pruned)
        return
    print_table(("what", "would go" if dry_run else "gone"), asdict(pruned).items())
    if not dry_run and pruned.total:
        print_note("The file keeps its size and is filled anew; to shrink it: wirewatch db vacuum")


@app.command()
def vacuum(ctx: typer.Context) -> None:
    """Give unused room back to the disk; the daemon must not run."""
    from scheduler.wording.formatters import size as as_size
    from storage.errors import InputError
    from storage.process.lock import DELIVERIES, data_lock
    from storage.upkeep.integrity import compact

    context = context_of(ctx)
    path = context.database_path()
    if not path.exists():
        raise InputError(f"there is no database in {context.data()}")
    before = path.stat().st_size
    if shutil.disk_usage(path.parent).free < before:
        raise InputError(f"it needs {as_size(before)} of free disk while it works; make room first")
    with data_lock(context.data()), data_lock(context.data(), DELIVERIES):
        print_note(f"Writing {as_size(before)} anew ...")
        compact(path)
    print_line(f"{as_size(before - path.stat().st_size)} were given back")


@app.command()
def copy(ctx: typer.Context, target: str) -> None:
    """Copy the database of the data directory to a server: postgresql://USER@HOST/NAME.

    The database there is to be empty, and the daemon must not run. Every row is compared before
    anything is stored; then set storage.database to it. The index of words is filled anew by the
    next daemon.
    """
    import os

    from storage.errors import InputError
    from storage.process.lock import DELIVERIES, data_lock
    from storage.sql.database import Database
    from storage.sql.engines.location import DatabaseLocation
    from storage.upkeep.database_copy import copy_all

    context = context_of(ctx)
    own = context.database_path()
    if not own.exists():
        raise InputError(f"there is no database in {context.data()}")
    # A password on the command line can be read by all who use this machine.
    location = DatabaseLocation.of(target if target != "-" else os.read(0, 4096).decode().strip())
    with data_lock(context.data()), data_lock(context.data(), DELIVERIES):
        source = Database.open(own)
        try:
            there = Database.open(location, patience=_PATIENCE)
            try:
                copied = copy_all(
                    source, there, lambda name, rows: print_note(f"{name}: {rows:,} rows")
                )
            finally:
                there.close()
        finally:
            source.close()
    print_line(f"{copied.total:,} rows were copied, and each is the same at {location.shown}")
    print_note("Set storage.database to that address; then start the daemon.")


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to; what stands there is replaced.")],
) -> None:
    """Copy the database, also while the daemon runs, and check the copy."""
    from rich.console import Console
    from rich.progress import Progress

    from storage.upkeep.backup import back_up

    context = context_of(ctx)
    with context.read():
        pass  # says what to do when there is no data, or it is of another version
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("copying", total=1.0)
        size = back_up(
            context.database_path(), file, lambda share: progress.update(task, completed=share)
        )
    print_line(f"{file}: {size} bytes, whole")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A copy that `backup` made.")],
) -> None:
    """Put a copy in the place of the database, while no daemon runs; nothing is told again.

    What sources list by now is backlog: it is matched and shown, and nobody is alerted of it.
    """
    from scheduler.actions.upkeep import finish_restore
    from scheduler.config.factories import SNAPSHOT_NAME
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.process.lock import DELIVERIES, data_lock
    from storage.upkeep.backup import restore

    if not file.is_file():
        raise InputError(f"there is no file {file}")
    context = context_of(ctx)
    context.data().mkdir(mode=0o700, parents=True, exist_ok=True)
    with data_lock(context.data()), data_lock(context.data(), DELIVERIES):
        kept = restore(file, context.database_path(), utc_now())
        # Of articles that are not there any more; the daemon makes it anew.
        (context.data() / SNAPSHOT_NAME).unlink(missing_ok=True)
        with context.write() as conn:
            finish_restore(conn, context.actor, file.name, utc_now())
    print_line(f"{file} is in place")
    if kept is not None:
        print_note(f"What was there before is kept: {kept}")
    print_note("What was published until now is held: it is shown, and nobody is alerted of it.")


def _pruned(context: Context, rules: RetentionSettings) -> Pruned:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from scheduler.actions.upkeep import prune
    from scheduler.runtime.clock import utc_now

    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        context.database() as db,
    ):
        task = progress.add_task("forgetting ...")

        def show(so_far: Pruned) -> None:
            progress.update(task, description=f"{so_far.total:,} forgotten")

        return prune(db, context.actor, rules, utc_now, show)
