"""The order of what is typed: options for every command may stand before or after its name."""

from __future__ import annotations

from collections.abc import Sequence

_EVERYWHERE = ("--config", "--data")


def global_first(arguments: Sequence[str]) -> list[str]:
    """Move --config and --data with their values to the front; what follows a `--` is left."""
    given = list(arguments)
    end = given.index("--") if "--" in given else len(given)
    front: list[str] = []
    rest: list[str] = []
    words = iter(given[:end])
    for word in words:
        if word in _EVERYWHERE:
            front += [word, *(value for value in [next(words, None)] if value is not None)]
        elif word.startswith(tuple(f"{option}=" for option in _EVERYWHERE)):
            front.append(word)
        else:
            rest.append(word)
    return [*front, *rest, *given[end:]]
