"""A floor under the reading of texts: one page of each kind in which something was lost or appended."""

from __future__ import annotations

from statistics import fmean

import pytest

from tests.bench.scores import ngram_f1
from tests.crawler.extract.pages import PARAGRAPHS, TEXT, page, read

_LEAD, *_REST = PARAGRAPHS
_BODY = "".join(f"<p>{paragraph}</p>" for paragraph in _REST)
_COMMENTS = "".join(
    f"<p>Reader {n} says that nobody who lives by the sea can be surprised.</p>" for n in range(30)
)
_CARDS = "".join(
    f"<div><h3><a href=/{n}>Another story of the coast, number {n}</a></h3></div>" for n in range(9)
)
_PAGES = {
    "plain": page(),
    "header": page(
        before=f"<header><p>{_LEAD}</p></header><div class=text>{_BODY}</div>", paragraphs=()
    ),
    "standfirst": page(before=f"<h2>{_LEAD}</h2><div class=text>{_BODY}</div>", paragraphs=()),
    "several sections": page(
        before="".join(f"<div class=part><p>{each}</p></div>" for each in PARAGRAPHS), paragraphs=()
    ),
    "open button": page().replace("<main>", "<button><h1>Harbour wall</h1><main>"),
    "comments": page(after=f"<div id=comments>{_COMMENTS}</div>"),
    "cards": page(after=f"<div class=more>{_CARDS}</div>"),
    "banner": page(
        before="<div class=cookie-consent><p>We and our 842 partners store information.</p></div>"
    ),
    "newsletter": page(
        after="<div class=newsletter><p>Sign up to our newsletter, each morning at six.</p></div>"
    ),
    "linked sentence": page(before=f"<p><a href=/x>{_LEAD}</a></p>{_BODY}", paragraphs=()),
    "breaks": page(
        before="<div class=text>" + "<br><br>".join(PARAGRAPHS) + "</div>", paragraphs=()
    ),
    "copy for phones": page(after=f"<div style='display:none'>{_BODY}</div>"),
}


@pytest.mark.parametrize("kind", _PAGES)
def test_no_kind_of_page_loses_much_of_its_text(kind: str) -> None:
    assert ngram_f1(read(_PAGES[kind]).text, TEXT) >= 0.9


def test_the_mean_over_all_kinds_is_as_good_as_whole() -> None:
    assert fmean(ngram_f1(read(source).text, TEXT) for source in _PAGES.values()) >= 0.98
