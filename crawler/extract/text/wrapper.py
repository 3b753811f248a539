"""Part from a text the passages that a site put into it, each with its kind: they are evidence.

Only what says by itself what it is goes: everything else stays in the text.
"""

from __future__ import annotations

import re
from functools import cache

from crawler.extract.markup.word_count import plain_words
from crawler.lexicon.languages import either
from storage.models.articles import WrapperKind, WrapperPassage

_LONGEST = 300  # characters; a longer line is a paragraph
_MOST = 40  # passages
_LABEL = 60  # characters
_HASHTAGS = re.compile(r"^\s*(?:#\w[\w-]*[\s,·|]*)+$")
_HASHTAG = re.compile(r"#(\w[\w-]*)")
_KINDS = (
    (WrapperKind.SHARE, "share", r"\W*$"),
    (WrapperKind.COMMENTS, "comments", r"\W*$"),
    (WrapperKind.PROMO, "promo", "$"),
    (WrapperKind.RELATED, "related", r"\W*:.{0,200}$"),
)
"""Kinds of passages, by what stands in them in the languages of the news, and how they end."""


def kind_of(line: str, title: str) -> WrapperKind | None:
    """Say what a line of wrapper is; None for a line that may belong to the text."""
    if len(line) > _LONGEST:
        return None
    if _HASHTAGS.match(line):
        return WrapperKind.HASHTAGS if _repeats(line, title) else None
    if len(line) <= _LABEL and _byline().match(line):
        return WrapperKind.BYLINE
    return next((kind for kind, pattern in _kinds() if pattern.match(line)), None)


def part_wrapper(text: str, title: str) -> tuple[str, tuple[WrapperPassage, ...]]:
    """Return the text without its wrapper, and the passages that were taken out, in their order.

    A text that would be left empty is given back whole.
    """
    kept: list[str] = []
    parted: list[WrapperPassage] = []
    for line in text.split("\n"):
        kind = kind_of(line, title) if len(parted) < _MOST else None
        if kind is None:
            kept.append(line)
        else:
            parted.append(WrapperPassage(kind, line.strip()))
    return ("\n".join(kept), tuple(parted)) if any(kept) else (text, ())


def _repeats(line: str, title: str) -> bool:
    """Whether half or more of a line's hashtags are made of the title's words."""
    words = "".join(plain_words(title))
    tags = ["".join(plain_words(tag)).replace("_", "") for tag in _HASHTAG.findall(line)]
    return sum(tag in words for tag in tags) * 2 >= len(tags) > 0


@cache
def _kinds() -> tuple[tuple[WrapperKind, re.Pattern[str]], ...]:
    return tuple(
        (kind, _compiled(rf"^\W*(?:{either('wrapper', key)}){end}")) for kind, key, end in _KINDS
    )


@cache
def _byline() -> re.Pattern[str]:
    """Return what a byline is that names an account and nobody."""
    before, accounts = either("bylines", "account"), either("bylines", "accounts")
    return _compiled(rf"^\W*(?:{before})\W+(?:{accounts})\W*$")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
