"""A copy's text with what it shares marked: in colours on a terminal, with signs elsewhere.

The signs are those of CriticMarkup (Weatherhead and Greene 2013).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.copies.text.alignment import PartKind
from crawler.extract.markup.clean_text import terminal_text
from scheduler.cli.output import print_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.lists.comparison import Comparison

_SHARED, _OWN, _CUT = "cyan", "bold", "red strike"
_LEGEND = "{==shared==} {++its own++} {--cut--} {~~edited~>its own~~}"


def print_marked(compared: Comparison) -> None:
    """Print the whole of a copy's text and what was cut of the other; nothing without parts."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if console.is_terminal and not console.no_color:
        console.print(
            *(Text("shared", _SHARED), Text("its own", _OWN), Text("cut", _CUT)),
            sep="  ",
            end="\n\n",
        )
        console.print(Text.assemble(*_styled(compared)))
    else:
        print_line(f"{_LEGEND}\n")
        print_line("".join(_signed(compared)))


def _styled(compared: Comparison) -> Iterator[tuple[str, str]]:
    for kind, own, theirs in _texts(compared):
        if kind is PartKind.SHARED:
            yield own, _SHARED
            continue
        if theirs:
            yield theirs, _CUT
            yield " ", ""
        if own:
            yield own, _OWN


def _signed(compared: Comparison) -> Iterator[str]:
    for kind, own, theirs in _texts(compared):
        match kind:
            case PartKind.SHARED:
                yield f"{{=={own}==}}"
            case PartKind.EDITED:
                yield f"{{~~{theirs}~>{own}~~}}"
            case PartKind.CUT:
                yield f"{{--{theirs}--}}"
            case _:
                yield f"{{++{own}++}}"


def _texts(compared: Comparison) -> Iterator[tuple[PartKind, str, str]]:
    """Yield the parts in order: what stands in the copy, and in the other text."""
    if compared.alignment is None or compared.other is None:
        return
    here, there = compared.copy.text, compared.other.text
    for part in compared.alignment.parts:
        theirs = there[part.other_start : part.other_end]
        yield part.kind, terminal_text(here[part.start : part.end]), terminal_text(theirs)
