"""The language of topics: what each way of writing means."""

from __future__ import annotations

import threading

import pytest

from scheduler.query.language.parser import parse_query, parse_with_notes
from scheduler.query.language.tree import (
    Filter,
    Near,
    Or,
    Phrase,
    QueryReference,
    SloppyPhrase,
    WordForm,
)

OPERATORS = [
    ("ferry", "ferry"),
    ("Ferry PORT", "ferry AND port"),
    ("+ferry +port", "ferry AND port"),
    ("ferry + port", "ferry AND port"),
    ("ferry && port || storm", "ferry AND port OR storm"),
    ("ferry & port | storm", "ferry AND port OR storm"),
    ("ferry OR port storm", "ferry OR port AND storm"),
    ("(ferry OR port) storm", "(ferry OR port) AND storm"),
    ("ferry OR (port OR storm)", "ferry OR port OR storm"),
    ("ferry (port (storm crew))", "ferry AND port AND storm AND crew"),
    ("(((ferry)))", "ferry"),
    ("ferry ferry", "ferry AND ferry"),
    ("ferry -port", "ferry AND NOT port"),
    ("ferry !port", "ferry AND NOT port"),
    ("ferry AND NOT port", "ferry AND NOT port"),
    ("ferry -(-port)", "ferry AND NOT (NOT port)"),
    ("ferry NOT (port OR storm)", "ferry AND NOT (port OR storm)"),
    ("ferry and not port", "ferry AND and AND not AND port"),
    ("ANDROID NOTES NEARBY", "android AND notes AND nearby"),
]
PHRASES = [
    ('"Night Ferry"', '"night ferry"'),
    ('"AND gate"', '"and gate"'),
    ("night-ferry", 'stem:"night ferry"'),
    ("AT&T", "at&t"),
    ("C++ U.S. 1,000", "c++ AND us AND 1000"),
    ("1\u00a0000", "1000"),
    ('צה"ל "צה"ל"', 'צהל AND "צהל"'),
    ("10:30", 'stem:"10 30"'),
    ("Zürich's", "zurich"),
    ("ＦＥＲＲＹ", "ferry"),
    ("東京", 'stem:"東 京"'),
    ('"a (b"', '"a b"'),
    (r'"say \"no\" now"', '"say no now"'),
    ('"the who"', '"the who"'),
    ('"night ferry"~5', '"night ferry"~5'),
    ('"night ferry"~0', '"night ferry"'),
    ('"ferry"~5', '"ferry"'),
    ('"state of the * union"', '"state of the" ONEAR/2 "union"'),
    ('"* state * * union *"', '"state" ONEAR/3 "union"'),
]
FORMS = [
    ("exact:ferries", '"ferries"'),
    ("=ferries", '"ferries"'),
    ('="night ferry"', '"night ferry"'),
    ("exact:(ferries OR night ports)", '"ferries" OR "night" AND "ports"'),
    ('stem:"night ferries"', 'stem:"night ferries"'),
    ("raw:SAP", 'raw:"SAP"'),
    ('raw:"SAP AG"', 'raw:"SAP AG"'),
    ("raw:IT", 'raw:"IT"'),
    ("raw:(SAP stem:ferry)", 'raw:"SAP" AND ferry'),
    ("title:raw:SAP", 'title:raw:"SAP"'),
    ("raw:title:SAP", 'title:raw:"SAP"'),
]
WILDCARDS = [
    ("econom*", "econom*"),
    ("ECONOM**", "econom*"),
    ("*gate", "*gate"),
    ("wom?n", "wom?n"),
    ("col*r", "col*r"),
    ("Zür*", "zur*"),
    ('"econom* crisis"', '"econom* crisis"'),
    ('"econom* crisis"~3', '"econom* crisis"~3'),
    ("exact:econom*", '"econom*"'),
    ("why?", "why"),
    ('"who is next?"', '"who is next"'),
    ("night-fer*", 'stem:"night fer*"'),
    ("東京*", 'stem:"東 京"'),
]
NEARNESS = [
    ("ferry NEAR/5 port", "ferry NEAR/5 port"),
    ("ferry near/5 port", "ferry NEAR/5 port"),
    ("ferry NEAR port", "ferry NEAR/4 port"),
    ("ferry NEAR5 port", "ferry NEAR/5 port"),
    ("ferry ONEAR/3 port", "ferry ONEAR/3 port"),
    ("ferry NEAR/3f port", "ferry ONEAR/3 port"),
    ("ferry AROUND(5) port", "ferry NEAR/5 port"),
    ("ferry w/5 port", "ferry NEAR/5 port"),
    ("ferry pre/5 port", "ferry ONEAR/5 port"),
    ("near or far", "near AND or AND far"),
    ('NEAR("a ferry", "port", 5) storm', '"a ferry" NEAR/5 "port" AND storm'),
    ('NEAR("a", "b", 5, in_order=true)', '"a" ONEAR/5 "b"'),
    ("ferry NEAR/2 port NEAR/3 storm", "ferry NEAR/2 port NEAR/3 storm"),
    ("ferry NEAR/2 (port NEAR/3 storm)", "ferry NEAR/2 (port NEAR/3 storm)"),
    ('(ferry OR "a b") NEAR/2 port crew', '(ferry OR "a b") NEAR/2 port AND crew'),
    ("ferry NOT port NEAR/2 storm", "ferry AND NOT (port NEAR/2 storm)"),
    ("title:(ferry NEAR/2 port)", "title:ferry NEAR/2 title:port"),
]
MENTIONS = [
    ("putin{3}", "putin{3}"),
    ("putin {3}", "putin{3}"),
    ("putin{1}", "putin"),
    ('"night ferry"{3}', '"night ferry"{3}'),
    ("(ferry OR port){3}", "(ferry OR port){3}"),
    ("(ferry NEAR/3 port){2}", "(ferry NEAR/3 port){2}"),
    ("ATLEAST/3(ferry OR port)", "(ferry OR port){3}"),
    ('repeat3:"trump"', '"trump"{3}'),
]
FIELDS = [
    ("TITLE:(ferry port)", "title:ferry AND title:port"),
    ("title: ferry port", "title:ferry AND port"),
    ("title:(ferry text:port)", "title:ferry AND text:port"),
    ("headline:a intitle:ferry", "title:a AND title:ferry"),
    ("ingress:ferry body:port", "lead:ferry AND text:port"),
    ("author:Adams", 'author:"adams"'),
    ("byline:stem:Adams", 'author:"adams"'),
    ("source:(Herald OR Post)", 'source:"herald" OR source:"post"'),
    ("inurl:news/politics", 'url:"news politics"'),
    ("https://www.example.com/a-b?c=1", 'url:"example com a b c 1"'),
    ("allintitle: ferry strike", "title:ferry AND title:strike"),
    ("-title:storm ferry", "NOT title:storm AND ferry"),
    ("Re:Zero", 'stem:"re zero"'),
    ("Ukraine: front", "ukraine AND front"),
]
FILTERS = [
    ("site:bbc.co.uk", "site:bbc.co.uk"),
    ("site:https://www.BBC.co.uk:443/news?a=1", "site:bbc.co.uk"),
    ("domain:*.gov.uk", "site:gov.uk"),
    ("site:.gov", "site:gov"),
    ("site:www.com", "site:www.com"),
    ("site:zürich.ch", "site:xn--zrich-kva.ch"),
    ("site:(a.com OR b.com) ferry", "(site:a.com OR site:b.com) AND ferry"),
    ("site:a.com,b.com ferry", "(site:a.com OR site:b.com) AND ferry"),
    ("lang:en-GB", "lang:en"),
    ("language:German", "lang:de"),
    ("lang:français", "lang:fr"),
    ("sourcelang:eng", "lang:en"),
    ("country:uk", "country:gb"),
    ('country:"The United States"', "country:us"),
    ("sourcecountry:unitedstates", "country:us"),
    ('country:(fr OR "Côte d\'Ivoire")', "country:fr OR country:ci"),
]
DAYS = [
    ("date:2026-11-01", "date:2026-11-01"),
    ("date:2026/11/1", "date:2026-11-01"),
    ("date:2026-02", "date:2026-02-01..2026-02-28"),
    ("date:2026", "date:2026-01-01..2026-12-31"),
    ("date:2026-11-01..2026-11-30", "date:2026-11-01..2026-11-30"),
    ("date:2026-10..2026-11", "date:2026-10-01..2026-11-30"),
    ("date:..2026-11", "date:<=2026-11-30"),
    ("date:2026-11..", "date:>=2026-11-01"),
    ("date:>=2026-11-01", "date:>=2026-11-01"),
    ("date: > 2026-11-30", "date:>=2026-12-01"),
    ("date:<2026", "date:<=2025-12-31"),
    ("date:<=2026", "date:<=2026-12-31"),
    ("date:[2026-01-01 TO 2026-02-01]", "date:2026-01-01..2026-02-01"),
    ("date:{2026-01-01 TO *}", "date:>=2026-01-02"),
    ("after:2026-01-31", "date:>=2026-02-01"),
    ("before:2026-03-01", "date:<=2026-02-28"),
]
HABITS = [
    ("“night ferry” «a b» „c d“ »e f«", '"night ferry" AND "a b" AND "c d" AND "e f"'),
    ("「東京」（港）", '"東 京" AND 港'),
    ("title：ferry", "title:ferry"),
    ("ferry\u00a0AND\u3000port", "ferry AND port"),
    ("fer\u200bry AN\u200bD port", "ferry AND port"),
    ("ferry, port; crew.", "ferry AND port AND crew"),
    ("東京、大阪", 'stem:"東 京" AND stem:"大 阪"'),
    ("ferry –port", "ferry AND NOT port"),
    ("port – ferry", "port AND ferry"),
    ("ferry^2 (port)^0.5", "ferry AND port"),
    ("#ferry", "ferry"),
    ("ferry # only boats\nport", "ferry AND port"),
    ("// all\nferry /* not ( this */ port", "ferry AND port"),
    ("w/o tickets", 'stem:"w o" AND tickets'),
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [*OPERATORS, *PHRASES, *FORMS, *WILDCARDS, *NEARNESS, *MENTIONS, *FIELDS, *FILTERS, *HABITS],
)
def test_queries_mean(written: str, meant: str) -> None:
    assert str(parse_query(written)) == meant


@pytest.mark.parametrize(("written", "meant"), DAYS)
def test_days_mean(written: str, meant: str) -> None:
    assert str(parse_query(f"{written} ferry")) == f"{meant} AND ferry"


def test_words_know_their_form_and_field() -> None:
    assert parse_query("night-ferry") == Phrase(("night", "ferry"), WordForm.STEM)
    assert parse_query('title:"ferry"') == Phrase(("ferry",), WordForm.EXACT, "title")
    assert parse_query('stem:"a b"~2') == SloppyPhrase(("a", "b"), 2, WordForm.STEM)
    assert parse_query("ferry ONEAR/2 port") == Near(
        Phrase(("ferry",)), Phrase(("port",)), 2, ordered=True
    )
    assert parse_query("site:(a.com OR b.com)") == Or(
        (Filter("site", "a.com"), Filter("site", "b.com"))
    )


def test_a_named_query_stands_in_the_place_of_its_name() -> None:
    named = {"sea": "ferry OR @ports", "ports": "port OR harbour", "calm": "-storm"}
    ports = QueryReference("ports", Or((Phrase(("port",)), Phrase(("harbour",)))))
    sea = QueryReference("sea", Or((Phrase(("ferry",)), ports)))
    assert parse_query("@sea", named) == sea
    assert parse_query("@ports NEAR/3 crew", named) == Near(ports, Phrase(("crew",)), 3)
    assert str(parse_query("@sea{2} @calm", named)) == "@sea{2} AND @calm"


def test_a_part_of_other_queries_may_say_only_what_must_not_appear() -> None:
    assert str(parse_query("-storm", part=True)) == "NOT storm"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("ferry or port", "'or' is a word here"),
        ("ferry And port", "write AND"),
        ("ferry^2", "^2 is ignored"),
        ("why?", "question mark"),
        ("'night ferry'", "single quotation marks make no phrase"),
        ("Re:Zero", "Re: is no field"),
        ("ferry –port", "is read as NOT"),
        ("site:bbc", "all sites whose domain ends in .bbc"),
        ("lang:en lang:de ferry", "join them with OR"),
        ("ferry OR the", "stands in nearly every article"),
    ],
)
def test_a_reading_says_what_may_have_been_meant_otherwise(written: str, hint: str) -> None:
    assert any(hint in note for note in parse_with_notes(written).notes)


@pytest.mark.parametrize(
    "written", ["ferry AND port", "Ukraine: front", "site:gov ferry", "#ferry"]
)
def test_a_plain_query_gets_no_hints(written: str) -> None:
    assert parse_with_notes(written).notes == ()


def test_many_threads_read_at_once() -> None:
    written = [*OPERATORS, *NEARNESS, *MENTIONS, *FIELDS]
    wrong: list[str] = []

    def read() -> None:
        for text, meant in written * 5:
            if str(parse_query(text)) != meant:
                wrong.append(text)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
