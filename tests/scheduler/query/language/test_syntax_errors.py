"""What can't be used is refused: where, why, and what would do, as a newsroom would say it."""

from __future__ import annotations

import pytest

from scheduler.query.language.parser import parse_query
from storage.errors import QueryError

NAMED = {
    "russia": "russia OR kremlin",
    "both": "ferry AND port",
    "round": "ferry OR @about",
    "about": "@round OR port",
    "broken": "ferry AND (port",
    "holder": "storm OR @broken",
}

EMPTY_HANDED = [
    ("", 0, "the query is empty", "write a word that must appear"),
    (" \n ", 0, "the query is empty", "write a word"),
    ("# only a remark", 0, "the query is empty", "write a word"),
    ("-ferry", 0, "would match every article: it only says what must not appear", "add a word"),
    ("NOT ferry NOT port", 0, "would match every article", "add a word that must appear"),
    ("ferry OR -port", 0, "would match every article", "each side of an OR needs one"),
    ("date:2026-11-01", 0, "it only says when", "add a word that must appear"),
    ("the", 0, "would match nearly every article", "add a telling word"),
    ("the OR of", 0, "would match nearly every article", "raw:IT"),
    ("title:the -ferry", 0, "would match nearly every article", "add a telling word"),
    ("ferry ...", 6, "'...' holds no word", "at least one letter"),
    ('ferry ""', 6, "'' holds no word", "at least one letter"),
    ('"?!"', 0, "'?!' holds no word", "at least one letter"),
]
BRACKETS = [
    ("(ferry", 0, "this bracket is not closed", "close it with )"),
    ("ferry)", 5, "this bracket closes nothing", "remove it, or open one before it"),
    ("ferry ()", 6, "these brackets are empty", "write a word in them"),
    ("title:(", 6, "this bracket is not closed", "close it with )"),
    ('port "ferry', 5, "this quotation mark is not closed", 'close it with "'),
    ("port „ferry", 5, "this quotation mark is not closed", "close it with"),
    ("ferry /* why", 6, "this comment is not closed", "close it with */"),
    ("[ferry OR port]", 0, "'[' does not group words", "write round brackets"),
    ("ferry {port}", 6, "'{port}' is no count of mentions", "use round brackets"),
    ("ferry }", 6, "'}' can't stand here", "leave it out"),
]
OPERATORS = [
    ("ferry AND", 9, "a word is missing behind AND", 'if you mean the word: "AND"'),
    ("trick OR", 8, "a word is missing behind OR", 'if you mean the word: "OR"'),
    ("OR ferry", 0, "a word is missing before OR", 'if you mean the word: "OR"'),
    ("AND", 0, "a word is missing before AND", "write a word before AND"),
    ("ferry AND OR port", 10, "OR can't follow AND", "leave out one of them"),
    ("ferry || || port", 9, "|| can't follow ||", "leave out one of them"),
    ("ferry (port AND) storm", 15, "a word is missing between AND and )", "behind AND"),
    ("ferry (OR port)", 7, "a word is missing before OR", "before OR"),
    ("NOT NOT ferry", 4, "two NOT take each other back", "leave out both"),
    ("ferry --port", 7, "'-' belongs to one word or group", "for instance -port"),
    ("ferry - port", 6, "can be NOT or punctuation", "write -port"),
    ("ferry +", 7, "a word is missing behind +", "leave it out"),
    ("ferry NOT", 9, "a word is missing behind NOT", '"NOT"'),
]
NEARNESS = [
    ("ferry NEAR/0 port", 6, "NEAR/0 is no distance", "NEAR/5"),
    ("ferry NEAR/101 port", 6, "NEAR/101 is too far", "write NEAR/100, or AND"),
    ("ferry NEAR/x port", 6, "NEAR/x is no distance", "NEAR/5"),
    ("ferry AROUND(500) port", 6, "AROUND/500 is too far", "write NEAR/100"),
    ("ferry w/s port", 6, "w/s is not offered: sentences", "write NEAR/20"),
    ("NEAR/3 ferry", 0, "a word is missing before NEAR/3", "write a word before NEAR/3"),
    ("ferry NEAR/3", 12, "a word is missing behind NEAR/3", "write a word behind NEAR/3"),
    ("ferry NEAR/3 NEAR/3 port", 13, "NEAR/3 can't follow NEAR/3", "leave out one"),
    (
        "(ferry port) NEAR/5 crew",
        13,
        "words joined by AND can't stand on a side of NEAR/5",
        "ferry NEAR/5 … AND port NEAR/5 …",
    ),
    ("ferry NEAR/5 NOT port", 13, "NOT can't stand on a side of NEAR/5", "NOT c"),
    ("ferry NEAR/5 -port", 13, "- can't stand on a side of NEAR/5", "NOT c"),
    ("-ferry NEAR/5 port", 7, "NEAR/5 can't stand behind a word with -", "-(a NEAR/5 b)"),
    ("ferry NEAR/5 site:a.com", 6, "the filter site: can't stand on a side", "AND b NEAR/5"),
    ("ferry NEAR/5 date:2026", 6, "a date can't stand on a side", "AND b NEAR/5"),
    ("ferry NEAR/5 port{2}", 6, "a count can't stand on a side", "(a NEAR/5 b){3}"),
    ("title:ferry NEAR/5 port", 12, "different fields", "title:(a NEAR/5 b)"),
    ("(title:a OR text:b) NEAR/5 c", 20, "different fields", "(a NEAR/5 b)"),
    ("@both NEAR/5 crew", 6, "@both, which is more than words joined by OR,", "AND b NEAR/5"),
    ('"night ferry"~', 13, "needs a number", "at most 5 other words"),
    ('"night ferry"~500', 13, "~500 is too far", "write ~100 or less"),
]
MENTIONS = [
    ("putin{0}", 5, "0 mentions can't be asked for", "write NOT putin"),
    ("putin{5000}", 5, "5000 mentions can't be asked for", "putin{3}"),
    ("putin{3,5}", 5, "'{3,5}' is no count", "a NOT a{6}"),
    ("{3}", 0, "{3} counts nothing", "putin{3}"),
    ("(ferry port){3}", 12, "words joined by AND can't be counted", "a{3} AND b{3}"),
    ("ferry{2}{3}", 8, "{3} counts nothing", "putin{3}"),
    ("ATLEAST/3", 9, "a word is missing behind ATLEAST/3", "ATLEAST/3"),
]
WORDS = [
    ("a*", 0, "'a*' would match too many words", "write more of the word"),
    ("ferry *te", 6, "'*te' would match too many words", "write more of the word"),
    ("ferry *", 6, "'*' alone stands for every word", "leave it out"),
    ("raw:econ*", 4, "a wildcard can't stand in words that are searched as they are", "raw:"),
    ("東*京", 0, "its script has no spaces", "ONEAR/3"),
    ("x" * 101 + "*", 0, "longer than any word", "one star"),
    ("ferry~", 0, "fuzzy words are not offered", "a wildcard"),
    ("ferry~0.8", 0, "fuzzy words are not offered", "with OR"),
    ("/fer+y/", 0, "regular expressions are not offered", "a wildcard"),
]
FIELDS = [
    ("titel:ferry", 0, "there is no field titel:", "write title:"),
    ("lnag:en ferry", 0, "there is no field lnag:", "write lang:"),
    ("headlines:ferry", 0, "there is no field headlines:", 'quotes to search for it: "headlines:'),
    ("ferry title:", 6, "title: needs a word", 'if you mean the word: "title"'),
    ("title: AND ferry", 0, "title: needs a word", "write a word behind title:"),
    ("title:-ferry", 0, "title: needs a word", "write -title:"),
    ("title: NOT ferry", 0, "title: needs a word", "write NOT title:"),
    ("title:text:ferry", 6, "title: and text: can't both go for one word", "title:port OR"),
    ("ferry allintitle:x", 6, "must stand at the beginning", "title:("),
    ("related:bbc.co.uk", 0, "related: is not offered", "site:"),
    ("cache:bbc.co.uk", 0, "cache: is not offered", "url:"),
    ("since:2026-01-01 ferry", 0, "since: is not offered", "date:>=2026-01-01"),
    ("site:bbc.*", 5, "'bbc.*' is no domain", "site:example.com"),
    ('site:"BBC News"', 5, "'BBC News' is no domain", "source:example"),
    ("lang:klingon", 5, "'klingon' is no language that is known", "lang:en"),
    ("country:germny", 8, "'germny' is no country that is known", "country:de"),
    ("lang:,", 0, "lang: needs a word", "lang:"),
]
DAYS = [
    ("date:2026-02-30 ferry", 5, "there is no day '2026-02-30'", "year, month, day"),
    ("date:24.11.2026 ferry", 5, "'24.11.2026' is no day", "date:2026-11-24"),
    ("date:yesterday ferry", 5, "'yesterday' is no day", "date:2026-11-24"),
    ("date:2026-03-01..2026-02-01 ferry", 5, "ends before it begins", "2026-02-01..2026-03-01"),
    ("date:[* TO *] ferry", 5, "leaves every day open", "date:>=2026-11-01"),
    ("date:>9999-12-31 ferry", 5, "there is no such day", "year, month, day"),
    ("date:0000 ferry", 5, "there is no day '0000'", "year, month, day"),
    ("ferry date:", 6, "date: needs a word", "date:"),
    ("before:x ferry", 7, "'x' is no day", "year, month, day"),
]
NAMES = [
    ("ferry @russai", 6, "no query is kept under the name russai", "write @russia"),
    ("@nytimes", 0, "no query is kept under the name nytimes", '"nytimes" for the word'),
    ("@a.b", 0, "'@a.b' is no name of a query", "@a"),
    ("title:@russia", 6, "title: can't be put before @russia", "kept as russia"),
    ("ferry @round", 6, "in a circle: @round > @about > @round", "take @round out"),
    ("ferry @broken", 6, "in @broken, at 11: this bracket is not closed", "close it"),
    ("ferry @holder", 6, "in @broken, at 11: this bracket is not closed", "close it"),
]
REFUSED = [
    *(*EMPTY_HANDED, *BRACKETS, *OPERATORS, *NEARNESS, *MENTIONS),
    *(*WORDS, *FIELDS, *DAYS, *NAMES),
]


@pytest.mark.parametrize(("written", "position", "says", "advises"), REFUSED)
def test_what_can_not_be_used_is_refused_with_its_place_and_what_would_do(
    written: str, position: int, says: str, advises: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(written, NAMED)
    assert says in str(caught.value)
    assert caught.value.position == position
    assert advises in (caught.value.suggestion or "")


@pytest.mark.parametrize(
    ("written", "position"),
    [
        ("fer\u200bry\u200b AND OR port", 12),
        ("“night ferry” (port", 14),
        ("title：（ferry", 6),
        ("\ufeff@nobody", 1),
    ],
)
def test_a_place_is_that_in_the_text_as_it_was_typed(written: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(written)
    assert caught.value.position == position


def test_a_refusal_lists_what_could_stand_there() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("ferry AND")
    assert caught.value.expected == ("a word", "a phrase", "(")
