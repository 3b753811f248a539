"""Clean titles, choose a page's and take the site's name off it; pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.markup.clean_text import one_line
from crawler.extract.markup.word_count import plain, plain_words
from crawler.lexicon.languages import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A bar or a guillemet parts with or without spaces round it, a dash or a colon only with them.
_SEPARATOR = re.compile(
    "\\s+[-\u2013\u2014\u00b7\u2022:/*]+\\s+|\\s*[|\u00bb\uff5c\uff1a\u3163]+\\s*"
)
_LEADING_SEPARATOR = re.compile("\\s+[-\u2013\u2014\u00b7\u2022]+\\s+|\\s*[|\u00bb:]+\\s+")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_PROGRAM = re.compile(
    r"<(script|style)\b[^<>]{0,500}>.{0,5000}?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_LONGEST_LISTED = 500  # characters; nobody reads a longer headline
_MOST_MARKUP = 20_000  # characters of a title that are looked at, with the markup in it
_LEAST = 8  # characters that must be left, or the separator belongs to the title
_MOST = 250  # characters; a longer headline is a text that got into its field
_MOST_WHOLE = _MOST // 2  # that a title has that was cut off at a word
_FULLER = 1.1  # times the headline's length that makes another title the one that says more
_LEAST_WORDS = 3  # of a heading that can be a title
_ALIKE, _UNLIKE = 0.8, 0.5  # of two titles' words
_GENERIC_LABELS = frozenset({"www", "com", "co", "org", "net", "news", "m", "amp", "en", "de"})


@dataclass(frozen=True, slots=True)
class Titles:
    """What a page gives as its title, as found; each may be missing.

    `headline` is JSON-LD's, `shared` what is shown where the page is shared (og:title), `repeated`
    the like that is given apart (twitter:title and others), `tag` the title element's.
    """

    headline: str = ""
    shared: str = ""
    repeated: str = ""
    headings: tuple[str, ...] = ()
    tag: str = ""

    def map(self, change: Callable[[str], str]) -> Titles:
        """Return the same with each title changed; headings that come out empty are dropped."""
        headings = tuple(filter(None, map(change, self.headings)))
        headline, shared, repeated = map(change, (self.headline, self.shared, self.repeated))
        return Titles(headline, shared, repeated, headings, change(self.tag))

    def all(self) -> tuple[str, ...]:
        """Return those that there are, the one that is mostly the best first."""
        titles = (self.headline, self.shared, self.repeated, *self.headings[:1], self.tag)
        return tuple(filter(None, titles))


def choose_title(titles: Titles, names: frozenset[str]) -> str:
    """Return the page's title without the site's `names`; '' when the page gives none.

    A headline is passed over for the shared title where that says more, or where all else on the
    page bears that out; a shared title, for the heading where it only repeats the title element, or
    where that is the heading too.
    """
    proved = frozenset(filter(None, map(plain, titles.all()))) - names
    raw = {titles.headline, titles.shared, titles.repeated, *titles.headings, titles.tag}
    clean = titles.map({title: _cleaned(title, names, proved) for title in raw}.__getitem__)
    if clean.headline and clean.shared:
        return clean.shared if _is_better(clean) else clean.headline
    if clean.shared and not clean.repeated and _same(clean.shared, clean.tag):
        return _heading_for(clean.shared, clean.headings) or clean.shared
    if clean.shared and not clean.headline and _is_headed(clean):
        return clean.headings[0]
    return next(iter(clean.all()), "")


def plain_title(title: object, most: int = _LONGEST_LISTED) -> str:
    """Return a title as one line of at most `most` characters, without tags, entities and controls.

    Publishers escape once, twice or not at all. What is no text has no title.
    """
    text = _without_tags(title[:_MOST_MARKUP]) if isinstance(title, str) else ""
    return one_line(_without_tags(html.unescape(text)), most)


def _without_tags(markup: str) -> str:
    """Take out tags, and of programs and styles what is in them too."""
    return _TAG.sub("", _PROGRAM.sub("", markup))


def _is_better(titles: Titles) -> bool:
    """Whether the shared title is to be taken in place of the headline."""
    others = (titles.repeated, *titles.headings[:1], titles.tag)
    says_more = len(titles.shared) > _FULLER * len(titles.headline)
    return says_more or (all(others) and all(_same(title, titles.shared) for title in others))


def _heading_for(shared: str, headings: tuple[str, ...]) -> str:
    """Return the only heading that can be a title and has words of the shared one in it."""
    of_shared = frozenset(plain_words(shared))
    fitting = [heading for heading in headings if len(plain_words(heading)) >= _LEAST_WORDS]
    return (
        fitting[0]
        if len(fitting) == 1 and not of_shared.isdisjoint(plain_words(fitting[0]))
        else ""
    )


def _is_headed(titles: Titles) -> bool:
    """Whether the only heading is nearly the title element, and the shared title something else."""
    if len(titles.headings) != 1 or not titles.tag:
        return False
    heading, tag, shared = map(_words, (titles.headings[0], titles.tag, titles.shared))
    return (
        len(heading) >= _LEAST_WORDS
        and _likeness(heading, tag) >= _ALIKE
        and _likeness(heading, shared) < _UNLIKE
    )


def _words(title: str) -> frozenset[str]:
    return frozenset(plain_words(title))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of their words that two titles have in common (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _same(one: str, other: str) -> bool:
    return plain(one) == plain(other)


def _cleaned(raw: str, names: frozenset[str], proved: frozenset[str]) -> str:
    title = without_site_name(plain_title(raw, _MOST), names)
    is_cut = title.endswith("…") and len(title) >= _MOST_WHOLE
    if not title or is_cut or _is_name(title, names):
        return ""
    return _proved_part(title, proved) or title


def _proved_part(title: str, proved: frozenset[str]) -> str | None:
    """Return what stands before a separator where just that is another of the page's titles."""
    for match in _SEPARATOR.finditer(title, _LEAST):
        if plain(title[: match.start()]) in proved:
            return title[: match.start()].rstrip()
    return None


def site_names(site: str, host: str) -> frozenset[str]:
    """Return the names, in plain words, that a site may write into its titles."""
    bare = host.removeprefix("www.").rsplit(":", 1)[0]
    labels = {label for label in bare.split(".") if label not in _GENERIC_LABELS}
    spellings = [plain(name) for name in (site, bare, host, *labels)]
    without = [_without_small(name.split()) for name in spellings]
    return frozenset(
        filter(None, (*spellings, *without, *(name.replace(" ", "") for name in spellings)))
    )


def without_site_name(title: str, names: frozenset[str]) -> str:
    """Drop the site's name from either end of a title, as often as it stands there."""
    while True:
        shorter = (
            _without_last(title, names)
            or _without_first(title, names)
            or _without_address(title, names)
        )
        if shorter is None:
            return title
        title = shorter


def _without_last(title: str, names: frozenset[str]) -> str | None:
    for match in _SEPARATOR.finditer(title, _LEAST):
        if _is_name(title[match.end() :], names):
            return title[: match.start()].rstrip()
    return None


def _without_first(title: str, names: frozenset[str]) -> str | None:
    match = _LEADING_SEPARATOR.search(title)
    if match is None or len(title) - match.end() < _LEAST:
        return None
    return title[match.end() :] if _is_name(title[: match.start()], names) else None


def _without_address(title: str, names: frozenset[str]) -> str | None:
    """Drop the site's address, which some write before each title without a separator."""
    first, _, rest = title.partition(" ")
    return rest if "." in first and len(rest) >= _LEAST and _is_name(first, names) else None


def _is_name(part: str, names: frozenset[str]) -> bool:
    name = plain_words(part)
    spellings = (" ".join(name), "".join(name), _without_small(name))
    return any(spelling in names for spelling in spellings if spelling)


def _without_small(name: Sequence[str]) -> str:
    """Return a site's name without the words that it may leave out of its titles."""
    small = words("titles", "beside_site_names")
    return " ".join(word for word in name if word not in small)
