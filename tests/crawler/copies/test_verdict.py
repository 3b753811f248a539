"""Which overlaps make a copy, at the thresholds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.text.overlap import Overlap
from crawler.copies.verdict import is_template, relation_of
from crawler.settings import CopySettings
from storage.models.stories import Relation

SETTINGS = CopySettings()
WHOLE = Overlap(1.0, 1.0, shared_words=200, figures=0, figures_shared=1.0, equal=False)
MIRRORED = {Relation.CONTAINS: Relation.EXCERPT, Relation.EXCERPT: Relation.CONTAINS}


@pytest.mark.parametrize(
    ("of_article", "of_other", "relation"),
    [
        (0.95, 0.9, Relation.NEAR),
        (0.5, 1.0, Relation.CONTAINS),
        (1.0, 0.3, Relation.EXCERPT),
        (0.65, 0.7, Relation.PARTIAL),
        (0.59, 0.59, None),
        (0.05, 1.0, None),  # a brief quoted whole in a long text
        (1.0, 0.1, None),  # an item of a round-up that came first
        (0.7, 0.2, None),
    ],
)
def test_shares_decide_the_relation(
    of_article: float, of_other: float, relation: Relation | None
) -> None:
    overlap = replace(WHOLE, share_of_article=of_article, share_of_other=of_other)
    assert relation_of(overlap, SETTINGS) is relation


def test_equal_words_are_exact_whatever_else() -> None:
    assert relation_of(replace(WHOLE, equal=True, figures=9), SETTINGS) is Relation.EXACT


def test_too_few_shared_words_make_no_copy() -> None:
    short = replace(WHOLE, shared_words=SETTINGS.min_words - 1, equal=True)
    assert relation_of(short, SETTINGS) is None


def test_the_operator_sets_the_threshold() -> None:
    half = replace(WHOLE, share_of_article=0.55, share_of_other=0.55)
    assert relation_of(half, CopySettings(threshold=0.5)) is Relation.PARTIAL


def test_shared_words_round_other_figures_are_a_template() -> None:
    report = replace(WHOLE, share_of_article=0.82, share_of_other=0.82, figures=12)
    assert is_template(replace(report, figures_shared=0.1))
    assert relation_of(replace(report, figures_shared=0.1), SETTINGS) is None
    assert relation_of(replace(report, figures_shared=0.9), SETTINGS) is Relation.NEAR


def test_one_changed_figure_is_no_template() -> None:
    assert not is_template(replace(WHOLE, figures=1, figures_shared=0.0))


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_other_way_round_it_is_the_mirrored_relation(one: float, other: float) -> None:
    here = relation_of(replace(WHOLE, share_of_article=one, share_of_other=other), SETTINGS)
    there = relation_of(replace(WHOLE, share_of_article=other, share_of_other=one), SETTINGS)
    assert there is (None if here is None else MIRRORED.get(here, here))
