"""The parts of two texts: they tile both, and each is what its name says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.text.alignment import Alignment, Part, PartKind, align
from crawler.copies.text.overlap import MAX_PASSAGES, passages
from crawler.copies.text.shingles import shingle
from crawler.copies.text.tokens import words
from storage.models.stories import Passage
from tests.crawler.copies import texts

FERRY = texts.STORIES["ferry"]
OWN = (PartKind.LEAD, PartKind.INSERTED, PartKind.WRAPPER)

WORDS = st.sampled_from([*"abcdef", "Grand", "HOTEL", "7.5", "naïve", "don’t", *"東京都庁舎", "😀"])
GAPS = st.sampled_from([" ", " ", " ", "\n", ", ", ". ", "… “", "” – ", " (", ") "])
TEXTS = st.lists(st.tuples(WORDS, GAPS).map("".join), max_size=60).map("".join)


def aligned(article: str, other: str) -> Alignment:
    found = align(article, other, passages(shingle(article), shingle(other)))
    assert found is not None
    return found


def told(article: str, other: str) -> list[tuple[str, int, int]]:
    return [
        (part.kind.value, part.words, part.other_words) for part in aligned(article, other).parts
    ]


def swapped(passage: Passage) -> Passage:
    return Passage(passage.other_start, passage.other_end, passage.start, passage.end)


def here(parts: tuple[Part, ...]) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in parts if part.start < part.end]


def there(parts: tuple[Part, ...]) -> list[tuple[int, int]]:
    spans = [(part.other_start, part.other_end) for part in parts]
    return sorted(span for span in spans if span[0] < span[1])


def tiles(spans: list[tuple[int, int]], text: str) -> bool:
    bounds = [(0, 0), *spans, (len(text), len(text))]
    return all(one[1] == following[0] for one, following in pairwise(bounds))


@given(TEXTS, TEXTS)
def test_the_parts_tile_both_texts(article: str, other: str) -> None:
    parts = aligned(article, other).parts
    assert tiles(here(parts), article)
    assert tiles(there(parts), other)


@given(TEXTS, TEXTS)
def test_all_words_of_both_texts_are_counted_once(article: str, other: str) -> None:
    found = aligned(article, other)
    assert (found.words, found.other_words) == (len(words(article)), len(words(other)))


@given(TEXTS, TEXTS)
def test_shared_parts_are_the_same_words_and_others_stand_on_one_side(
    article: str, other: str
) -> None:
    for part in aligned(article, other).parts:
        own, theirs = article[part.start : part.end], other[part.other_start : part.other_end]
        if part.kind is PartKind.SHARED:
            assert words(own) == words(theirs) != []
        elif part.kind is PartKind.EDITED:
            assert part.words
            assert part.other_words
        else:
            assert (theirs if part.kind in OWN else own) == ""
            assert own + theirs


@given(TEXTS, TEXTS)
def test_swapping_the_texts_swaps_what_is_its_own_with_what_was_cut(
    article: str, other: str
) -> None:
    found = passages(shingle(article), shingle(other))
    one, back = align(article, other, found), align(other, article, [*map(swapped, found)])
    assert one is not None
    assert back is not None
    assert here(one.of(*OWN)) == there(back.of(PartKind.CUT))
    assert there(one.of(PartKind.CUT)) == here(back.of(*OWN))
    for kind in (PartKind.SHARED, PartKind.EDITED):
        assert here(one.of(kind)) == there(back.of(kind))


@given(TEXTS, TEXTS, st.lists(st.builds(Passage, *[st.integers(-3, 90)] * 4), max_size=5))
def test_passages_of_other_texts_are_refused_or_hold(
    article: str, other: str, found: list[Passage]
) -> None:
    made = align(article, other, found)
    if made is not None:
        assert tiles(here(made.parts), article)
        assert tiles(there(made.parts), other)


@pytest.mark.parametrize("name", sorted(texts.STORIES))
def test_a_farms_page_is_a_text_in_a_wrapper(name: str) -> None:
    text = texts.STORIES[name]
    page = texts.farm(text)
    above, shared, below = aligned(page, text).parts
    assert [above.kind, shared.kind, below.kind] == ["wrapper", "shared", "wrapper"]
    assert page[shared.start : shared.end].strip() == text
    assert page[below.start :].startswith("#news #today")


@pytest.mark.parametrize("name", sorted(texts.STORIES))
def test_paragraphs_on_top_are_a_lead(name: str) -> None:
    text = texts.STORIES[name]
    kinds = [part.kind for part in aligned(texts.lead(text), text).parts]
    assert kinds == ["lead", "shared"]


def test_an_excerpt_lacks_the_end() -> None:
    kinds = [part.kind for part in aligned(texts.excerpt(FERRY), FERRY).parts]
    assert kinds == ["shared", "cut"]


def test_a_sentence_that_was_cut_is_named_where_it_stood() -> None:
    first, cut, second = aligned(_without(FERRY, 3), FERRY).parts
    assert cut.kind is PartKind.CUT
    assert FERRY[cut.other_start : cut.other_end] == texts.sentences(FERRY)[3]
    assert (cut.start, cut.end) == (first.end, second.start)


def test_a_word_in_the_place_of_another_is_edited_and_not_cut() -> None:
    edited = FERRY.replace("fishermen", "sailors").replace("Only the members", "Just members")
    assert [part for part in told(edited, FERRY) if part[0] != "shared"] == [
        ("edited", 1, 1),
        ("edited", 1, 2),
    ]


def test_the_first_and_the_last_word_may_be_edited_too() -> None:
    edited = FERRY.replace("The harbour", "A harbour").replace("for repair.", "for works.")
    assert told(edited, FERRY) == [("edited", 1, 1), ("shared", 139, 139), ("edited", 1, 1)]


def test_a_date_line_does_not_stand_in_the_place_of_the_sentence_that_was_cut() -> None:
    found = told(f"Mon. Jun 01, 2026\n{_without(FERRY, 0)}", FERRY)
    assert [kind for kind, _, _ in found] == ["cut", "wrapper", "shared"]


def test_a_sentence_put_in_is_the_articles_own() -> None:
    parts = texts.sentences(FERRY)
    own = "Our reporter was there."
    longer = texts.joined([*parts[:2], own, *parts[2:]])
    [inserted] = aligned(longer, FERRY).of(PartKind.INSERTED)
    assert longer[inserted.start : inserted.end] == own


def test_quotes_and_dashes_that_a_site_sets_its_own_way_are_shared() -> None:
    one = "“We waited,” she said – all of us, for nine years (and more)."
    other = '"We waited", she said - all of us; for nine years, and more!'
    assert told(one, other) == [("shared", 12, 12)]


def test_a_sentence_moved_is_shared_in_another_order() -> None:
    parts = texts.sentences(FERRY)
    found = aligned(texts.joined([parts[-1], *parts[:-1]]), FERRY)
    assert {part.kind for part in found.parts} == {PartKind.SHARED}
    assert found.is_reordered
    assert not aligned(FERRY, FERRY).is_reordered


def test_what_stands_twice_in_the_article_is_shared_once() -> None:
    quote = texts.sentences(FERRY)[3]
    found = aligned(f"{FERRY}\n{quote}", FERRY)
    assert [part.kind for part in found.parts] == [PartKind.SHARED, PartKind.WRAPPER]


def test_characters_are_counted_where_there_are_no_word_spaces() -> None:
    text = texts.STORIES["reactor"]
    found = aligned(texts.excerpt(text), text)
    assert found.unspaced
    assert found.other_words == len(words(text))
    assert not aligned(FERRY, FERRY).unspaced


def test_texts_that_were_revised_since_are_not_told_in_parts() -> None:
    page = texts.farm(FERRY)
    found = passages(shingle(page), shingle(FERRY))
    assert align(page, FERRY, found) is not None
    assert align(page.replace("harbour", "city"), FERRY, found) is None
    assert align(f"Update: {page}", FERRY, found) is None
    assert align(page, FERRY[:200], found) is None
    assert align("", "", found) is None


def test_passages_of_which_some_are_not_known_name_no_parts() -> None:
    article = "a b c d " * MAX_PASSAGES
    found = [Passage(8 * n, 8 * n + 7, 8 * n, 8 * n + 7) for n in range(MAX_PASSAGES)]
    assert align(article, article, found) is None
    assert align(article, article, found[:-1]) is not None


def _without(text: str, place: int) -> str:
    parts = texts.sentences(text)
    return texts.joined(parts[:place] + parts[place + 1 :])
