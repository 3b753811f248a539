"""`wirewatch doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.options import Json
from scheduler.cli.output import print_json, print_line

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.config.loader import LoadedSettings

_SIGNS = {"WELL": "✓", "SKIPPED": "-", "WARNING": "!", "BROKEN": "✗"}


def doctor(
    ctx: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only what is not well.")] = False,
    json: Json = False,
) -> None:
    """Look for what is wrong: exit 0 nothing, 1 something may hurt, 2 something is broken.

    It looks at settings, secrets, disk, database, clock, names, certificates, sources, relay and
    webhooks. Nothing is changed and nothing is sent.
    """
    import asyncio

    from scheduler.diagnosis.doctor.examination import examine, this_installation
    from storage.errors import ConfigError

    context = context_of(ctx)
    loaded, wrong = None, ""
    try:
        loaded = context.loaded()
    except ConfigError as error:
        wrong = str(error)
    findings = asyncio.run(examine(this_installation(loaded, _data(context, loaded)), wrong))
    worst = max((finding.grade for finding in findings), default=0)
    if json:
        facts = [
            {
                "check": finding.check,
                "state": finding.grade.name.lower(),
                "says": finding.says,
                "remedy": finding.remedy,
            }
            for finding in findings
        ]
        print_json(facts)
        raise typer.Exit(max(int(worst), 0))
    for finding in findings:
        if quiet and not finding.remedy:
            continue
        print_line(f"{_SIGNS[finding.grade.name]} {finding.check}: {finding.says}")
        if finding.remedy:
            print_line(f"    {finding.remedy}")
    raise typer.Exit(max(int(worst), 0))


def _data(context: Context, loaded: LoadedSettings | None) -> Path:
    """Return the data directory; the platform's own where the settings can't be read."""
    import platformdirs

    own = platformdirs.user_data_path("wirewatch", appauthor=False)
    return context.data_option or (own if loaded is None else loaded.data())
