"""Where the way of a URL ended, and why, at each station."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from scheduler.diagnosis.explain import explain_url, explanation_lines
from scheduler.watch.watcher import HELD_BACKLOG
from storage.crawl import aliases, fetches, pages
from storage.delivery import alerts
from storage.errors import InputError
from storage.models.fetches import Fetch
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.models.stories import CopyVerdict, Passage, Relation
from storage.stories import articles, rulings, stories
from storage.topics import match_work, matches, topics
from tests.storage.world import (
    MATCHED,
    NOON,
    a_page,
    a_source,
    a_topic,
    a_verdict,
    after,
    an_article,
    extracted,
)

URL = "https://harbor-herald.example/ferry"


def told(conn: Connection, url: str = URL) -> str:
    return "\n".join(explanation_lines(explain_url(conn, url, stale_days=10)))


def test_what_is_no_address_is_wrong_input(conn: Connection) -> None:
    with pytest.raises(InputError):
        explain_url(conn, "mailto:x@example.org", stale_days=10)


def test_a_page_that_no_source_listed(conn: Connection) -> None:
    assert "no source has listed it" in told(conn)


@pytest.mark.parametrize("variant", ["http://www.harbor-herald.example/ferry/", f"{URL}?amp=1"])
def test_a_page_is_found_by_each_of_its_names(conn: Connection, variant: str) -> None:
    page = a_page(conn, a_source(conn))
    pages.name(conn, page.id, "harbor-herald.example/ferry")
    an_article(conn, page)
    assert f"known as {URL}" in told(conn, variant)


def test_a_page_that_turned_out_to_be_another_is_told_as_that(conn: Connection) -> None:
    source = a_source(conn)
    article = an_article(conn, a_page(conn, source))
    lite = a_page(conn, source, "lite")
    pages.settle(conn, lite.id, state=PageState.DONE, now=NOON, http_status=200)
    aliases.add(
        conn,
        article.provenance.page_id,
        source_id=source.id,
        kind="url",
        value="harbor-herald.example/lite",
        now=NOON,
    )
    said = told(conn, lite.url)
    assert f"known as {URL}" in said
    assert "extracted: 'Ferry sinks'" in said


def test_a_page_that_still_waits_names_its_time(conn: Connection) -> None:
    a_page(conn, a_source(conn))
    assert "in the feed of harbor-herald.example" in told(conn)
    assert "not fetched yet: due 2026-06-01" in told(conn)


def test_a_page_that_is_fetched_again_says_when_and_why(conn: Connection) -> None:
    page = a_page(conn, a_source(conn))
    an_article(conn, page)
    pages.settle(
        conn,
        page.id,
        state=PageState.DUE,
        now=NOON,
        http_status=200,
        due_at=after(30),
        next_reason="articles of its source change often",
    )
    assert "looked at again 2026-06-01 12:30:00 UTC: articles of its source" in told(conn)


def test_a_refused_page_names_the_problem_and_its_requests(conn: Connection) -> None:
    page = a_page(conn, a_source(conn))
    pages.settle(
        conn,
        page.id,
        state=PageState.REFUSED,
        now=NOON,
        http_status=200,
        problem=Problem.NOT_AN_ARTICLE,
        detail="7 words",
    )
    visit = Fetch(URL, "harbor-herald.example", 1, page.id, NOON, 0.2, 200, 512, "ok")
    fetches.add(conn, [visit])
    said = told(conn)
    assert "HTTP 200, ok, 512 bytes" in said
    assert "no article: not_an_article 7 words; not tried again" in said


def test_another_spelling_of_the_address_is_the_same_page(conn: Connection) -> None:
    a_page(conn, a_source(conn))
    assert told(conn, f"{URL}?utm_source=x#top") == told(conn)


def asked(conn: Connection, query: str, text: str = "The ferry sank at noon.") -> str:
    """Store an article that says this, and a topic; what is told of it."""
    page = a_page(conn, a_source(conn))
    articles.revise(conn, an_article(conn, page), extracted(page, text), NOON)
    topics.add(conn, name="strikes", query=query, recipients=[], now=NOON)
    return told(conn).partition("topic strikes: ")[2]


def test_a_topic_that_does_not_match_names_the_clauses_that_fail(conn: Connection) -> None:
    said = asked(conn, "ferry AND strike AND crew AND NOT plane")
    assert said == "not matched; it has ferry, lacks strike, lacks crew, lacks plane (as asked)"


def test_a_near_miss_names_the_one_clause_and_where_the_others_stand(conn: Connection) -> None:
    assert asked(conn, "ferry AND strike AND noon").splitlines() == [
        "nearly matched, but for strike; it has ferry, lacks strike, has noon",
        "  ferry: in the title, once in the text: The *ferry* sank at noon.",
        "  noon: once in the text: The ferry sank at *noon*.",
    ]


def test_what_must_not_appear_is_shown_where_it_does(conn: Connection) -> None:
    said = asked(conn, "ferry NOT sank")
    assert said.startswith("nearly matched, but for NOT sank; it has ferry, has sank (not wanted)")
    assert "  NOT sank: once in the text: The ferry *sank* at noon." in said


def test_what_only_lacks_what_is_not_wanted_is_no_near_miss(conn: Connection) -> None:
    assert asked(conn, "plane NOT train").startswith("not matched; it lacks plane")


def test_a_word_in_disguise_is_told_as_such(conn: Connection) -> None:
    said = asked(conn, "paypal AND fraud", "The firm раураl sank the ferry.")
    assert "    disguised: раураl stands for paypal, by Cyrillic letters" in said


def test_a_topic_that_came_later_than_the_story_says_so(conn: Connection) -> None:
    assert "for it was added or changed after the story came; it has ferry" in asked(conn, "ferry")


def test_a_topic_that_can_not_be_read_any_more_says_why(conn: Connection) -> None:
    said = asked(conn, "@russia AND ferry")
    assert said.startswith("its query can't be read any more: ")
    assert "russia" in said


def test_of_very_many_topics_those_that_did_not_match_are_counted(conn: Connection) -> None:
    for number in range(25):
        for kind, query in (("far", f"w{number}x"), ("near", f"ferry AND w{number}x")):
            topics.add(conn, name=f"{kind} {number}", query=query, recipients=[], now=NOON)
    asked(conn, "ferry AND strike")
    said = told(conn)
    assert said.count("topic far ") == said.count("topic near ") == 20
    assert said.splitlines()[-2:] == [
        "5 more topics did not match",
        "6 more topics nearly matched",
    ]


def test_a_match_that_is_not_told_names_what_holds_it(conn: Connection) -> None:
    article = an_article(conn, a_page(conn, a_source(conn), backlog=True))
    matches.record(
        conn,
        topic_id=a_topic(conn).id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=NOON,
        held_by=HELD_BACKLOG,
    )
    assert f"held by {HELD_BACKLOG}" in told(conn)


def test_a_story_that_was_not_matched_yet_says_so(conn: Connection) -> None:
    article = an_article(conn, a_page(conn, a_source(conn)))
    match_work.add(conn, story_id=article.story_id, article_id=article.id, now=NOON)
    assert "still waits to be matched" in told(conn)


def test_a_copy_says_of_what_how_much_and_which_alert_told_its_story(conn: Connection) -> None:
    source = a_source(conn)
    first = an_article(conn, a_page(conn, source))
    copy = an_article(conn, a_page(conn, source, "copy"), first.story_id)
    stories.add_copy(conn, copy.id, a_verdict(first.id), after(1))
    topic = a_topic(conn)
    told_by: dict[str, Any] = {
        "topic_id": topic.id,
        "story_id": first.story_id,
        "article_id": first.id,
    }
    matches.record(conn, **told_by, matched=MATCHED, now=NOON, held_by=None)
    alert = alerts.create(conn, **told_by, matched=MATCHED, now=NOON)
    assert alert is not None
    said = told(conn, "https://harbor-herald.example/copy")
    assert f"copy (contains) in story {first.story_id}: 80% of it stands in article" in said
    assert "the passages do not fit the texts" in said
    assert f"original of the story: {URL}" in said
    assert alert.uid in said


def test_a_copy_is_told_in_parts(conn: Connection) -> None:
    source = a_source(conn)
    first = an_article(conn, a_page(conn, source))
    copy = an_article(conn, a_page(conn, source, "copy"), first.story_id)
    shared = (Passage(0, len(first.text), 0, len(first.text)),)
    stories.add_copy(conn, copy.id, CopyVerdict(first.id, Relation.EXACT, 1, 1, shared), NOON)
    assert "  all 5 words of harbor-herald.example's text and nothing else" in told(
        conn, "https://harbor-herald.example/copy"
    )


def test_a_round_up_names_what_it_strings_together(conn: Connection) -> None:
    article = an_article(conn, a_page(conn, a_source(conn)))
    stories.set_roundup(conn, article.id, [7, 8, 9], NOON)
    assert "round-up of the articles 7, 8, 9: a copy of none of them" in told(conn)


def test_an_operators_ruling_is_told(conn: Connection) -> None:
    source = a_source(conn)
    article = an_article(conn, a_page(conn, source))
    other = an_article(conn, a_page(conn, source, "other"))
    rulings.rule(conn, [(other.id, article.id)], together=False, now=after(5))
    assert f"kept apart from article {other.id} by an operator, 2026-06-01" in told(conn)


def test_a_stale_repost_says_why(conn: Connection) -> None:
    page = a_page(conn, a_source(conn))
    article = an_article(conn, page)
    articles.revise(conn, article, extracted(page, "Published: 2021-03-03\nA ferry sank."), NOON)
    assert "stale repost: The text is dated “Published: 2021-03-03”; harbor" in told(conn)
