"""What the benchmark of extraction reports."""

from __future__ import annotations

from tests.bench.extraction import Passed, figures
from tests.bench.extraction.found import Found
from tests.bench.replay import Recorded

TEXT = "The harbour wall at Eastmere gave way on Monday night after three days of swell."
TRUTH = {"body": TEXT, "title": "Harbour wall gives way", "authors": ["Ada Low"]}
PAGES = [Recorded("https://a.example/1", "", TRUTH), Recorded("https://a.example/2", "", TRUTH)]


def test_a_page_that_is_not_read_counts_nothing_and_is_counted() -> None:
    found = Found(TEXT, "Harbour wall gives way", None, ("ada  low",))
    measured = figures(PAGES, Passed((found, Found(failed="NotAnArticle")), (0.1, 0.3)))
    assert (measured["text_f1"], measured["title_loose"], measured["author_exact"]) == (
        0.5,
        0.5,
        0.5,
    )
    assert measured["errors"] == 1
    assert measured["pages_per_s"] == 5.0


def test_what_no_page_has_a_truth_for_is_not_measured() -> None:
    measured = figures([Recorded("https://a.example/1", "", {})], Passed((Found(),), (0.1,)))
    assert measured["text_f1"] is None
    assert measured["date_exact"] is None


def test_phrases_that_must_and_must_not_be_in_a_text_make_one_figure() -> None:
    truth = {"with": ["harbour  wall", "not said"], "without": ["three days", "cookies"]}
    measured = figures([Recorded("https://a.example/1", "", truth)], Passed((Found(TEXT),), (0.1,)))
    assert measured["phrases_f"] == 0.5


def test_a_lead_is_found_by_its_first_words() -> None:
    truths = [{"lead": TEXT + " And more."}, {"lead": "Another lead."}]
    pages = [Recorded("https://a.example/1", "", truth) for truth in truths]
    measured = figures(pages, Passed((Found(TEXT), Found(TEXT)), (0.1, 0.1)))
    assert measured["lead_found"] == 0.5
