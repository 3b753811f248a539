"""The command line, `wirewatch`: one file a group of commands; heavy imports wait for the command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that was typed, and leave with its exit status.

    2 for what was typed or configured wrong, 75 for a data directory that another daemon holds,
    130 after Ctrl-C, 1 for anything else that went wrong.
    """
    from scheduler.cli.app import app
    from scheduler.cli.arguments import global_first
    from storage.errors import ConfigError, DataLockedError, InputError, QueryError, WirewatchError

    try:
        app(global_first(sys.argv[1:]), prog_name="wirewatch")
    except QueryError as error:
        # Where the query is at hand, a note shows the place in it.
        said = [str(error), *getattr(error, "__notes__", ())]
        _leave("\n".join([*said, _remedy(error.suggestion, error.expected)]).rstrip(), 2)
    except (ConfigError, InputError) as error:
        _leave(str(error), 2)
    except DataLockedError as error:
        _leave(str(error), 75)
    except WirewatchError as error:
        _leave(str(error), 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _remedy(suggestion: str | None, expected: tuple[str, ...]) -> str:
    parts = [f"expected: {', '.join(expected)}"] if expected else []
    parts += [f"remedy: {suggestion}"] if suggestion else []
    return "; ".join(parts)


def _leave(message: str, status: int) -> None:
    sys.stderr.write(f"wirewatch: {message}\n")
    sys.exit(status)
