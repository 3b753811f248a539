"""What a tool found on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """Empty where the tool gives nothing; `failed` says why it gave nothing at all.

    `asked` and `by_template` are ours: trafilatura gave a second opinion, a template was used.
    """

    text: str = ""
    title: str | None = None
    published: object = None
    authors: tuple[str, ...] = ()
    failed: str = ""
    asked: bool = False
    by_template: bool = False
