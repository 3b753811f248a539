"""The matcher learns from the stream what is rare, and keeps to what it must give."""

from __future__ import annotations

import pytest

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import Near, Not, Phrase
from scheduler.query.matching.document import Document
from scheduler.query.matching.matcher import SUSPECT_RATIO, Matcher


def looked_at(matcher: Matcher) -> int:
    """Count how often topics were evaluated; the one number that no answer shows."""
    from scheduler.query.matching.loops import LOOKED_AT, ROW

    rows = matcher._programs.rows.values
    return int(rows[LOOKED_AT::ROW].sum())


def test_a_topic_that_is_looked_at_in_vain_is_found_by_what_turned_out_to_be_rarer() -> None:
    matcher = Matcher(as_machine_code=False)
    # The longer word is taken for the rarer one, until the stream says otherwise.
    matcher.add(1, parse_query("parliament AND ox"))
    common = Document("Parliament sits", "The parliament sat and sat.")
    for _ in range(SUSPECT_RATIO + 2):
        assert matcher.match(common) == []
    before = looked_at(matcher)
    for _ in range(20):
        assert matcher.match(common) == []
    assert looked_at(matcher) == before
    assert matcher.match(Document("Parliament", "An ox in parliament.")) == [1]


def test_topics_of_other_words_are_not_looked_at() -> None:
    matcher = Matcher(as_machine_code=False)
    for number in range(500):
        matcher.add(number, parse_query(f'"precious{number} bird" OR (ferry AND precious{number})'))
    assert matcher.match(Document("Ferry", "A ferry and precious77.")) == [77]
    assert looked_at(matcher) == 1


def test_thousands_of_topics_are_not_all_read_for_one_article() -> None:
    matcher = Matcher(as_machine_code=False)
    for number in range(100, 1100):
        text = f'ferry AND ("rare{number}" OR "other{number} word")'
        matcher.add(number, parse_query(text))
    title, text = "Night ferry sinks", "The ferry sank off the coast; the crews are rare177."
    assert matcher.match(Document(title, text)) == [177]
    assert looked_at(matcher) == 1


def test_a_phrase_of_common_words_is_looked_for_where_they_stand_side_by_side() -> None:
    matcher = Matcher(as_machine_code=False)
    matcher.add(1, parse_query('"bank of one"'))
    apart = Document("", "one bank is not a bank of two or of one kind")
    for _ in range(30):
        matcher.match(apart)
    matcher.add(2, parse_query('"one of two"'))
    before = looked_at(matcher)
    assert matcher.match(Document("", "two one two of, of; one bank one")) == []
    assert looked_at(matcher) == before
    assert matcher.match(Document("", "the one of two, and the bank of one")) == [1, 2]


def test_equal_queries_are_evaluated_once() -> None:
    matcher = Matcher(as_machine_code=False)
    for number in range(40):
        matcher.add(number, parse_query("ferry AND (port OR crew)"))
    assert matcher.match(Document("Ferry crew", "")) == list(range(40))
    assert looked_at(matcher) == 1


@pytest.mark.parametrize("as_machine_code", [True, False])
def test_an_article_of_very_many_findings_gets_the_room_that_it_needs(
    as_machine_code: bool,
) -> None:
    matcher = Matcher(as_machine_code=as_machine_code)
    near = Near(Phrase(("ferry",)), Phrase(("port",)), 100)
    for number in range(3):
        matcher.add(number, Near(near, Near(Phrase(("crew",)), Phrase(("ferry",)), 5), 100))
    assert matcher.match(Document("", "ferry port crew " * 3000)) == [0, 1, 2]


def test_what_says_nothing_that_must_be_there_is_no_topic() -> None:
    with pytest.raises(ValueError, match="nothing must be there"):
        Matcher(as_machine_code=False).add(1, Not(Phrase(("ferry",))))


def test_a_topic_that_was_removed_is_not_found_and_one_that_was_never_there_stops_nothing() -> None:
    matcher = Matcher(as_machine_code=False)
    matcher.add(1, parse_query("ferry"))
    matcher.remove(1)
    matcher.remove(2)
    assert matcher.match(Document("Ferry", "")) == []
    assert len(matcher) == 0


def test_words_of_topics_that_come_later_are_found_in_words_that_were_seen_before() -> None:
    matcher = Matcher(as_machine_code=False)
    matcher.add(1, parse_query("ferry"))
    article = Document("Ferries and ports", "Storms at the port.", "en")
    assert matcher.match(article) == [1]
    for number, query in enumerate(("port", "storm*", "raw:Storms", "lang:en port"), 2):
        matcher.add(number, parse_query(query))
    assert matcher.match(article) == [1, 2, 3, 4, 5]
