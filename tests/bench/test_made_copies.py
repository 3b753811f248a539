"""Documents made for the bench: their labels hold, and how they are judged."""

from __future__ import annotations

import gzip
import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.bench.copies.forms import FIGURES, WORDY, fill
from tests.bench.copies.judging import measure_made
from tests.bench.copies.made import ONE_STORY, make, pages_of, read_pages
from tests.bench.copies.order import (
    differing,
    fewest,
    order_violations,
    shuffled,
    stories,
)
from tests.bench.copies.rewriting import Rewriter, pieces, sentences
from tests.bench.copies.wrappers import Page, wrap
from tests.crawler.copies import texts
from tests.crawler.copies.stream import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.copies.documents import Document

FERRY, CHINESE = texts.STORIES["ferry"], texts.STORIES["reactor"]


def essays(count: int) -> list[Page]:
    """Return texts of 200 words that no other has."""
    random = Random(5)
    return [
        Page(f"Essay {number}", " ".join(_strange_word(random) for _ in range(200)), "en")
        for number in range(count)
    ]


def _strange_word(random: Random) -> str:
    return "".join(random.choices("abdeiklmnorstu", k=8)) + random.choice(("", "", "", "."))


def rewriter(*strange: str) -> Rewriter:
    return Rewriter.of(Random(1), [("en", text) for text in strange])


@pytest.mark.parametrize("text", [FERRY, CHINESE])
def test_sentences_and_pieces_put_together_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert "".join(sentences(text)) == text
    assert len(sentences(text)) > 5


def test_no_strange_sentence_is_given_twice() -> None:
    maker = rewriter(FERRY, FERRY)
    given = [maker.strange(60, "en") for _ in range(6)]
    runs = [" ".join(text.split()[:5]) for text in given]
    assert len(set(runs)) == len(runs)


def test_an_edit_changes_about_the_share_that_was_asked_for() -> None:
    text = essays(1)[0].text
    made = rewriter(FERRY).edited(text, 0.1, "en").split()
    lost = set(text.split()) - set(made)
    assert 3 < len(lost) < 25


def test_excerpts_and_passages_are_runs_of_the_text() -> None:
    maker = rewriter(FERRY)
    assert FERRY.startswith(maker.excerpt(FERRY, 0.25, 0.4))
    for said in [maker.passage(FERRY, 25), *maker.passages(FERRY, 12, 3)]:
        assert said in FERRY


def test_every_style_of_wrapper_keeps_the_text() -> None:
    page = Page("The ferry", " ".join(FERRY.split()), "en")
    made = {wrap(page, NOW, ["One", "Two", "Three"], Random(seed)) for seed in range(20)}
    assert len(made) > 10
    assert all(page.text.split()[0] in text and page.text[-40:] in text for text in made)


@pytest.mark.parametrize("form", [*FIGURES.values(), *WORDY.values()])
def test_a_form_is_filled_in_anew_each_time(form: str) -> None:
    one, other = (fill(form, NOW, Random(seed)) for seed in (1, 2))
    assert one != other
    assert "{" not in one


def test_a_set_is_the_same_for_a_seed_and_another_for_another() -> None:
    pages = essays(60)
    assert make(pages, 1) == make(pages, 1)
    assert make(pages, 1) != make(pages, 2)


def test_a_set_has_every_kind_in_order_of_arrival() -> None:
    labelled, further = make(essays(60), 1)
    assert {made.kind for made in labelled} == {
        "original", "exact", "farm", "farm_edit", "edit", "excerpt", "lead", "trim",
        "quotation", "roundup", "template",
    }  # fmt: skip
    assert {made.kind for made in further} >= ONE_STORY | {"translation", "follow_up", "series"}
    assert [made.seen_at for made in labelled] == sorted(made.seen_at for made in labelled)
    originals = [made for made in labelled if made.original]
    assert len({made.group for made in originals}) == len(originals)


def test_copies_are_folded_and_figures_come_by_kind() -> None:
    (judged,) = measure_made(essays(60), 1)
    assert judged["f1"] > 0.98
    assert judged["further_folded"]["correction"] == 1.0
    assert judged["further_joined_wrongly"]["translation"] == 0.0


def test_a_page_that_repeats_another_is_not_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "pages.jsonl.gz"
    body = essays(1)[0].text
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for truth in ({"body": body, "title": "One"}, {"body": f"{body} more"}, {"title": "None"}):
            file.write(json.dumps({"truth": truth}) + "\n")
    assert [page.title for page in read_pages([path])] == ["One"]


# --- order of arrival -------------------------------------------------------------------------


def ferries() -> list[Document]:
    labelled, _ = make(essays(40), 3)
    return labelled


def test_originals_are_pages_too() -> None:
    assert len(pages_of(ferries())) == len({one.group for one in ferries() if one.original})


def test_partitions_differ_by_a_pair_that_only_one_of_them_has_together() -> None:
    one = frozenset({frozenset({1, 2, 3})})
    other = frozenset({frozenset({1, 2}), frozenset({3})})
    assert differing(one, other) == [(1, 3)]
    assert differing(one, one) == []


def test_what_is_not_needed_is_left_out() -> None:
    documents = ferries()
    needed = {documents[3].id, documents[11].id}

    def holds(kept: Sequence[Document]) -> bool:
        return needed <= {document.id for document in kept}

    assert {document.id for document in fewest(documents, holds)} == needed


def test_stories_are_the_same_in_every_order_of_arrival() -> None:
    documents = ferries()
    assert order_violations(documents, 2) == []
    assert stories(shuffled(documents, 9)) == stories(documents)
