"""The words of the languages of the news, a file of `languages/` for each, read once.

To add a language is to add a file, named by its ISO 639-1 code, with those of the `SECTIONS` that
are known of it. `mul.toml` holds what is written in every language.

Sources: ISO 639-1 for the codes, ISO 639-2 for `mul`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

# What every section may hold. Regular expressions are matched without regard to case; in those of
# `credits`, `walls` and `wrapper` a space stands for whatever stands between two words.
SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "dates": {
        "months": "twelve strings: the names of each month, in whatever case, parted by commas",
        "persian_months": "twelve strings: those of the Persian calendar",
        "weekdays": "names of the days of the week",
        "published": "labels before the day of publication",
        "changed": "labels before the day of the last change",
        "joining": "small words within a date, and zones of time",
        "about_itself": "regular expressions: an article says when it was published itself",
    },
    "bylines": {
        "name": "regular expressions: what stands before an author's name",
        "own_line": "regular expressions: what stands on a line of its own, a name below it",
        "field": "what marks a label as that of the author",
        "dated": "what begins a line of authors and a date",
        "account": "regular expressions: what stands before an account's name",
        "accounts": "regular expressions: accounts that are nobody's name",
        "after_name": "what reporters are called behind their names",
        "joints": "words between two authors",
        "joints_before_capitals": "words between two authors where a capital follows",
        "particles": "small words within a person's name",
        "dated_particles": "small words within a line of authors and a date",
        "jobs": "regular expressions: the last word of what an author is, in no name",
        "no_names": "regular expressions: what stands in an author's place and names nobody",
    },
    "credits": {
        "phrases": "regular expressions: where a text was published before",
        "stems": "of which one is in every sentence that a phrase is found in, in small letters",
        "labels": "labels before the source of a text",
        "to_the_original": "regular expressions: how a link to the original begins",
        "original_stems": "of which one is in every such link, in small letters",
        "contributions": "regular expressions: what stands before an agency that contributed",
        "contribution_phrases": "regular expressions: that somebody contributed",
        "contribution_words": "with which a line about a contribution begins, in small letters",
        "contribution_stems": "of which one is in such a line elsewhere, in small letters",
        "prepositions": "words before a publisher's name",
        "articles": "articles before a publisher's name",
        "particles": "small words within a publisher's name",
        "no_publishers": "regular expressions: capitalised words that begin no publisher's name",
        "placeholders": "names that a template left unfilled",
        "this_text": "regular expressions: that a sentence is about the text that it stands in",
        "templates": "regular expressions: instructions to those who would publish the text",
        "pictures": "beginnings of words in lines about a picture",
        "agency_datelines": "regular expressions: how agencies open their texts",
        "roles": "regular expressions: words beside an agency's name that are no part of it",
    },
    "walls": {
        "not_found": "regular expressions: there is no such page",
        "consent": "regular expressions: a wall that asks for consent, at its beginning",
        "consent_anywhere": "regular expressions: the same, anywhere in a short page",
        "login": "regular expressions: a wall that asks to log in",
        "bot": "regular expressions: a wall against robots, at its beginning",
        "bot_anywhere": "regular expressions: the same, anywhere in a short page",
        "words": "regular expressions: of what the text of a wall against robots or for consent speaks",
        "parked": "regular expressions: nobody's domain",
        "out_of_order": "regular expressions: the site is out of order",
        "needs_javascript": "regular expressions: a page without text that needs scripts",
        "appeal": "regular expressions: a page cut short that asks to subscribe",
    },
    "wrapper": {
        "dates": "regular expressions: labels before a date on a line of its own",
        "labels": "lines that say nothing, in small letters",
        "link_headings": "regular expressions: headings of lists of links, below a text",
        "links": "regular expressions: a label before a link to another article",
        "links_with_titles": "regular expressions: the same, before a title",
        "appeals": "regular expressions: appeals and notices at the end of a text",
        "share": "regular expressions: a line to share the article",
        "comments": "regular expressions: a line of the form for comments",
        "promo": "regular expressions: a line for newsletters and channels",
        "related": "regular expressions: a label before a related article's title",
    },
    "titles": {
        "beside_site_names": "words of a site's name that it may leave out of its titles",
    },
    "edits": {
        "corrections": "regular expressions: labels of a correction, in small letters",
        "corrections_unspaced": "labels of a correction in a script without spaces",
        "correction_phrases": "regular expressions: that a text was corrected or withdrawn",
        "times": "regular expressions: labels before a time",
        "page_lines": "regular expressions: how lines begin that belong to the page, not to the text",
        "magnitudes": "regular expressions: thousands and millions, as counters write them",
        "counted": "regular expressions: what a page counts of an article",
        "ages": "regular expressions: how long ago something was",
        "days": "days and months, which follow-ups exchange for style",
        "little": "words that say nothing by themselves, such as articles",
        "novelty": "regular expressions: labels by which a headline says that it is new",
        "numbers": "the numbers from two to twelve",
    },
    "quotations": {
        "in_full": "regular expressions: that a note or a speech follows in full, to the text's end",
        "in_full_stems": "of which one is in every such announcement, in small letters",
    },
    "forms": {
        "compound_parts": "words, folded, of which many compounds are made",
        "own_beginnings": "words, folded, whose first letters are their own: alone they are a prefix of others",
        "own_endings": "words, folded, whose last letters are their own: elsewhere they are an ending",
    },
    "language": {
        "common": "words that stand in nearly every text of the language, in small letters without accents",
    },
    "queries": {
        "stop_words": "words that stand in nearly every article, folded, and tell nothing alone",
        "and": "what people write for AND, in small letters",
        "or": "what people write for OR, in small letters",
        "not": "what people write for NOT, in small letters",
    },
}

_SPACED = frozenset({"credits", "walls", "wrapper"})
_FIRST = (
    *("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "fi"),
    *("pl", "cs", "hu", "ro", "tr", "ru", "uk", "ar", "zh", "ja", "ko"),
)
"""The languages that are tried first, in this order; all others follow by their codes."""


@cache
def by_language(section: str, key: str) -> Mapping[str, tuple[str, ...]]:
    """Return the entries of a key in each language that has some, by its code.

    Raises KeyError for a key that is none of `SECTIONS`.
    """
    if key not in SECTIONS[section]:
        raise KeyError(key)
    entries = ((code, words.get(section, {}).get(key)) for code, words in _languages().items())
    return {code: tuple(values) for code, values in entries if values}


@cache
def words(section: str, key: str) -> tuple[str, ...]:
    """Return the entries of a key in all languages, each once, as they are written."""
    values = by_language(section, key).values()
    return tuple(dict.fromkeys(word for entries in values for word in entries))


def either(section: str, key: str) -> str:
    """Return a regular expression that matches any of a key's in whatever language."""
    return joined(section, words(section, key))


def joined(section: str, patterns: Iterable[str]) -> str:
    """Return a regular expression that matches any of these, which are of a section."""
    between = r"\W+" if section in _SPACED else " "
    return "|".join(pattern.replace(" ", between) for pattern in patterns)


def read_data(file: Traversable) -> dict[str, Any]:
    """Return what a TOML file of the lexicon holds."""
    return tomllib.loads(file.read_text("utf-8"))


def data_folder() -> Traversable:
    """Return where the lexicon's data lie in this installation."""
    return resources.files("crawler.lexicon")


@cache
def _languages() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    files = [
        file for file in (data_folder() / "languages").iterdir() if file.name.endswith(".toml")
    ]
    read = {file.name.removesuffix(".toml"): read_data(file) for file in files}
    return {code: read[code] for code in sorted(read, key=rank)}


def rank(code: str) -> tuple[int, str]:
    """Return where a language stands in the order in which languages are tried."""
    return (_FIRST.index(code) if code in _FIRST else len(_FIRST)), code
