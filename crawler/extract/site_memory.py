"""What was learned of a site's pages, and helps to read the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """What is known of one host's pages. Small: it travels to the parser process with each page."""

    pages: int = 0  # that were read

    def to_bytes(self) -> bytes:
        """Pack it for the store."""
        return f"1 {self.pages}".encode()

    @classmethod
    def from_bytes(cls, packed: bytes) -> Self | None:
        """Unpack it; None for another version's, which is learned anew."""
        version, _, pages = packed.decode().partition(" ")
        return cls(int(pages)) if version == "1" else None
