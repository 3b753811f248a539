"""Countries are read by all codes and English names of the standards, as Babel has them from CLDR."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.core import get_global

from scheduler.query.language.countries import COUNTRY_NAMES, SOLD_DOMAINS
from scheduler.query.language.parser import parse_query, parse_with_notes
from storage.errors import QueryError

CODES = [row.split()[0] for row in COUNTRY_NAMES.strip().splitlines()]
_OF_NO_COUNTRY = {"DDR", "FXX", "ZAR", "BUR", "TMP", "YMD"}  # withdrawn


def alpha_3() -> list[tuple[str, str]]:
    aliases = get_global("territory_aliases")
    return [
        (three, codes[0].lower())
        for three, codes in sorted(aliases.items())
        if len(three) == 3 and three.isalpha() and len(codes) == 1 and codes[0].lower() in CODES
        if three not in _OF_NO_COUNTRY
    ]


def test_all_codes_of_three_letters_are_read() -> None:
    assert len(alpha_3()) == len(CODES)
    for three, code in alpha_3():
        assert str(parse_query(f"ferry country:{three}")) == f"ferry AND country:{code}"


def test_all_english_names_are_read() -> None:
    names = Locale("en").territories
    for code in CODES:
        name = names[code.upper()]
        assert str(parse_query(f'ferry country:"{name}"')) == f"ferry AND country:{code}"


@pytest.mark.parametrize(
    ("written", "code"),
    [("GER", "de"), ("SUI", "ch"), ("ENG", "gb"), ("St. Lucia", "lc"), ("The Gambia", "gm")],
)
def test_usual_other_names_are_read(written: str, code: str) -> None:
    assert str(parse_query(f'ferry country:"{written}"')) == f"ferry AND country:{code}"


@pytest.mark.parametrize("written", ["ZZZ", "JPM", "irx", "eu1", "xy"])
def test_a_code_is_no_slip_of_another_country(written: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(f"ferry country:{written}")
    assert "its code or its English name" in str(refused.value.suggestion)


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("germny", "write country:de"),
        ("Austia", "write country:at for austria or country:au for australia"),
        ("Nigera", "write country:ng for nigeria or country:ne for niger"),
    ],
)
def test_of_a_name_with_a_slip_all_are_named_that_may_be_meant(written: str, remedy: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(f"ferry country:{written}")
    assert refused.value.suggestion == remedy


def test_a_country_whose_domain_is_sold_to_all_the_world_is_noted() -> None:
    assert set(CODES) | {"ac", "su"} >= SOLD_DOMAINS
    (note,) = parse_with_notes("ferry country:tv").notes
    assert "holds for no site" in note
    assert parse_with_notes("ferry country:am").notes == ()
