"""What a site puts into a text is parted from it with its kind; the text itself stays whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.text.wrapper import kind_of, part_wrapper
from storage.models.articles import WrapperKind, WrapperPassage
from tests.crawler.extract.pages import PARAGRAPHS, TITLE


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("#Harbour #wall #Eastmere", WrapperKind.HASHTAGS),
        ("By info", WrapperKind.BYLINE),
        ("Posted by Admin", WrapperKind.BYLINE),
        ("Share this article", WrapperKind.SHARE),
        ("Leave a Reply", WrapperKind.COMMENTS),
        ("Your email address will not be published.", WrapperKind.COMMENTS),
        ("Subscribe to our newsletter for more", WrapperKind.PROMO),
        ("Lire aussi : le port d'Eastmere", WrapperKind.RELATED),
        ("#Elections #Ballots", None),
        ("By information alone nobody was saved.", None),
        ("Share this grief, the mayor asked the town.", None),
        ("Read also the letter that the engineers wrote.", None),
    ],
)
def test_a_line_is_wrapper_only_where_it_says_so(line: str, kind: WrapperKind | None) -> None:
    assert kind_of(line, TITLE) is kind


def test_wrapper_is_taken_from_the_middle_of_a_text_and_kept() -> None:
    text = "\n".join((PARAGRAPHS[0], "By info", "Share this", *PARAGRAPHS[1:]))
    assert part_wrapper(text, TITLE) == (
        "\n".join(PARAGRAPHS),
        (
            WrapperPassage(WrapperKind.BYLINE, "By info"),
            WrapperPassage(WrapperKind.SHARE, "Share this"),
        ),
    )


def test_at_most_forty_passages_are_parted() -> None:
    assert len(part_wrapper("\n".join(["A sentence.", *["By info"] * 50]), TITLE)[1]) == 40


@given(st.lists(st.sampled_from(("By info", "Share this", *PARAGRAPHS)), min_size=1, max_size=30))
def test_a_parted_text_has_nothing_more_to_part(lines: list[str]) -> None:
    text, _ = part_wrapper("\n".join(lines), TITLE)
    again, parted = part_wrapper(text, TITLE)
    assert again == text
    assert not parted or text == "\n".join(lines)
