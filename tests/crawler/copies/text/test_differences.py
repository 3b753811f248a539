"""What stands for each other in two texts of one form, and what lies round what they share."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.text.differences import differences
from crawler.copies.text.shingles import shingle
from tests.crawler.copies import texts

REPORT = (
    "Shares closed lower on a quiet day. The main index of the exchange gained {} percent to end at"
    " {} points, while the index of small houses and funds rose {} percent. Turnover on the floor of"
    " the exchange came to {} million. Analysts expect no change before the bank meets."
)
FOUR = REPORT.format(1, 2, 3, 4)


def changed(one: str, other: str) -> float:
    return differences(shingle(one), shingle(other)).changed


def test_the_more_figures_are_replaced_the_more_has_changed() -> None:
    one, two, all_four = (
        REPORT.format(*figures) for figures in ((9, 2, 3, 4), (9, 8, 3, 4), (9, 8, 7, 6))
    )
    assert 0 == changed(FOUR, FOUR) < changed(FOUR, one) < changed(FOUR, two)
    assert changed(FOUR, two) < changed(FOUR, all_four)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("March", "April"),
        ("Dienstag", "Freitag"),
        ("eleven", "twelve"),
        ("1.5", "2"),
        ("марта", "мая"),
        ("Brisbane", "Fremantle"),
    ],
)
def test_days_months_numbers_and_names_are_replaced_too(one: str, other: str) -> None:
    form = "The committee said in its note that the talks of {} went on until late at night."
    assert changed(form.format(one), form.format(other)) > 0.1
    assert changed(form.format("yesterday"), form.format("daybreak")) == 0


def words(count: int, seed: int = 1) -> str:
    """Make so many words of no language."""
    random = Random(seed)
    return " ".join("".join(random.choices("bdfgklmnprstvz", k=7)) for _ in range(count))


def test_a_name_says_less_than_a_figure_and_a_word_hardly_anything() -> None:
    form = f"{words(20)} {{}} {words(20, 2)} {{}} {words(20, 3)}"
    both = changed(form.format("17", "Rome"), form.format("23", "Oslo"))
    figure = changed(form.format("17", "Rome"), form.format("23", "Rome"))
    assert both == pytest.approx((1 + 0.4) / (1 + 0.4 + 60 * 0.03))
    assert figure == pytest.approx(1 / (1 + 0.4 + 60 * 0.03))


@pytest.mark.parametrize(("own", "is_replaced"), [(26, True), (33, False)])
def test_what_stands_in_a_longer_gap_was_not_replaced(own: int, is_replaced: bool) -> None:
    form = f"{words(30)} {{}} {{}} {words(30, 2)}"
    one, other = form.format(17, words(own, 3)), form.format(23, words(own, 4))
    assert (changed(one, other) > 0) is is_replaced


@pytest.mark.parametrize(("phrase", "own_words"), [(18, 50), (22, 0)])
def test_a_phrase_on_top_is_not_what_two_texts_share(phrase: int, own_words: int) -> None:
    top, shared = words(phrase), words(60, 5)
    one, other = (f"{top} {words(50, seed)} {shared}" for seed in (2, 3))
    assert differences(shingle(one), shingle(other)).own_first == own_words


def test_figures_of_a_wrapper_say_nothing() -> None:
    header = "Posted at 12:31 on day 7 of month 11 in 2026 by desk 4 with 17 comments."
    assert changed(f"{header}\n{texts.unrelated(1)}\n{FOUR}", FOUR) == 0


def test_a_figure_that_was_left_out_says_nothing() -> None:
    assert changed(FOUR, FOUR.replace("gained 1 percent to end at 2 points", "fell")) == 0


def test_figures_in_another_order_are_the_same() -> None:
    one = "It won the vote by 31 to 27 and then went on to the next item of the long list."
    assert changed(one, one.replace("31 to 27", "27 to 31")) == 0


def test_a_copy_under_a_header_of_figures_has_not_changed() -> None:
    story = texts.SUBJECTS["dam"]
    header = " ".join(f"{number}:{number + 3} desk{number}" for number in range(11, 30))
    assert (
        changed(f"{header}\n{texts.edit(story)}", f"{story}\n{' '.join(map(str, range(40, 60)))}")
        < 0.05
    )


def test_own_words_before_what_is_shared_are_counted_in_both_texts() -> None:
    shared = texts.STORIES["orchard"]
    one, other = (" ".join(texts.unrelated(seed).split()[:seed]) for seed in (50, 80))
    differ = differences(shingle(f"{one}. {shared}"), shingle(f"{other}. {shared}"))
    assert (differ.own_first, differ.longer_own_first) == (50, 80)


def test_words_between_marks_are_quoted_in_whatever_language() -> None:
    said = " ".join(texts.STORIES["orchard"].replace('"', "").split())
    for opening, closing in (
        ("“", "”"),
        ('"', '"'),
        ("«", "»"),
        ("„", "“"),
        ("「", "」"),
        ("”", "”"),
    ):
        one = f"The keeper spoke to a paper. {opening}{said}{closing} Nobody else would say a word of what had been asked in so many letters to the harbour, though all of them were sent by hand and signed by those who had seen it."
        differ = differences(shingle(one), shingle(said))
        assert differ.quoted == 1.0, opening
        assert differ.held_unquoted == 1.0  # of the text that is the quotation itself


WORDS = st.lists(
    st.sampled_from(["a", "The", "index", "Rome", "rose", "1", "22", "3.5", "May", "“", "”", "."]),
    max_size=60,
)


@given(WORDS, WORDS)
def test_swapping_two_texts_changes_nothing(one: list[str], other: list[str]) -> None:
    first, second = shingle(" ".join(one)), shingle(" ".join(other))
    assert differences(first, second) == differences(second, first)
    assert differences(first, first).changed == 0


@given(WORDS, WORDS)
def test_shares_are_shares(one: list[str], other: list[str]) -> None:
    differ = differences(shingle(" ".join(one)), shingle(" ".join(other)))
    shares = (differ.changed, differ.particulars, differ.quoted, differ.held_unquoted)
    assert all(0 <= share <= 1 for share in shares)
