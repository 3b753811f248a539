"""`wirewatch config`: is it right, and what is in force."""

from __future__ import annotations

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import Json
from scheduler.cli.output import print_json, print_line, print_table

app = typer.Typer(help="Is it right, and what is in force: check, show.", no_args_is_help=True)


@app.command()
def check(ctx: typer.Context) -> None:
    """Read the configuration; an error names the place, the key and the remedy."""
    loaded = context_of(ctx).loaded()
    print_line(f"{loaded.file or 'no configuration file'}: right")


@app.command()
def show(ctx: typer.Context, json: Json = False) -> None:
    """Show every setting in force and where it comes from; secrets are masked."""
    loaded = context_of(ctx).loaded()
    if json:
        print_json(list(loaded.listing()))
        return
    print_table(
        ("setting", "value", "from"), [(s.key, s.value, s.origin) for s in loaded.listing()]
    )
