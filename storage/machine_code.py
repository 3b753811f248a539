"""Loops over arrays as machine code, where numba is installed (`pip install wirewatch[fast]`)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_F = TypeVar("_F", bound="Callable[..., Any]")


def can_compile() -> bool:
    """Whether numba is installed; it is not imported by asking."""
    return find_spec("numba") is not None


def compiled(loop: _F) -> _F:
    """Return the loop as machine code: it is compiled when it is called first.

    What was compiled is kept on disk for the next start, where numba finds a place to write to
    (`NUMBA_CACHE_DIR` names one). Raises ImportError without numba.
    """
    njit = import_module("numba").njit
    try:
        return cast("_F", njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # no place to write to
        return cast("_F", njit(nogil=True)(loop))


def called_from_compiled(*functions: Callable[..., Any]) -> None:
    """Let compiled loops call these plain functions, which are then compiled as parts of them."""
    register = import_module("numba.extending").register_jitable
    for function in functions:
        register(function)
