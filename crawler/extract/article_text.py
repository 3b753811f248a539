"""Make an article's text out of the lines that were read of its page, or say why it is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.markup.word_count import count_words, has_words
from crawler.extract.text.recurring_lines import SiteLines, split_recurring
from crawler.extract.text.standfirst import with_standfirst
from crawler.extract.text.trim import trim_text
from crawler.extract.text.wrapper import kind_of, part_wrapper
from crawler.extract.wall import teaser_of, wall_of
from storage.errors import ExtractError
from storage.models.articles import WrapperKind, WrapperPassage
from storage.models.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from crawler.extract.markup.jsonld import Node


@dataclass(frozen=True, slots=True)
class WrittenText:
    """An article's text, what was taken out of it, and the text as it was before that.

    `whole` is empty where no line recurs on the site; `problem` says why this is no article.
    """

    text: str
    wrapper: tuple[WrapperPassage, ...] = ()
    whole: str = ""
    problem: ExtractError | None = None


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What is known of a page when its text is made: its title first of its `titles`.

    `least` is how many words make an article, `people` its authors, `article` its JSON-LD.
    """

    titles: tuple[str, ...]
    people: tuple[str, ...]
    descriptions: tuple[str, ...]
    article: Node | None
    tree: HtmlElement
    lines: SiteLines
    least: int


def article_text(lines: Sequence[str], page: TextFacts) -> WrittenText:
    """Return the text that these lines of a page make."""
    own, recurring = split_recurring(lines, page.lines)
    text, wrapper = _parted(own, page)
    text = with_standfirst(text, page.descriptions, page.tree)
    problem = _problem(text, page)
    if problem is None and (teaser := teaser_of(text, page.tree, page.article)):
        wrapper = (*wrapper, WrapperPassage(WrapperKind.PAYWALL, teaser))
    if not recurring:
        return WrittenText(text, wrapper, problem=problem)
    # An agency's mark recurs on a site's pages, and is evidence all the same.
    whole = with_standfirst(_parted(lines, page)[0], page.descriptions, page.tree)
    taken = tuple(_recurring(line, page.titles[0]) for line in recurring)
    return WrittenText(text, (*taken, *wrapper), whole, problem)


def _parted(lines: Sequence[str], page: TextFacts) -> tuple[str, tuple[WrapperPassage, ...]]:
    text = trim_text("\n".join(lines), titles=page.titles, authors=page.people)
    return part_wrapper(text, page.titles[0])


def _recurring(line: str, title: str) -> WrapperPassage:
    return WrapperPassage(kind_of(line, title) or WrapperKind.RECURRING, line)


def _problem(text: str, page: TextFacts) -> ExtractError | None:
    wall = wall_of(page.titles[0], text, tree=page.tree, article=page.article, least=page.least)
    if wall is not None:
        return ExtractError(wall.problem, wall.detail)
    if has_words(text, page.least):
        return None
    detail = f"{count_words(text)} words of text, {page.least} are needed"
    return ExtractError(Problem.NOT_AN_ARTICLE, detail)
