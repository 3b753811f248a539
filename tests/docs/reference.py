"""The parts of the documentation that are generated: every setting, and every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command

from scheduler.cli.app import app
from scheduler.config.settings import Settings

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy" / "README.md"


def generated() -> dict[str, str]:
    """Return each generated part by the name that its marks in the file bear."""
    return {"settings": settings_table(), "commands": commands_table()}


def settings_table() -> str:
    """Return a Markdown table of every setting, with its default and its meaning."""
    rows = [
        f"| `{section}.{name}` | {_default(info)} | {_cell(info.description or '')} |"
        for section, model in Settings()
        for name, info in type(model).model_fields.items()
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def undescribed_settings() -> list[str]:
    """Return the settings whose meaning is not written where they are declared."""
    return [
        f"{section}.{name}"
        for section, model in Settings()
        for name, info in _fields(model)
        if not info.description
    ]


def _fields(model: BaseModel) -> Iterator[tuple[str, FieldInfo]]:
    yield from type(model).model_fields.items()


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True)
    if value is None or value in ((), ""):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, SecretStr):
        return "a secret"
    if isinstance(value, tuple):
        return f"`[{', '.join(str(part) for part in value)}]`"
    return f"`{value}`"


def commands_table() -> str:
    """Return a Markdown table of every command, with what it is given and what it does."""
    rows = [
        f"| `{_cell(usage)}` | {_cell(meaning)} |"
        for usage, meaning in _commands(_all_commands(), "wirewatch")
    ]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def command_names() -> set[str]:
    """Return the words of every command, such as `topic add`."""
    return {
        " ".join(word for word in usage.split()[1:] if re.fullmatch(r"[a-z][a-z-]*", word))
        for usage, _ in _commands(_all_commands(), "wirewatch")
    }


def _all_commands() -> TyperGroup:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def _commands(command: TyperGroup | TyperCommand, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            assert isinstance(inner, TyperGroup | TyperCommand)
            yield from _commands(inner, f"{path} {name}")
        return
    arguments = [_argument(part) for part in command.params if isinstance(part, TyperArgument)]
    yield " ".join([path, *arguments]), _first_sentence(command.help or "")


def _argument(argument: TyperArgument) -> str:
    name = (argument.metavar or argument.name or "").strip("[]<>.").upper()
    shown = name + ("..." if argument.nargs == -1 else "")
    return shown if argument.required else f"[{shown}]"


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?!])\s|\n\n", " ".join(text.split()) or "", maxsplit=1)[0]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def with_generated(text: str) -> str:
    """Return a document with each generated part put anew between its marks.

    Raises ValueError when a part has no marks there.
    """
    for name, part in generated().items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{FILE.name} has no marks for {name!r}")
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}\n{part}\n{end}{rest.partition(end)[2]}"
    return text
