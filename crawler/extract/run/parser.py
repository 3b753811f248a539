"""Who runs what reads bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Parser(Protocol):
    """Runs what reads bodies, off the event loop."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the function gives. Raises its ExtractError, or one for a body that killed it."""
