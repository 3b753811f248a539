"""What was divided stays apart through merges, and doubts are counted until they are settled."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage.models.articles import Article
from storage.models.stories import Doubts
from storage.stories import divisions, stories
from tests.storage.world import NOON, a_page, a_source, an_article

pytestmark = pytest.mark.both_engines


@pytest.fixture
def three(conn: Connection) -> list[Article]:
    source = a_source(conn)
    return [an_article(conn, a_page(conn, source, name)) for name in "abc"]


def story_ids(found: list[Article]) -> list[int]:
    return [article.story_id for article in found]


def test_all_that_came_out_of_a_division_is_apart(conn: Connection, three: list[Article]) -> None:
    one, two, other = story_ids(three)
    assert not divisions.are_apart(conn, one, two)
    divisions.divide(conn, one, two)
    divisions.divide(conn, two, other)
    assert divisions.are_apart(conn, one, two)
    assert divisions.are_apart(conn, other, one)
    assert divisions.of_stories(conn, [one, two]) == dict.fromkeys((one, two), frozenset({one}))


def test_a_merged_story_is_apart_from_what_either_was_divided_from(
    conn: Connection, three: list[Article]
) -> None:
    one, two, other = story_ids(three)
    divisions.divide(conn, one, two)
    stories.merge(conn, other, two, NOON)
    assert divisions.are_apart(conn, one, other)
    divisions.divide(conn, other, stories.begin(conn, NOON))
    stories.merge(conn, one, other, NOON)
    assert divisions.of_stories(conn, [one, two, other]) == {one: frozenset({one})}


def test_doubts_are_counted_and_settled(conn: Connection, three: list[Article]) -> None:
    root, copy, alone = three
    stories.merge(conn, root.story_id, copy.story_id, NOON)
    everyone = [article.id for article in three]
    divisions.doubt(conn, everyone)
    divisions.doubt(conn, [copy.id, alone.id], [alone.id])
    assert divisions.doubts(conn) == [
        Doubts(root.id, root.story_id, 1, 0),
        Doubts(copy.id, root.story_id, 2, 0),
        Doubts(alone.id, alone.story_id, 1, 0),
    ]
    divisions.settle(conn, divisions.doubts(conn, [copy.id]))
    divisions.doubt(conn, [copy.id])
    assert divisions.doubts(conn, [copy.id, 999]) == [Doubts(copy.id, root.story_id, 3, 2)]
