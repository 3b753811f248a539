"""Texts of one subject repeat its words; others do not."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.roundup import same_subject
from crawler.copies.text.shingles import shingle
from tests.crawler.copies import texts

DAM, ORCHESTRA = texts.SUBJECTS.values()


def same(one: str, other: str) -> bool:
    return same_subject(shingle(one), shingle(other))


def test_texts_of_different_subjects_are_told_apart() -> None:
    assert not same(DAM, ORCHESTRA)


def test_the_halves_of_a_text_are_not() -> None:
    for text in texts.SUBJECTS.values():
        one, other = text.split("\n")
        assert same(one, other)


def test_a_text_is_of_its_own_subject() -> None:
    assert all(same(text, text) for text in texts.STORIES.values())


def test_briefs_that_repeat_too_little_prove_nothing() -> None:
    briefs = [texts.joined(texts.sentences(text)[:1]) for text in texts.STORIES.values()]
    assert all(same(one, other) for one, other in combinations(briefs, 2))


def test_texts_without_spaces_are_read_by_pairs_of_characters() -> None:
    harbour = "港务局星期一关闭了北码头。港务局说北码头的吊车已经停用。渔民担心北码头不再开放,港务局没有回答渔民。"
    school = "小学校长宣布春季课程取消。校长认为春季课程的教室不够,家长反对校长的决定,家长要求保留春季课程。"
    assert not same(harbour, school)
    assert same(
        harbour,
        "渔民星期二到港务局抗议,要求北码头重新开放。港务局承诺北码头明年开放,渔民表示怀疑。",
    )


WORDS = st.lists(st.sampled_from(["dam", "reservoir", "violin", "season", "潮", "汐"]), max_size=60)


@given(WORDS, WORDS)
def test_swapping_two_texts_changes_nothing(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)
    assert same(first, second) is same(second, first)
