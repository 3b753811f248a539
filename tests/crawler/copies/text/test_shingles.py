"""Shingles are stable numbers, and a sample of them shows what two texts share."""

from __future__ import annotations

import numpy as np

from crawler.copies.text.kernels import SAMPLED_AT_LEAST
from crawler.copies.text.shingles import MOST_CHARACTERS, shingle
from tests.crawler.copies import texts

STABLE_WORDS = 5158641251228966873
STABLE_CHARACTERS = 17181523444348048229


def test_shingles_are_the_same_in_every_process() -> None:
    # Redis and other processes hold them: a change here must be a new index.
    assert shingle("one two three four").shingles.tolist() == [STABLE_WORDS]
    assert shingle("東京都庁舎展望室").shingles.tolist() == [STABLE_CHARACTERS]


def test_a_text_shorter_than_a_shingle_has_none() -> None:
    assert shingle("one two three").shingles.size == 0
    assert shingle("").shingles.size == 0
    assert shingle("").sketch.size == 0


def test_of_an_endless_text_the_beginning_is_compared() -> None:
    endless = "word " * MOST_CHARACTERS
    assert shingle(endless).tokens.size == MOST_CHARACTERS // 5


def test_four_words_or_eight_characters_make_a_shingle() -> None:
    mixed = shingle("東京都庁舎で iPhone fifteen goes on sale today")
    assert set(mixed.placing.widths.tolist()) == {4, 8}


def test_a_sketch_is_sorted_and_without_repeats() -> None:
    sketch = shingle(texts.STORIES["ferry"] * 3).sketch
    assert np.all(sketch[1:] > sketch[:-1])
    assert sketch.dtype == np.uint64


def test_a_short_text_keeps_enough_to_be_found_by() -> None:
    short = shingle(texts.sentences(texts.STORIES["ferry"])[0])
    assert short.sketch.size == min(SAMPLED_AT_LEAST, short.shingles.size)


def test_a_long_text_keeps_about_one_shingle_in_sixteen() -> None:
    long = shingle(" ".join(texts.unrelated(seed) for seed in range(40)))
    assert 0.045 < long.sketch.size / long.shingles.size < 0.08


def test_words_that_can_not_be_encoded_do_no_harm() -> None:
    assert shingle("broken \ud800 words from a broken page").tokens.size > 0
