"""The command line, `wirewatch`: one file a group of commands; heavy imports wait for the command."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence

_OURS_ALONE = 0o077
_EVERYWHERE = ("--config", "--data")
_COLLECTED_AT = (50_000, 20, 20)  # objects, then rounds; by default from 700 objects on


def main() -> None:
    """Run the command that was typed, and leave with its exit status.

    2 for what was typed or configured wrong, 75 for a data directory that another daemon holds,
    130 after Ctrl-C, 1 for anything else that went wrong.
    """
    os.umask(_OURS_ALONE)  # before any file is made: what we keep holds secrets
    _collect_less()
    from scheduler.cli.app import app
    from storage.errors import ConfigError, DataLockedError, InputError, QueryError, WirewatchError

    try:
        app(global_first(sys.argv[1:]), prog_name="wirewatch")
    except QueryError as error:
        # Where the query is at hand, a note shows the place in it.
        lines = [str(error), *getattr(error, "__notes__", ())]
        _leave("\n".join([*lines, _remedy(error.suggestion, error.expected)]).rstrip(), 2)
    except (ConfigError, InputError) as error:
        _leave(str(error), 2)
    except DataLockedError as error:
        _leave(str(error), 75)
    except WirewatchError as error:
        _leave(str(error), 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _collect_less() -> None:
    """Let the garbage collector leave alone what is imported, which stays as long as the process.

    It went through hundreds of thousands of such objects again and again, and at the end once more
    to free each of them: half a second of a daemon's start and end, a fifth of a short command.
    """
    gc.set_threshold(*_COLLECTED_AT)
    atexit.register(gc.freeze)


def _remedy(suggestion: str | None, expected: tuple[str, ...]) -> str:
    parts = [f"expected: {', '.join(expected)}"] if expected else []
    parts += [f"remedy: {suggestion}"] if suggestion else []
    return "; ".join(parts)


def _leave(message: str, status: int) -> None:
    sys.stderr.write(f"wirewatch: {message}\n")
    sys.exit(status)


def global_first(arguments: Sequence[str]) -> list[str]:
    """Move --config and --data with their values to the front; what follows a `--` stays.

    So they may stand before or after the name of a command.
    """
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
