"""The archive finds an article by each of its keys, whatever characters they are made of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from storage.models.articles import Article
from storage.models.pages import Page
from storage.stories import archive, articles
from storage.stories.archive_keys import (
    AllOf,
    AnyOf,
    ArchiveKey,
    ArchiveKeyKind,
    ArchiveKeys,
    Narrowing,
)
from tests.storage.world import a_page, a_source, after, an_article, extracted

pytestmark = pytest.mark.both_engines

keys = st.text(min_size=1, max_size=80)


@pytest.fixture
def page(conn: Connection) -> Page:
    return a_page(conn, a_source(conn))


@pytest.fixture
def article(conn: Connection, page: Page) -> Article:
    return an_article(conn, page)


def words(*found: str, language: str | None = "en") -> ArchiveKeys:
    return ArchiveKeys(frozenset(found), frozenset(), language)


def word(asked: str) -> ArchiveKey:
    return ArchiveKey(ArchiveKeyKind.WORD, asked)


def is_found(conn: Connection, narrowing: Narrowing) -> bool:
    return bool(archive.candidates(conn, narrowing))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=st.sets(keys, max_size=5),
    stems=st.sets(keys, max_size=5),
    other=keys,
    length=st.integers(1, 80),
)
def test_whatever_a_key_is_made_of_it_is_found_whole_and_by_its_beginning_and_nothing_else_is(
    conn: Connection,
    article: Article,
    *,
    stored: set[str],
    stems: set[str],
    other: str,
    length: int,
) -> None:
    archive.clear(conn)
    archive.add(conn, article, ArchiveKeys(frozenset(stored), frozenset(stems), "en"))
    for each in stored:
        assert is_found(conn, word(each))
        assert is_found(conn, ArchiveKey(ArchiveKeyKind.PREFIX, each[:length]))
    for each in stems:
        assert is_found(conn, ArchiveKey(ArchiveKeyKind.STEM, each))
    short = {each[:64] for each in stored}
    if other[:64] not in short and not any("\ud800" <= c <= "\udfff" for c in other):
        assert not is_found(conn, word(other))


def test_stems_words_and_languages_are_not_mistaken_for_each_other(
    conn: Connection, article: Article
) -> None:
    archive.add(conn, article, ArchiveKeys(frozenset({"ferry"}), frozenset({"ferri"}), "en"))
    assert is_found(conn, ArchiveKey(ArchiveKeyKind.STEM, "ferri"))
    assert is_found(conn, ArchiveKey(ArchiveKeyKind.LANGUAGE, "en"))
    for key in (
        word("ferri"),
        word("en"),
        word("s"),
        ArchiveKey(ArchiveKeyKind.STEM, "ferry"),
        ArchiveKey(ArchiveKeyKind.LANGUAGE, "ferry"),
    ):
        assert not is_found(conn, key)


def test_all_and_any_are_asked_together(conn: Connection, article: Article) -> None:
    archive.add(conn, article, words("ferry", "port"))
    both, lacking = AllOf((word("ferry"), word("port"))), AllOf((word("ferry"), word("bus")))
    assert is_found(conn, both)
    assert not is_found(conn, lacking)
    assert is_found(conn, AnyOf((lacking, word("bus"), word("port"))))


def test_what_is_not_indexed_yet_may_answer_anything(
    conn: Connection, article: Article, page: Page
) -> None:
    assert archive.candidates(conn, word("bus")) == [article.id]
    archive.add(conn, article, words("ferry"))
    assert archive.candidates(conn, word("bus")) == []
    revised = articles.revise(conn, article, extracted(page, "The bus is late."), after(5))
    assert archive.unindexed(conn) == [article.id]
    assert archive.candidates(conn, word("train")) == [article.id]
    archive.add(conn, revised, words("bus"))
    assert archive.candidates(conn, word("bus")) == [article.id]
    assert archive.candidates(conn, word("ferry")) == [article.id], "it said so before"
    assert archive.candidates(conn, word("train")) == []


def test_a_revision_is_indexed_once(conn: Connection, article: Article) -> None:
    archive.add(conn, article, words("ferry"))
    archive.add(conn, article, words("bus"))
    assert not is_found(conn, word("bus"))
    assert conn.execute(text("SELECT count(*) FROM archive_entries")).scalar_one() == 1


def test_earlier_revisions_are_indexed_anew_when_the_language_has_changed(
    conn: Connection, article: Article, page: Page
) -> None:
    archive.add(conn, article, words("ferry", language="en"))
    german = replace(extracted(page, "Die Fähre sank."), language="de")
    revised = articles.revise(conn, article, german, after(5))
    archive.add(conn, revised, words("fahre", language="de"))
    assert archive.unindexed(conn) == [article.id]
    [earlier] = archive.missing(conn, [article.id])
    assert (earlier.revision, earlier.text, earlier.language) == (1, article.text, "de")
    archive.add(conn, earlier, words("ferry", language="de"))
    assert archive.unindexed(conn) == []
    assert archive.candidates(conn, word("ferry")) == [article.id]
    assert archive.candidates(conn, ArchiveKey(ArchiveKeyKind.LANGUAGE, "en")) == []


def test_arrivals_are_an_articles_revisions_in_order_of_time(
    conn: Connection, article: Article, page: Page
) -> None:
    articles.revise(conn, article, extracted(page, "The bus is late."), after(5))
    came = archive.arrivals(conn, [article.story_id])
    assert [(each.revision, each.at) for each in came] == [(1, after(0)), (2, after(5))]
    said = archive.revisions(conn, [article.id])
    assert [(each.revision, each.text, each.at) for each in said] == [
        (1, "The ferry sank at noon.", after(0)),
        (2, "The bus is late.", after(5)),
    ]


def test_the_newest_candidates_come_first_and_so_many_at_most(conn: Connection) -> None:
    source = a_source(conn)
    for path in ("a", "b", "c"):
        archive.add(conn, an_article(conn, a_page(conn, source, path)), words("ferry"))
    assert archive.candidates(conn, word("ferry"), 2) == [3, 2]
    assert archive.candidates(conn, None) == [3, 2, 1]
