"""What an operator splits or merges stays so, whatever comes later."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from crawler.articles.corrections import merge_stories, split_story
from crawler.articles.transactions import divide_story
from crawler.copies.records import Regrouped
from storage.errors import InputError, NotFoundError
from storage.models.articles import Article
from storage.stories import articles, rulings, stories
from storage.topics import match_work
from tests.storage.world import (
    NOON,
    a_page,
    a_source,
    a_verdict,
    after,
    an_article,
)


@pytest.fixture
def folded(conn: Connection) -> list[Article]:
    """Return one story: a root and two copies of it."""
    source = a_source(conn)
    root = an_article(conn, a_page(conn, source, "a"))
    copies = [an_article(conn, a_page(conn, source, path), root.story_id) for path in "bc"]
    for copy in copies:
        stories.add_copy(conn, copy.id, a_verdict(root.id), NOON)
    return [root, *copies]


def ids_of(conn: Connection, story_id: int) -> list[int]:
    return [member.article.id for member in stories.members(conn, story_id)]


def test_split_articles_are_a_story_that_is_matched_anew(
    conn: Connection, folded: list[Article]
) -> None:
    root, first, second = folded
    new = split_story(conn, root.story_id, [first.id], after(1))
    assert ids_of(conn, root.story_id) == [root.id, second.id]
    assert ids_of(conn, new) == [first.id]
    assert stories.members(conn, new)[0].verdict is None
    assert match_work.waits_for(conn, new)


def test_stories_split_are_kept_apart_until_they_are_merged(
    conn: Connection, folded: list[Article]
) -> None:
    story_id = folded[0].story_id
    new = split_story(conn, story_id, [folded[1].id], after(1))
    assert rulings.are_apart(conn, new, story_id)
    assert rulings.are_apart(conn, story_id, new)
    assert merge_stories(conn, new, [story_id], after(2)) == story_id
    assert rulings.are_apart(conn, story_id, new) is False
    assert ids_of(conn, story_id) == [article.id for article in folded]
    assert stories.get(conn, new).id == story_id


def test_stories_merged_by_hand_are_not_taken_apart_by_their_texts(
    conn: Connection, folded: list[Article]
) -> None:
    story_id = folded[0].story_id
    new = split_story(conn, story_id, [folded[2].id], after(1))
    merge_stories(conn, story_id, [new], after(2))
    apart = Regrouped([[each.id] for each in folded], {})
    made = divide_story(conn, story_id, apart, after(3))
    assert [ids_of(conn, each) for each in made] == [[folded[1].id]]
    assert ids_of(conn, story_id) == [folded[0].id, folded[2].id]


def test_a_ruling_is_read_from_either_side(conn: Connection, folded: list[Article]) -> None:
    split_story(conn, folded[0].story_id, [folded[1].id], after(1))
    ((other, together, at), *_) = rulings.of_article(conn, folded[1].id)
    assert (other in {folded[0].id, folded[2].id}, together, at) == (True, False, after(1))


def test_what_can_not_be_split_or_merged_is_said(conn: Connection, folded: list[Article]) -> None:
    story_id = folded[0].story_id
    stranger = an_article(conn, a_page(conn, a_source(conn, "other.example"), "z"))
    for wrong in ([], [stranger.id], [article.id for article in folded]):
        with pytest.raises(InputError):
            split_story(conn, story_id, wrong, NOON)
    with pytest.raises(InputError, match="already"):
        merge_stories(conn, story_id, [story_id], NOON)
    with pytest.raises(NotFoundError):
        merge_stories(conn, story_id, [999], NOON)
    assert articles.get(conn, folded[0].id).story_id == story_id
