"""What an edit of an article changed that is worth an alert; everything else is boring; pure.

Reported: another headline, another number or name in a sentence that stayed, a correction, a text that
is new for the most part. Boring: typography, white space, other words for the same, sentences that
moved, were added or taken out, and what surrounds a text. Names are told apart by capitals, so
scripts without capitals have none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import islice

from crawler.lexicon.edit_words import (
    is_calendar,
    is_correction,
    is_little,
    number_words,
    without_ages,
    without_label,
)
from scheduler.watch.sentences import (
    Sentence,
    SentenceDiff,
    plain,
    runs_of,
    sentence_diff,
    sentences_of,
    words_of,
)

_MOST_QUOTED = 160
_MOST_TITLE = 300
_MOST_OF_A_KIND = 3
_MOSTLY_NEW = 0.5
_LEAST_NEW_WORDS = 60
_SPELLING = 0.75  # two words that are alike so much are one, misspelt
_SPELLING_OF_NAME = 0.7
_MOST_NUMBERS = 0.5  # where more of the words are numbers, it is a table of rates or results
_NOUNS_IN_CAPITALS = frozenset({"de", "lb"})
_GROUPED = re.compile(r"\d{1,3}(?:[.,']\d{3})+")
_SITE = re.compile(r"\s(?:\||-|::|•)\s")
_LABEL_WORDS = 3


class ChangeKind(StrEnum):
    """What sort of change it is, the gravest first."""

    REMOVED = "removed"
    CORRECTION = "correction"
    HEADLINE = "headline"
    NUMBER = "number"
    NAME = "name"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article's title and text at one time; `language` is ISO 639-1."""

    title: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NewsworthyChange:
    """A change that is worth an alert, in a sentence for its recipients."""

    kind: ChangeKind
    sentence: str


@dataclass(frozen=True, slots=True)
class _Number:
    """A number in a sentence, its value in one form, and the word behind it."""

    value: str
    written: str
    of: str


def changes_between(before: ArticleText, after: ArticleText) -> tuple[NewsworthyChange, ...]:
    """Return the changes that are worth an alert, the gravest first; none for a boring edit."""
    old, new = sentences_of(before.text), sentences_of(after.text)
    edit = sentence_diff(old, new)
    numbers = number_words(after.language)
    return (
        *islice(_corrections(before, after, edit), _MOST_OF_A_KIND),
        *_headline(before.title, after.title, numbers),
        *islice(_numbers(edit, numbers), _MOST_OF_A_KIND),
        *islice(_names(edit, old, new, after.language), _MOST_OF_A_KIND),
        *_rewritten(edit),
    )


def removal(status: int | None) -> NewsworthyChange:
    """Return the change of a page that is no longer there, with its HTTP status."""
    answer = f" (it answers {status})" if status else ""
    return NewsworthyChange(ChangeKind.REMOVED, f"The page was removed{answer}.")


def _corrections(
    before: ArticleText, after: ArticleText, edit: SentenceDiff
) -> Iterator[NewsworthyChange]:
    titles = plain(before.title[:_MOST_TITLE]), plain(after.title[:_MOST_TITLE])
    if is_correction(titles[1]) and not is_correction(titles[0]):
        yield NewsworthyChange(
            ChangeKind.CORRECTION, f"A correction was published: {_quoted(after.title)}"
        )
    for index, sentence in enumerate(edit.added):
        if is_correction(sentence.text):
            # The label alone on a line: what is corrected is said in the next.
            follows = (
                edit.added[index + 1 : index + 2] if len(sentence.words) <= _LABEL_WORDS else ()
            )
            correction = " ".join(part.text for part in (sentence, *follows))
            yield NewsworthyChange(
                ChangeKind.CORRECTION, f"A correction was published: {_quoted(correction)}"
            )
    for was, sentence in edit.pairs:
        if is_correction(sentence.text) and not is_correction(was.text):
            yield NewsworthyChange(
                ChangeKind.CORRECTION, f"A correction was published: {_quoted(sentence.text)}"
            )


def _headline(before: str, after: str, numbers: Mapping[str, str]) -> Iterator[NewsworthyChange]:
    old, new = (_title_words(title, numbers) for title in _without_one_site(before, after))
    if old and new and not _same_title(old, new):
        says = f"The headline changed: {_quoted(before)} → {_quoted(after)}"
        yield NewsworthyChange(ChangeKind.HEADLINE, says)


def _without_one_site(before: str, after: str) -> tuple[str, str]:
    """Return two titles in plain form, without a site's name behind one of them only."""
    old, new = (" ".join(plain(title[:_MOST_TITLE]).split()) for title in (before, after))
    more = len(_SITE.findall(old)) - len(_SITE.findall(new))
    if more == 1:
        return old[: [*_SITE.finditer(old)][-1].start()], new
    if more == -1:
        return old, new[: [*_SITE.finditer(new)][-1].start()]
    return old, new


def _title_words(title: str, numbers: Mapping[str, str]) -> tuple[str, ...]:
    words = words_of(without_label(title).casefold())
    return tuple(_value(numbers.get(word, word)) for word in words)


def _same_title(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Tell whether titles differ in little words or in the spelling of one word only."""
    old, new = (tuple(word for word in title if not is_little(word)) for title in (old, new))
    if old == new:
        return True
    if len(old) != len(new):
        return False
    differing = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _are_alike(*differing[0], _SPELLING)


def _numbers(edit: SentenceDiff, numbers: Mapping[str, str]) -> Iterator[NewsworthyChange]:
    yielded = set[tuple[str, str]]()
    for was, sentence in edit.pairs:
        old, new = _numbers_of(was, numbers), _numbers_of(sentence, numbers)
        if _is_table(sentence, new):
            continue
        for gone, come in zip(_without(old, new), _without(new, old), strict=False):
            if (gone.value, come.value) not in yielded:
                yielded.add((gone.value, come.value))
                of = f" {come.of}" if come.of else ""
                says = f"A number changed: {gone.written} → {come.written}{of}"
                yield NewsworthyChange(ChangeKind.NUMBER, f"{says}, in {_quoted(sentence.text)}")


def _numbers_of(sentence: Sentence, numbers: Mapping[str, str]) -> list[_Number]:
    words = words_of(without_ages(sentence.text))
    numbers_found = []
    for index, word in enumerate(words):
        digits = word if word[0].isdigit() else numbers.get(word.casefold())
        if digits is not None:
            behind = words[index + 1] if index + 1 < len(words) else ""
            of = "" if behind[:1].isdigit() else behind
            numbers_found.append(_Number(_value(digits), word, of))
    return numbers_found


def _without(some: Sequence[_Number], others: Sequence[_Number]) -> list[_Number]:
    """Return the numbers that are not among others, each as often as it is missing there."""
    there = Counter(number.value for number in others)
    missing = []
    for number in some:
        there[number.value] -= 1
        if there[number.value] < 0:
            missing.append(number)
    return missing


def _is_table(sentence: Sentence, numbers: Sequence[_Number]) -> bool:
    return len(numbers) > _MOST_NUMBERS * len(sentence.words)


def _value(word: str) -> str:
    """Write a number in one form, whatever separates its thousands: 1,842.60 and 1842.6."""
    if not word[:1].isdigit() or ":" in word:
        return word
    if _GROUPED.fullmatch(word):
        return re.sub(r"\D", "", word)
    whole, point, rest = word.replace("'", "").rpartition(max(".", ",", key=word.rfind))
    if not point:
        return word.lstrip("0") or "0"
    return f"{re.sub('[.,]', '', whole)}.{rest}".rstrip("0").rstrip(".")


def _names(
    edit: SentenceDiff, before: Sequence[Sentence], after: Sequence[Sentence], language: str | None
) -> Iterator[NewsworthyChange]:
    """Yield the names in whose place another one stands that the text did not have before."""
    least = 2 if language in _NOUNS_IN_CAPITALS else 1
    old, new = _sure_names(before), _sure_names(after)
    known = frozenset(_bare(word) for sentence in before for word in sentence.words)
    yielded = set[tuple[str, str]]()
    for was, sentence in edit.pairs:
        gone = _runs(was, old, least)
        come = _runs(sentence, new, least)
        for one, other in _exchanged(gone, come, sentence, known):
            if (one, other) not in yielded:
                yielded.add((one, other))
                says = f"A name changed: {one} → {other}, in {_quoted(sentence.text)}"
                yield NewsworthyChange(ChangeKind.NAME, says)


def _exchanged(
    gone: Sequence[list[str]],
    come: Sequence[list[str]],
    sentence: Sentence,
    known: frozenset[str],
) -> Iterator[tuple[str, str]]:
    """Yield the names of one sentence, each with the new one that stands in its place."""
    kept = {_bare(word) for word in sentence.words}
    lost = [run for run in gone if kept.isdisjoint(run)]
    new = [run for run in come if known.isdisjoint(run)]
    for one, other in zip(lost, new, strict=False):
        yield " ".join(one), " ".join(other)
    for one in gone:
        for other in come:
            if _spelt_otherwise(one, other) or _other_after_title(one, other, known):
                yield " ".join(one), " ".join(other)


def _other_after_title(one: Sequence[str], other: Sequence[str], known: frozenset[str]) -> bool:
    """Tell whether another name stands behind the same title: President Adams, President Bell."""
    same = next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 0
    )
    rest = other[same:]
    return same > 0 and known.isdisjoint(rest) and not set(one).intersection(rest)


def _spelt_otherwise(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two names of several words differ in the spelling of one of them."""
    if len(one) != len(other):
        return False
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(one) > len(differing) == 1 and _are_alike(*differing[0], _SPELLING_OF_NAME)


def _runs(sentence: Sentence, sure: Collection[str], least: int) -> list[list[str]]:
    """Return the runs of words in capitals; the first word counts where it has one elsewhere too."""
    names = []
    for index, run in enumerate(runs_of(sentence.text)):
        name: list[str] = []
        for inside, word in enumerate(map(_bare, [*run, ""])):
            if _is_name(word) and (index or inside or word in sure):
                name.append(word)
                continue
            if len(name) >= least:
                names.append(name)
            name = []
    return names


def _sure_names(sentences: Sequence[Sentence]) -> frozenset[str]:
    """Return the words that have a capital inside sentences."""
    return frozenset(
        _bare(word) for sentence in sentences for word in sentence.words[1:] if _is_name(word)
    )


def _bare(word: str) -> str:
    return word.removesuffix("'s")


def _is_name(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and not is_calendar(word)


def _rewritten(edit: SentenceDiff) -> Iterator[NewsworthyChange]:
    if edit.fresh >= _MOSTLY_NEW and edit.fresh_words >= _LEAST_NEW_WORDS:
        says = f"Most of the text is new: {edit.fresh_words} words, {edit.fresh:.0%} of it."
        yield NewsworthyChange(ChangeKind.REWRITTEN, says)


def _are_alike(one: str, other: str, share: float) -> bool:
    if one[:1].isdigit() or other[:1].isdigit():
        return False
    return SequenceMatcher(None, one[:40], other[:40], autojunk=False).ratio() >= share


def _quoted(text: str) -> str:
    short = " ".join(text[: 2 * _MOST_QUOTED].split())
    return f"“{short if len(short) <= _MOST_QUOTED else short[: _MOST_QUOTED - 1].rstrip() + '…'}”"
