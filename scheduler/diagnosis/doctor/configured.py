"""Checks of the configuration, its secrets, and of the packages that run."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr

from scheduler.config.loader import PREFIX
from scheduler.diagnosis.doctor.records import (
    CheckResult,
    ExaminedInstallation,
    broken,
    skipped,
    warning,
    well,
)
from scheduler.runtime.file_budget import file_budget

_OURS = ("crawler", "scheduler", "storage")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_secrets(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that nobody else at this machine can read the secrets: settings, database, backups."""
    name = "secrets"
    exposed = [path for path in _secret_files(installation) if _is_exposed(path)]
    for path in exposed:
        yield warning(
            name, f"{path} holds secrets, and others may read it", f"Run: chmod 600 {path}"
        )
    data = installation.data
    kept = [data, *sorted(data.rglob("*"))] if data.is_dir() else []
    open_to_others = [path for path in kept if _is_exposed(path)]
    if open_to_others:
        exposed += open_to_others
        more = f" and {len(open_to_others) - 1} more below it" if len(open_to_others) > 1 else ""
        yield warning(
            name,
            f"{open_to_others[0]}{more} holds secrets, and is open to others",
            f"Run: chmod -R go-rwx {data}",
        )
    foreign = [path for path in kept if _is_of_another(path, data)]
    for path in foreign[:1]:
        yield warning(
            name,
            f"{path} belongs to another user than {data}, who may read or change it",
            f"Run: chown -R {data.stat().st_uid} {data}",
        )
    if not exposed and not foreign:
        yield well(name, "nobody else can read them")


def check_packages(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that the three packages are ours: their names are common ones."""
    name = "packages"
    homes = {package: Path(installation.origin(package)).parent.parent for package in _OURS}
    ours = homes["scheduler"]
    for package, home in homes.items():
        if home != ours:
            yield broken(
                name,
                f"the package {package} comes from {home}, and is not Wirewatch's",
                "Install Wirewatch into an environment of its own; "
                f"pip uninstall whatever brought another {package}.",
            )
    try:
        found = version("wirewatch")
    except PackageNotFoundError:
        yield broken(name, "Wirewatch is not installed", "Run: pip install wirewatch")
        return
    if set(homes.values()) == {ours}:
        yield well(name, f"Wirewatch {found}, from {ours}")


def check_contact(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that publishers can reach the operator."""
    fetch = installation.settings.fetch
    if fetch.names_operator:
        yield well("contact", f"publishers see {fetch.contact}")
    else:
        yield warning(
            "contact",
            "the user agent names the project's page, not you",
            "Set contact under [fetch] to an address or a page of yours.",
        )


def check_sentry(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that a DSN looks like one; nothing is sent."""
    dsn = installation.settings.sentry.dsn
    if dsn is None or not dsn.get_secret_value():
        yield skipped("sentry", "not used")
        return
    parts = urlsplit(dsn.get_secret_value())
    if parts.scheme in ("http", "https") and parts.username and parts.path.strip("/").isdigit():
        yield well("sentry", f"bugs are told to {parts.hostname}")
    else:
        yield broken(
            "sentry",
            "the DSN is none: https://KEY@HOST/PROJECT",
            "Copy it from the project's settings in Sentry, or unset sentry.dsn.",
        )


def check_zones(_installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that time zones are known: quiet hours and digests need them."""
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        yield broken("time zones", "there are none", "Run: pip install tzdata")
    else:
        yield well("time zones", "known")


def check_files(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that enough files may be open: each connection is one."""
    budget = file_budget(installation.files(), installation.settings.fetch.concurrency)
    if budget.is_enough:
        yield well(
            "open files",
            f"{budget.limit:,} may be open; {budget.kept:,} are kept for crawl and deliveries, "
            f"and the pages take at most {budget.connections:,} connections",
        )
    else:
        needs = budget.kept + budget.connections
        yield warning(
            "open files",
            f"only {budget.limit:,} may be open, and {needs:,} may be needed",
            "Raise it: ulimit -Hn 4096, or LimitNOFILE=4096 in the unit.",
        )


def check_public(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that the pages are not open to a network without TLS."""
    web = installation.settings.web
    public = web.public_url
    if (
        public is not None
        and public.scheme != "https"
        and public.host not in ("localhost", "127.0.0.1")
    ):
        yield warning(
            "public address",
            f"{public} speaks no TLS: passwords and tokens go in the clear",
            "Put a proxy with TLS before it (deploy/caddy), and set web.public_url to https.",
        )
    elif web.host not in ("127.0.0.1", "::1", "localhost") and public is None:
        yield warning(
            "public address",
            f"the pages listen on {web.host}, and links would lead to {web.url}",
            "Set web.public_url to where people reach them, through a proxy with TLS.",
        )
    else:
        yield well("public address", str(public or web.url))


CHECKS = (
    *(check_secrets, check_packages, check_zones, check_files),
    *(check_contact, check_public, check_sentry),
)
"""All of them; none takes long."""


def _secret_files(installation: ExaminedInstallation) -> Iterator[Path]:
    loaded = installation.loaded
    if loaded is not None and loaded.file is not None and _holds_secrets(installation):
        yield loaded.file
    for variable, path in installation.environ.items():
        if variable.startswith(PREFIX) and variable.endswith("_FILE"):
            yield Path(path)


def _holds_secrets(installation: ExaminedInstallation) -> bool:
    loaded = installation.loaded
    if loaded is None:
        return False
    return any(
        isinstance(value, SecretStr)
        and loaded.origins.get(f"{section}.{name}", "").startswith(str(loaded.file))
        for section, model in loaded.settings
        for name, value in model
    )


def _is_exposed(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False  # that it can't be read says the configuration's own check


def _is_of_another(path: Path, data: Path) -> bool:
    try:
        return path.lstat().st_uid != data.stat().st_uid
    except OSError:
        return False  # it has gone meanwhile
