"""The table of bad inputs is as long as was promised."""

from __future__ import annotations

from collections import Counter

from tests.hostile.cases import answers, feeds, pages, robots

ALL = [case for table in (answers, feeds, pages, robots) for case in table.cases()]


def test_each_case_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(map(str, ALL)).items() if times > 1] == []


def test_there_are_at_least_five_hundred_runs() -> None:
    assert len(ALL) >= 500


def test_each_kind_of_the_web_is_played() -> None:
    kinds = {case.id for case in ALL}
    wanted = {f"N{n:02}" for n in (3, 4, 5, 6, 7, 8, *range(20, 37))} | {
        f"R{n:02}" for n in range(1, 8)
    }
    assert wanted <= kinds, sorted(wanted - kinds)
    assert {f"C{n:02}" for n in (*range(1, 12), 15)} <= kinds
