"""The settings read: from wirewatch.toml, the environment and secret files.

The only module that reads the environment. Later places win: defaults, the TOML file,
`WIREWATCH_SECTION__KEY_FILE` (a file that holds the value), `WIREWATCH_SECTION__KEY`.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import platformdirs
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from scheduler.config.settings import Settings
from storage.errors import ConfigError
from storage.sql.engines.location import DATABASE_NAME, DatabaseLocation
from storage.toml_positions import TomlPositions

PREFIX = "WIREWATCH_"
FILE_NAME = "wirewatch.toml"
_MASK = "********"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in force; secrets are masked."""

    key: str  # section.name
    value: str
    origin: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings, and where each value that is no default comes from."""

    settings: Settings
    file: Path | None
    origins: Mapping[str, str] = field(default_factory=dict)

    def listing(self) -> Iterator[Setting]:
        """Go through all settings in order."""
        for section, model in self.settings:
            for name, info in type(model).model_fields.items():
                key = f"{section}.{name}"
                value = _shown(getattr(model, name))
                yield Setting(key, value, self.origins.get(key, "default"), info.description or "")

    def data(self) -> Path:
        """Return the data directory, the platform's own place when none was set."""
        chosen = self.settings.storage.data
        return chosen or Path(platformdirs.user_data_dir("wirewatch", appauthor=False))

    def place(self, data: Path) -> DatabaseLocation:
        """Say where the database is: on a server, or in the data directory."""
        url = self.settings.storage.database
        return (
            DatabaseLocation(path=data / DATABASE_NAME)
            if url is None
            else DatabaseLocation(url=url.get_secret_value())
        )


def environment() -> Mapping[str, str]:
    """Return the process's environment: the one place where it is read."""
    return os.environ


def find_file(explicit: Path | None) -> Path | None:
    """Find the configuration: the one named, else ./wirewatch.toml, else the platform's place.

    Raises ConfigError when the one named is not there.
    """
    if explicit is not None:
        if not explicit.is_file():
            raise ConfigError(f"{explicit}: there is no such file; check --config")
        return explicit
    own = Path(platformdirs.user_config_dir("wirewatch", appauthor=False))
    places = (Path(FILE_NAME), own / FILE_NAME)
    return next((place for place in places if place.is_file()), None)


def load_settings(file: Path | None, environ: Mapping[str, str]) -> LoadedSettings:
    """Read all settings. Raises ConfigError naming place, key, what is wrong and the remedy."""
    text = _read(file) if file is not None else ""
    values = _from_toml(text, file)
    positions = TomlPositions(text)
    origins = {
        f"{section}.{name}": f"{file}, line {positions.line((section, name)) or 1}"
        for section, body in values.items()
        if isinstance(body, dict)
        for name in body
    }
    for key, value, origin in _from_environment(environ):
        section, _, name = key.partition(".")
        body = values.setdefault(section, {})
        if isinstance(body, dict):  # else the file's section is wrong, and the error says so
            body[name] = _typed(section, name, value)
            origins[key] = origin
    try:
        return LoadedSettings(Settings.model_validate(values), file, origins)
    except ValidationError as error:
        raise ConfigError(
            "\n".join(_explained(problem, positions, file, origins) for problem in error.errors())
        ) from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: can't be read: {error}") from error


def _from_toml(text: str, file: Path | None) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}; see https://toml.io for the syntax") from error


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (key, value, origin) of our variables; a direct one comes after its file, and wins."""
    ours = sorted(name for name in environ if name.startswith(PREFIX) and "__" in name)
    files = [name for name in ours if name.endswith("_FILE") and not _is_setting(name)]
    for name in files:
        key = _key(name.removesuffix("_FILE"))
        yield key, _secret(name, Path(environ[name])), f"${name}"
    for name in ours:
        if name not in files:
            yield _key(name), environ[name], f"${name}"


def _is_setting(name: str) -> bool:
    section, _, key = _key(name).partition(".")
    model = Settings.model_fields.get(section)
    return model is not None and key in type(model.default).model_fields


def _key(name: str) -> str:
    section, _, key = name.removeprefix(PREFIX).lower().partition("__")
    return f"{section}.{key}"


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"${name}: {path} can't be read ({error}); give the path of a readable file that "
            "holds the value"
        ) from error


def _typed(section: str, name: str, value: str) -> Any:  # noqa: ANN401 - what pydantic will judge
    """Read a list out of one variable: JSON, or words between commas; other types are pydantic's."""
    model = Settings.model_fields.get(section)
    known = type(model.default).model_fields.get(name) if model else None
    if known is None or "tuple" not in str(known.annotation):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _explained(
    problem: ErrorDetails, positions: TomlPositions, file: Path | None, origins: Mapping[str, str]
) -> str:
    names = [str(part) for part in problem["loc"]]
    if problem["type"] == "value_error" and len(names) < 2:  # noqa: PLR2004 - of settings together
        return f"{file or 'environment'}: {problem['msg'].removeprefix('Value error, ')}"
    key = ".".join(names[:2])
    place = origins.get(key) or _place_of_section(names[0], positions, file, origins)
    return f"{place}: {key}: {_wrong(problem, names)}"


def _place_of_section(
    section: str, positions: TomlPositions, file: Path | None, origins: Mapping[str, str]
) -> str:
    """Return where a section begins: in the file, or with the variables that alone are of it."""
    line = positions.line((section,))
    if line:
        return f"{file}, line {line}"
    variables = [origin for key, origin in origins.items() if key.startswith(f"{section}.")]
    return " and ".join(variables) or str(file or "environment")


def _wrong(problem: ErrorDetails, names: list[str]) -> str:
    if problem["type"] == "extra_forbidden":
        close = difflib.get_close_matches(names[-1], _known(names), n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(_known(names))}"
        return f"there is no such {'section' if len(names) == 1 else 'key'}{hint}"
    if problem["type"] in ("model_type", "model_attributes_type"):
        return f"is a section: write [{names[0]}] and its keys on lines of their own"
    given, says = problem["input"], problem["msg"].removeprefix("Value error, ")
    is_shown = (
        not isinstance(given, dict) and not _is_secret(names) and problem["type"] != "value_error"
    )
    return f"{says[:1].lower()}{says[1:]}{f', not {given!r}' if is_shown else ''}"


def _known(names: list[str]) -> list[str]:
    if len(names) == 1:
        return sorted(Settings.model_fields)
    section = Settings.model_fields.get(names[0])
    return sorted(type(section.default).model_fields) if section else []


def _is_secret(names: list[str]) -> bool:
    section = Settings.model_fields.get(names[0])
    info = type(section.default).model_fields.get(names[1]) if section and len(names) > 1 else None
    return info is not None and SecretStr in (info.annotation, *get_args(info.annotation))


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return _MASK
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else re.sub(r"(://)[^/@\s]+@", rf"\1{_MASK}@", str(value))
