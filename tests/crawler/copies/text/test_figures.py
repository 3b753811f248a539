"""Figures stand for each other where the words round them are the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.text.figures import figures_in_place
from crawler.copies.text.overlap import measure
from crawler.copies.text.shingles import shingle
from crawler.copies.verdict import compare, is_template
from tests.crawler.copies import texts

REPORT = (
    "Shares closed lower on a quiet day. The main index of the exchange gained {} percent to end at"
    " {} points, while the index of small houses and funds rose {} percent. Turnover on the floor of"
    " the exchange came to {} million. Analysts expect no change before the bank meets."
)


def in_place(one: str, other: str) -> tuple[int, float]:
    return figures_in_place(shingle(one), shingle(other))


def test_figures_that_replace_each_other_are_counted_and_differ() -> None:
    assert in_place(REPORT.format(1, 2, 3, 4), REPORT.format(5, 6, 7, 8)) == (4, 0.0)


def test_some_of_them_may_be_the_same() -> None:
    assert in_place(REPORT.format(1, 2, 3, 4), REPORT.format(1, 6, 3, 4)) == (4, 0.75)


def test_figures_of_a_wrapper_say_nothing() -> None:
    report = REPORT.format(1, 2, 3, 4)
    header = "Posted at 12:31 on day 7 of month 11 in 2026 by desk 4 with 17 comments."
    assert in_place(f"{header}\n{texts.unrelated(1)}\n{report}", report) == (4, 1.0)


def test_a_figure_that_was_left_out_says_nothing() -> None:
    report = REPORT.format(1, 2, 3, 4)
    assert in_place(report, report.replace("gained 1 percent to end at 2 points", "fell"))[1] == 1.0


def test_texts_without_figures_have_all_of_them_in_common() -> None:
    assert in_place(texts.STORIES["orchard"][:200], texts.unrelated(2)) == (0, 1.0)


def test_a_copy_under_a_header_of_figures_is_no_report_of_a_form() -> None:
    story = texts.SUBJECTS["dam"]
    header = " ".join(f"{number}:{number + 3} desk{number}" for number in range(11, 30))
    one = shingle(f"{header}\n{texts.edit(story)}")
    other = shingle(f"{story}\n{' '.join(map(str, range(40, 60)))}")
    assert is_template(measure(one, other))
    assert not is_template(compare(one, other))


WORDS = st.lists(st.sampled_from(["a", "the", "index", "rose", "1", "22", "3.5"]), max_size=40)


@given(WORDS, WORDS)
def test_counts_are_possible_whatever_the_texts(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)
    count, share = in_place(first, second)
    digits = sum(any(c.isdigit() for c in word) for word in one)
    assert 0 <= share <= 1
    assert 0 <= count <= 2 * digits + len(one)
    assert in_place(first, first)[1] == 1.0
