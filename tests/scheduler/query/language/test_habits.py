"""Habits of other tools and languages: read where they are clear, else noted or refused, never silent."""

from __future__ import annotations

import pytest

from scheduler.query.language.parser import parse_query, parse_with_notes
from storage.errors import QueryError

READ = [
    # Nexis and Westlaw
    ("ferr! w/5 strik!", "ferr* NEAR/5 strik*"),
    ("atleast3(ferry)", "ferry{3}"),
    ("ATL2/tram", "tram{2}"),
    ("atleast2(ferry OR bus)", "(ferry OR bus){2}"),
    ("headline(tram)", "title:tram"),
    ("byline(smith)", 'author:"smith"'),
    ("publication(Times)", 'source:"times"'),
    ("tram /5 brakes", "tram NEAR/5 brakes"),
    ("tram AND NOT ferry", "tram AND NOT ferry"),
    ("tram BUT NOT ferry", "tram AND NOT ferry"),
    # Factiva
    ("cable adj3 brakes", "cable NEAR/3 brakes"),
    ("cable near5 brakes", "cable NEAR/5 brakes"),
    ("hl=tram", "title:tram"),
    ("hd=(tram or bus) la=en", "title:tram AND title:or AND title:bus AND lang:en"),
    ("date>=2026-01-01 tram", "date:>=2026-01-01 AND tram"),
    # ProQuest, Ovid
    ("cable n/3 brakes", "cable NEAR/3 brakes"),
    ("cable p/3 brakes", "cable ONEAR/3 brakes"),
    ("ti(tram)", "title:tram"),
    ("tram$", "tram*"),
    # Talkwalker, Brandwatch, Meltwater
    ('title="night ferry"', 'title:"night ferry"'),
    ("tram ANDNOT ferry", "tram AND NOT ferry"),
    ("country(GBR) tram", "country:gb AND tram"),
    ("<<<a remark>>> tram", "tram"),
    ("cable NEAR 5 brakes", "cable NEAR/5 brakes"),
    ("cable WITHIN 5 WORDS OF brakes", "cable NEAR/5 brakes"),
    # Other languages
    ("ferry ODER bus", "ferry OR bus"),
    ("ferry UND NICHT bus", "ferry AND NOT bus"),
    ("ferry OU bus", "ferry OR bus"),
    ("ferry ET strike", "ferry AND strike"),
    ("ferry SAUF (bus OU tram)", "ferry AND NOT (bus OR tram)"),
    ("tram NÃO ferry", "tram AND NOT ferry"),
    ("tram OCH brakes", "tram AND brakes"),
    ("tram ИЛИ ferry", "tram OR ferry"),
    ("tram VEYA ferry", "tram OR ferry"),
    # Marks of two keyboards
    ('"ferry strike” AND "bus"', '"ferry strike" AND "bus"'),
    ('"ferry strike“ bus', '"ferry strike" AND bus'),
    ('“ferry strike" bus', '"ferry strike" AND bus'),
    ('"the “Iron Lady” film" bus', '"the iron lady film" AND bus'),
    ("boat(s) tram", "boat AND tram"),
]
REFUSED = [
    ("hlead(ferry)", "title:(…) OR lead:(…)"),
    ("TITLE-ABS-KEY(ferry)", "title:(…) OR lead:(…)"),
    ("allcaps(SAP)", "raw:SAP"),
    ("SENTENCE(cable brakes)", "NEAR/20"),
    ("cable /s brakes", "NEAR/20"),
    ("cable w/p brakes", "NEAR/20"),
    ("cable (3w) brakes", "ONEAR/3"),
    ("cable nw/5 brakes", "a NOT (a NEAR/5 b)"),
    ("tram wc>5", "only days are compared"),
    ("tram engagement>=10", "only days are compared"),
    ("date aft 2026-01-01 tram", "date:>=2026-01-01"),
    ("tram AND/OR bus", "write OR"),
    ("any(ferry, bus)", "a OR b OR c"),
    ("(ferry OR bus)~5", "NEAR/5"),
    ("&quot;night ferry&quot;", 'write "'),
    ("AT&amp;T", "write &"),
]
NOTED = [
    ("tram Y brakes", "for the operator write AND"),
    ("tram O ferry", "for the operator write OR"),
    ("tram И brakes", "for the operator write AND"),
    ("tram EN brakes", "for the operator write AND"),
    ("tram oder ferry", "for the operator write OR"),
    ("ODER tram", "for the operator write OR"),
    ("tram near ferry", "for the operator write NEAR/5"),
    ("cable w6 brakes", "for the operator write ONEAR/6"),
    ("cable N6 brakes", "for the operator write NEAR/6"),
    ("cable SAME brakes", "for the operator write NEAR/20"),
    ("tram XOR bus", "(a OR b) NOT (a AND b)"),
    ("ferry,bus", "write ferry OR bus"),
    ("ferry, bus, tram", "a comma joins nothing"),
    ("ferry/bus", "write ferry OR bus"),
    ("section(sports) tram", "section is no field or function"),
    ("rst=tnwp tram", "words side by side"),
    ("tram[ti]", "words side by side"),
    ("tram.ti,ab.", "for a field title:"),
    ("tram <bus>", "say nothing"),
    ("tram ~ferry", "say nothing"),
    ("tram+ ferry", "say nothing"),
    ("tram AND, ferry", "is no operator"),
    ("ferry +5 strike", "write ONEAR/5"),
    ("ferry – bus", "for the operator write NOT"),
    ("`night ferry`", "single quotation marks make no phrase"),
]


@pytest.mark.parametrize(("written", "meant"), READ)
def test_a_clear_habit_is_read_as_it_is_meant(written: str, meant: str) -> None:
    assert str(parse_query(written)) == meant


@pytest.mark.parametrize(("written", "remedy"), REFUSED)
def test_what_is_not_offered_is_refused_with_what_to_write(written: str, remedy: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(written)
    assert remedy in (refused.value.suggestion or "")


@pytest.mark.parametrize(("written", "hint"), NOTED)
def test_what_may_be_meant_otherwise_is_noted(written: str, hint: str) -> None:
    assert any(hint in note for note in parse_with_notes(written).notes)


@pytest.mark.parametrize("written", ["tram ODER bus", "tram SAUF bus", "ferr!", "hl=tram"])
def test_what_was_read_is_said(written: str) -> None:
    assert any("read as" in note for note in parse_with_notes(written).notes)


@pytest.mark.parametrize(
    "written",
    [
        *("C++ C# $5 5% #tag 1,000 10:30", 'AT&T "Y Combinator" night-ferry', "NO2 AND tram"),
        *("U.S. example.com", "raw:Yahoo!", "tram (ferry OR bus)", "https://a.example/b,c?d=1"),
        "Hotel California",
    ],
)
def test_signs_that_are_part_of_a_word_are_not_noted(written: str) -> None:
    assert parse_with_notes(written).notes == ()


def test_a_word_that_looks_like_an_operator_is_printed_in_quotes() -> None:
    printed = str(parse_query('stem:"near5" tram'))
    assert printed == 'stem:"near5" AND tram'
    assert str(parse_query(printed)) == printed
