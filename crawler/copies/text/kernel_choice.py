"""Which form of the kernels this installation uses: machine code where numba is installed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from storage.machine_code import can_compile

if TYPE_CHECKING:
    from crawler.copies.text.kernels import Kernels


@lru_cache(maxsize=1)
def kernels() -> Kernels:
    """Return the faster form of the two that this installation has."""
    if can_compile():
        from crawler.copies.text.kernel_loops import Loops  # noqa: PLC0415 - numba is an extra

        return Loops()
    from crawler.copies.text.kernel_sweeps import Sweeps  # noqa: PLC0415 - needed only without the other

    return Sweeps()
