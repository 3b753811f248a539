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
    from scheduler.diagnosis.doctor.records import ExaminedInstallation

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

    from scheduler.diagnosis.doctor.examination import examine
    from storage.errors import ConfigError

    context = context_of(ctx)
    loaded, wrong = None, ""
    try:
        loaded = context.loaded()
    except ConfigError as error:
        wrong = str(error)
    findings = asyncio.run(examine(_patient(context, loaded), wrong))
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


def _patient(context: Context, loaded: LoadedSettings | None) -> ExaminedInstallation:
    import shutil
    from importlib.util import find_spec

    import platformdirs

    from scheduler.config.loader import environment
    from scheduler.diagnosis.doctor.records import ExaminedInstallation
    from scheduler.runtime.clock import utc_now
    from scheduler.runtime.file_budget import file_limit

    def free(where: Path) -> tuple[int, int]:
        usage = shutil.disk_usage(where)
        return usage.total, usage.free

    def origin(package: str) -> str:
        spec = find_spec(package)
        return "" if spec is None or spec.origin is None else spec.origin

    own = platformdirs.user_data_path("wirewatch", appauthor=False)
    data = context.data_option or (own if loaded is None else loaded.data())
    return ExaminedInstallation(
        loaded=loaded,
        data=data,
        environ=environment(),
        clock=utc_now,
        free=free,
        files=file_limit,
        origin=origin,
    )
