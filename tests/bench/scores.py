"""The measures of extraction: text against truth, title against title, day against day.

Text is measured as in scrapinghub/article-extraction-benchmark: F1 over bags of 4-grams of words
(of characters where a language writes no spaces).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

_WORD = re.compile(r"\w+")
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
)
_SPACELESS_SHARE = 0.3
_LEAST_TITLE_SHARE = 0.5
_LEAD = 60  # characters


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of a text is in the truth (precision) and of the truth in the text (recall)."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def writes_no_spaces(text: str) -> bool:
    """Tell whether most of a text is Chinese, Japanese, Thai, Lao, Burmese or Khmer."""
    letters = sum(1 for character in text if character.isalnum())
    return letters > 0 and len(_SPACELESS.findall(text)) / letters > _SPACELESS_SHARE


def ngram_overlap(text: str, truth: str, n: int = 4) -> Overlap:
    """Compare the bags of n-grams of two texts; two empty texts are equal.

    The truth's script decides whether words or characters are counted.
    """
    by_character = writes_no_spaces(truth)
    found, wanted = (_bag(part, n, by_character=by_character) for part in (text, truth))
    if not found or not wanted:
        return Overlap(1.0, 1.0) if not found and not wanted else Overlap(0.0, 0.0)
    shared = (found & wanted).total()
    return Overlap(shared / found.total(), shared / wanted.total())


def ngram_f1(text: str, truth: str, n: int = 4) -> float:
    """F1 of `ngram_overlap`, 0 to 1."""
    return ngram_overlap(text, truth, n).f1


def phrases_f(pairs: Iterable[tuple[str, Mapping[str, Any]]]) -> float | None:
    """F of the phrases that must be in texts (`with` of a truth) and must not (`without`), over all pages.

    As in trafilatura's own evaluation; white space is folded. None where no truth has phrases.
    """
    right = wrong = missed = 0
    for text, truth in pairs:
        folded = _folded(text)
        wanted = [_folded(phrase) in folded for phrase in truth.get("with") or ()]
        right, missed = right + sum(wanted), missed + len(wanted) - sum(wanted)
        wrong += sum(_folded(phrase) in folded for phrase in truth.get("without") or ())
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else None


def lead_found(text: str, lead: str) -> bool:
    """Tell whether the first words of a lead are in a text; white space is folded."""
    return _folded(lead)[:_LEAD] in _folded(text)


def title_loose(found: str | None, truth: str | None) -> bool:
    """Tell whether two titles are one, or one is at least half of the other and stands in it.

    Case, punctuation and the form of characters do not count.
    """
    shorter, longer = sorted((_plain(found), _plain(truth)), key=len)
    if not shorter:
        return not longer
    return f" {shorter} " in f" {longer} " and len(shorter) >= _LEAST_TITLE_SHARE * len(longer)


def date_exact(found: object, truth: object) -> bool:
    """Tell whether two dates name one calendar day, read in the truth's own time zone.

    Each is a datetime, a date or ISO text; anything else (None, a NaN) is no date, which equals
    only no date. A truth without a zone is read as UTC.
    """
    ours, theirs = _read(found), _read(truth)
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, datetime) and ours.tzinfo is not None:
        zone = theirs.tzinfo if isinstance(theirs, datetime) else None
        ours = ours.astimezone(zone or UTC)
    return (ours.year, ours.month, ours.day) == (theirs.year, theirs.month, theirs.day)


def _bag(text: str, n: int, *, by_character: bool) -> Counter[tuple[str, ...]]:
    words = [c for c in text if c.isalnum()] if by_character else _WORD.findall(text)
    if not words:
        return Counter()
    size = min(n, len(words))
    return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _plain(title: str | None) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", title or "").casefold()))


def _read(value: object) -> datetime | date | None:
    if isinstance(value, date):  # a datetime is one
        return value
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
