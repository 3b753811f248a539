"""A copy's parts in a sentence, or why they are not told."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from crawler.copies.text.alignment import align
from crawler.copies.text.overlap import passages
from crawler.copies.text.shingles import shingle
from scheduler.lists.comparison import GONE, NOT_KEPT, compare, compare_story, summary
from storage.models.stories import CopyVerdict, Passage, Relation
from storage.reports import statistics
from storage.stories import stories
from tests.crawler.copies import texts
from tests.storage.world import NOON, a_page, a_source, an_article

FERRY = texts.STORIES["ferry"]
PARTS = texts.sentences(FERRY)
LEAD = "Our own reporter writes that nobody in this town had thought of it, and that few had asked for a boat."


def said(article: str, other: str = FERRY) -> str:
    alignment = align(article, other, passages(shingle(article), shingle(other)))
    assert alignment is not None
    return summary(alignment, "harbor-herald.example")


@pytest.mark.parametrize(
    ("article", "says"),
    [
        (FERRY, "all 141 words of harbor-herald.example's text and nothing else"),
        (
            f"{LEAD}\n{FERRY}\nLeave a Reply",
            "21 words of its own on top, then all 141 words of harbor-herald.example's text; 3 words of wrapper after it",
        ),
        (
            f"Advertisement\n{FERRY}",
            "1 word of wrapper on top, then all 141 words of harbor-herald.example's text",
        ),
        (
            FERRY.replace("fishermen", "sailors"),
            "140 of 141 words of harbor-herald.example's text; 1 word edited",
        ),
        (
            texts.joined(PARTS[1:]),
            "111 of 141 words of harbor-herald.example's text; 30 words cut at the top",
        ),
        (
            texts.joined([*PARTS[:1], *PARTS[2:]]),
            "122 of 141 words of harbor-herald.example's text; 19 words cut",
        ),
        (
            texts.joined([*PARTS[:1], "Nobody had asked for it.", *PARTS[1:-1]]),
            "114 of 141 words of harbor-herald.example's text; 5 words put in between; 27 words cut at the end",
        ),
        (
            texts.joined([PARTS[-1], *PARTS[:-1]]),
            "all 141 words of harbor-herald.example's text; in another order",
        ),
    ],
)
def test_the_sentence_counts_what_is_shared_and_what_is_not(article: str, says: str) -> None:
    assert said(article) == says


def test_characters_are_counted_where_there_are_no_word_spaces() -> None:
    text = texts.STORIES["reactor"]
    assert said(text, text) == "all 228 characters of harbor-herald.example's text and nothing else"


def test_what_is_not_known_is_said(conn: Connection) -> None:
    article = an_article(conn, a_page(conn, a_source(conn)))
    verdict = CopyVerdict(7, Relation.EXACT, 1.0, 1.0)
    assert compare(article, verdict, None).says == GONE
    assert compare(article, verdict, article).says == NOT_KEPT


def test_a_copy_that_came_before_its_original_is_read_from_the_originals_verdict(
    conn: Connection,
) -> None:
    source = a_source(conn)
    copy = an_article(conn, a_page(conn, source, "copy"))
    root = an_article(conn, a_page(conn, source, "root"), copy.story_id)
    shared = (Passage(4, 22, 4, 22),)
    stories.add_copy(conn, root.id, CopyVerdict(copy.id, Relation.NEAR, 1.0, 0.9, shared), NOON)
    story = stories.get(conn, copy.story_id)
    members = {m.article.id: m for m in stories.members(conn, copy.story_id)}
    row = statistics.StoryRow(story, members[root.id], (members[copy.id],))
    [compared] = compare_story(row).values()
    assert (compared.copy.id, compared.other and compared.other.id) == (copy.id, root.id)
    assert compared.alignment is not None
