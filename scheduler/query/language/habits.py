"""Habits of other tools and languages in a query: read where they are clear, else noted or refused; pure.

Those of Nexis, Westlaw, Factiva, Dialog, Ovid, EBSCO, Talkwalker, Brandwatch and Meltwater, by their
help pages, and operators in the languages of the news.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.lexicon.languages import words
from scheduler.query.analysis.tokens import tokenize
from scheduler.query.language import fields
from scheduler.query.language.limits import shown
from storage.errors import QueryError

_MEANINGS = ("and", "or", "not")
_CLEAR = frozenset(("ou", "et", "og"))
"""Operators of two letters that are hardly a word of their own in capitals."""
_FEWEST_LETTERS = 3
_SEVERAL = 2
_TRUNCATED = re.compile(r"(?P<word>[^\W\d_][\w'-]*)(?P<sign>[!$%])")
# Not C++ and C#; nor $5, 5% and #tag.
_IDLE = re.compile(r"[~/\\<>].+|[%$][^\W\d_].*|.*[<>].*|[^\W\d_]{3,}[+#]+")
_OF_OVID = re.compile(r"\w{3,}\.(?:ti|ab|tw|kw|mp|af|hw)(?:,\w+)*\.?", re.IGNORECASE)
_GLUED = re.compile(r"(?:AND|OR|NOT)(?:[-/:_+&,;.].*)")
_LISTED = re.compile(r"[,;/&]")
_JOINED = re.compile(r"[,;/=$%~\[\]@#_`!+&\u2026\u2192]")
_ENDINGS = ",;.:!?\u2026`"
_COMPARED = re.compile(r"(?P<name>[^\W\d_][\w/-]{0,29})(?P<sign>[<>=:!]=|<>|[<>=])")
_NEAREST = re.compile(r"\(\s*(?P<number>\d{0,3})\s*(?P<kind>[wnsplf])\s*\)", re.IGNORECASE)
_COUNTED = re.compile(r"(?P<count>(?:atl|atleast)(?P<number>\d{1,9}))(?:/.|$)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:quot|amp|apos|lt|gt|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_EITHER_WAY = frozenset(("and/or", "or/and", "und/oder", "et/ou", "y/o", "e/o", "e/ou", "en/of"))
_BARE_DISTANCE = re.compile(r"[wnp]\d{1,3}", re.IGNORECASE)
_DAY_OF_NEXIS = re.compile(r"date\s+(?:aft|bef|after|before|geq|leq|gtr|lss|is)\s", re.IGNORECASE)
_PLUS_DISTANCE = re.compile(r"(?:\d{1,3}|[sp])(?!\w)", re.IGNORECASE)
_WINDOW = re.compile(r"~\d*")
_LOOSE = {"near": "NEAR/5", "adj": "NEAR/5", "within": "NEAR/5", "atleast": "ATLEAST/3(…)"}
_LOOSE_IN_CAPITALS = {
    **dict.fromkeys(("SAME", "WITH", "BESIDE"), "NEAR/20"),
    **dict.fromkeys(("FOLLOWED", "BEFORE", "AFTER", "FBY"), "ONEAR/5"),
    "XOR": "(a OR b) NOT (a AND b)",
    "NOTIN": "NOT",
    **dict.fromkeys(("TI", "HL", "HD"), "title:"),
    "LP": "lead:",
}

_FIELDS = {
    **fields.TEXT_FIELDS,
    **fields.FILTER_FIELDS,
    **dict.fromkeys(("hl", "hd", "ti", "heading", "head"), "title"),
    **dict.fromkeys(("lp", "leadpara"), "lead"),
    **dict.fromkeys(("au", "by"), "author"),
    **dict.fromkeys(("la", "ln"), "lang"),
    **dict.fromkeys(("publication", "pub", "sn"), "source"),
}
_BOTH = frozenset(("hlead", "hlp", "tiab", "title-abs-key", "ti-ab"))
_AS_WRITTEN = frozenset(("allcaps", "caps", "nocaps", "case", "singular", "plural"))
_SPOTS = frozenset(("sentence", "paragraph", "sent", "para", "same", "samesentence"))
_LISTS = frozenset(("any", "anyof", "oneof", "all", "allof", "none", "noneof"))


@dataclass(frozen=True, slots=True)
class ForeignOperator:
    """What an operator of another language or tool is here: its word, and a note.

    Without a `meaning` it is left for a word, which the note says.
    """

    meaning: str | None
    note: str


def check_text(text: str) -> None:
    """Refuse a query that was copied out of a page's source. Raises QueryError."""
    entity = _ENTITY.search(text)
    if entity is not None:
        raise QueryError(
            f"{entity[0]} is a sign as it stands in the source of a page",
            position=entity.start(),
            suggestion=f"write {html.unescape(entity[0])} in its place",
        )


def foreign_operator(word: str, *, between: bool) -> ForeignOperator | None:
    """Return what a word is that is an operator elsewhere, if it may be one here; else None.

    `between` tells that it stands between two operands; elsewhere it is left for a word.
    """
    small = word.casefold()
    meaning = _operators().get(re.sub("[-_]", "", small))
    if meaning is None:
        return _loose_operator(word) if between else None
    is_long = len(small) >= _FEWEST_LETTERS
    if word == word.upper() and (is_long or small in _CLEAR):
        if not between:
            return ForeignOperator(None, _no_operator(word, meaning))
        quoted = f'if you mean the word, write "{word}"'
        return ForeignOperator(meaning, f"{shown(word)} is read as {meaning}; {quoted}")
    if between and (word == word.upper() or (word.islower() and is_long)):
        return ForeignOperator(None, _no_operator(word, meaning))
    return None


def _loose_operator(word: str) -> ForeignOperator | None:
    operator = _LOOSE.get(word.lower()) or _LOOSE_IN_CAPITALS.get(word)
    if operator is None and _BARE_DISTANCE.fullmatch(word):
        operator = f"{'' if word[0] in 'nN' else 'O'}NEAR/{word[1:]}"
    return ForeignOperator(None, _no_operator(word, operator)) if operator else None


def _no_operator(word: str, operator: str) -> str:
    return f"{shown(word)} is a word here; for the operator write {operator}"


@functools.cache
def _operators() -> Mapping[str, str]:
    """Return what each foreign operator is; one that is two things in two languages is none."""
    meanings: dict[str, set[str]] = {}
    for meaning in _MEANINGS:
        for word in words("queries", meaning):
            meanings.setdefault(word.casefold(), set()).add(meaning.upper())
    return {
        word: next(iter(meant)) if len(meant) == 1 else "AND, OR or NOT"
        for word, meant in meanings.items()
    }


def check_word(text: str, at: int, end: int) -> None:
    """Refuse AND/OR, a group's ~5, and Nexis's date aft. Raises QueryError."""
    word = text[at:end]
    if word.lower() in _EITHER_WAY:
        raise QueryError(
            f"{word} is two operators",
            position=at,
            expected=("AND", "OR"),
            suggestion="write OR: it holds for both of them too",
        )
    if _WINDOW.fullmatch(word):
        raise QueryError(
            f"{word} can stand behind a phrase only",
            position=at,
            suggestion='write "a b"~5, or (a OR b) NEAR/5 (c OR d)',
        )
    if _DAY_OF_NEXIS.match(text, at):
        raise QueryError(
            "a date is compared by signs",
            position=at,
            suggestion="write date:>=2026-01-01, after:2026-01-01 or before:2026-01-01",
        )


def counted(word: str) -> tuple[int, int] | None:
    """Return the count of ATLEAST3(…) or ATL3/word, and its length; None for another word."""
    found = _COUNTED.match(word)
    if found is None:
        return None
    has_slash = found.end("count") < len(word)
    return int(found["number"]), found.end("count") + has_slash


def compared(word: str) -> tuple[str, str, int] | None:
    """Return name, sign and length of the beginning of title=ferry or date>=2026; None for others."""
    found = _COMPARED.match(word)
    return (found["name"], found["sign"], found.end()) if found else None


def field_meant(name: str) -> str | None:
    """Return the field or filter that a name means elsewhere, as in hl(ferry); None for no field."""
    return _FIELDS.get(name.lower())


def check_call(name: str, at: int) -> None:
    """Refuse what other tools write before a bracket and this language has not. Raises QueryError."""
    small = name.lower()
    remedies = {
        _BOTH: "write title:(…) OR lead:(…)",
        _AS_WRITTEN: 'write words as they are to be found: raw:SAP, or "ferries" for one form only',
        _SPOTS: "sentences and paragraphs are not told apart: write a NEAR/20 b",
        _LISTS: "write a OR b OR c for one of them, a AND b AND c for all",
    }
    for names, remedy in remedies.items():
        if small in names:
            raise QueryError(f"{name}(…) is not offered", position=at, suggestion=remedy)


def call_note(name: str) -> str:
    """Return the note on a word right before a bracket."""
    return f"{name}( is read as the word {shown(name)} and a group; {name} is no field or function here"


def refuse_comparison(name: str, sign: str, at: int) -> None:
    """Refuse wc>5 and its kind: nothing here is compared but days. Raises QueryError."""
    raise QueryError(
        f"{name}{sign} compares nothing that is known here",
        position=at,
        expected=("date>=2026-11-01",),
        suggestion="leave it out: only days are compared, as in date:>=2026-11-01",
    )


def refuse_nearness_in_brackets(text: str, at: int) -> None:
    """Refuse Dialog's (3W), (N) and (S) between two words. Raises QueryError."""
    found = _NEAREST.match(text, at)
    if found is None:
        return
    kind, number = found["kind"].lower(), found["number"] or "1"
    near = {"w": f"ONEAR/{number}", "n": f"NEAR/{number}"}.get(kind, "NEAR/20")
    raise QueryError(
        f"{found[0]} between two words is not read",
        position=at,
        suggestion=f'write {near}; or "{found[0].strip("() ")}" in quotes for the word',
    )


def idle_sign(word: str) -> str | None:
    """Return a note on a comma or dash between two words; None for a word without."""
    if word[-1] in ",;":
        return "a comma joins nothing: all of the words must appear; for one of them write OR"
    if word in "\u2013\u2014":
        return "a dash that stands alone says nothing; for the operator write NOT"
    return None


def plus_notes(text: str, at: int) -> tuple[str, ...]:
    """Return a note on Westlaw's +5 and +s, of which the sign is read as a word that must appear."""
    found = _PLUS_DISTANCE.match(text, at)
    if found is None:
        return ()
    better = f"ONEAR/{found[0]}" if found[0].isdecimal() else "NEAR/20"
    return (f"+{found[0]} is read as a word that must appear; for what is near write {better}",)


def read_signs(word: str) -> tuple[str, tuple[str, ...]]:
    """Return ferr! as ferr*, and any other word as it is, with notes on what its signs are not."""
    found = _TRUNCATED.fullmatch(word)
    if found is None:
        note = _doubt(word)
        return word, (note,) if note else ()
    meant = f"{found['word']}*"
    note = (
        f"the {found['sign']} that ends {shown(word)} is read as {meant}, any ending; "
        f"for this word only write {found['word']}"
    )
    return meant, (note,)


def _doubt(word: str) -> str | None:
    """Return a note on a word whose signs are left out, or part it into several; else None."""
    if _GLUED.fullmatch(word):
        return f"{shown(word)} is no operator; write AND, OR or NOT with a space on each side"
    if _IDLE.fullmatch(word) or _OF_OVID.fullmatch(word):
        return f"the signs of {shown(word)} say nothing here; for any ending write *, for a field title:"
    core = word.lstrip("#").rstrip(_ENDINGS)
    if _JOINED.search(core) is None or len(parts := tokenize(core)) < _SEVERAL:
        return None
    either = f"; for one of them write {' OR '.join(parts[:5])}" if _LISTED.search(core) else ""
    return f"{shown(word)} is read as words side by side{either}"
