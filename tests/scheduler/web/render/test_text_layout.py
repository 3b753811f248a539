"""A copy's text laid out: in blocks, without the middle of what is long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from crawler.copies.text.overlap import passages
from crawler.copies.text.shingles import shingle
from crawler.copies.text.tokens import words
from scheduler.lists.comparison import compare
from scheduler.web.render.text_layout import ComparisonLayout, lay_out
from storage.models.articles import Article
from storage.models.stories import CopyVerdict, Relation
from storage.sql.database import Database
from storage.stories import articles
from tests.crawler.copies import texts


def laid_out(conn: Connection, text: str, other: str) -> ComparisonLayout:
    copy, original = (_saying(articles.get(conn, 3), each) for each in (text, other))
    shared = passages(shingle(text), shingle(other))
    return lay_out(compare(copy, CopyVerdict(1, Relation.NEAR, 1.0, 1.0, shared), original))


def test_what_stands_round_the_shared_text_has_blocks_of_its_own(db: Database) -> None:
    text = texts.STORIES["ferry"]
    edited = text.replace("fishermen", "sailors")
    with db.connect() as conn:
        blocks = laid_out(conn, texts.farm(edited), text).blocks
    assert [block.label for block in blocks] == ["wrapper", "shared", "wrapper"]
    assert [piece.kind for piece in blocks[1].pieces] == ["shared", "edited", "shared"]
    assert blocks[1].pieces[1].was == "fishermen"
    assert blocks[1].pieces[0].text.head.startswith("The harbour board")


SPACED = "\n".join([texts.STORIES["ferry"], *map(texts.unrelated, range(9))])
UNSPACED = "".join(chr(0x4E00 + 37 * number) for number in range(500))


@pytest.mark.parametrize(("text", "unit"), [(SPACED, "words"), (UNSPACED * 2, "characters")])
def test_a_long_text_is_shown_without_its_middle_and_says_how_much_that_is(
    db: Database, text: str, unit: str
) -> None:
    with db.connect() as conn:
        [block] = laid_out(conn, text, text).blocks
    [piece] = block.pieces
    shown = piece.text
    assert text.startswith(shown.head)
    assert text.endswith(shown.tail)
    hidden, counted = shown.hidden.replace(",", "").split()
    assert counted == unit
    assert int(hidden) + len(words(shown.head)) + len(words(shown.tail)) == len(words(text))


def test_the_strip_has_a_length_for_each_part(db: Database) -> None:
    text = texts.STORIES["ferry"]
    with db.connect() as conn:
        strip = laid_out(conn, texts.excerpt(text), text).strip
    assert [segment.kind for segment in strip] == ["shared", "cut"]
    assert strip[0].length == pytest.approx(strip[1].start)
    assert sum(segment.length for segment in strip) == pytest.approx(1000)


def _saying(article: Article, text: str) -> Article:
    return replace(article, text=text)
