"""Collect what a page says about where its text comes from, as found; others weigh it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.clean import one_line
from crawler.extract.jsonld import items_of, text_of
from storage.models import Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.extract.jsonld import Node
    from crawler.extract.people import Authors
    from crawler.extract.tags import HeadTags

_AGENCY = (
    r"Reuters|AP|Associated Press|AFP|Agence France[- ]Presse|UPI|Bloomberg|PTI|ANI|IANS|Xinhua|Kyodo|Yonhap|"
    r"dpa|DPA|APA|SDA|Keystone-SDA|epd|KNA|SID|ANSA|AGI|Adnkronos|EFE|Europa Press|Lusa|Belga|ANP|TT|NTB|Ritzau|STT|"
    r"PAP|ČTK|CTK|MTI|TASR|SITA|Agerpres|Tanjug|Hina|TASS|Interfax|RIA Novosti|Ukrinform|Anadolu|AA|DHA|IHA|"
    r"The Canadian Press|CP|AAP|NZPA|PA|PA Media|Press Association|Bernama|Antara|VNA|CNA|Sputnik|"
    r"StatePoint|PRNewswire|PR Newswire|Business Wire|GlobeNewswire|Newswise|The Conversation|ProPublica|KFF Health News|Stacker"
)
_PLACE = r"[A-Z\u00c0-\u017d][\w\u00c0-\u017e.'\u2019 /,-]{1,50}?"
_DATELINE = re.compile(
    rf"(?:^|\n)\s*(?:{_PLACE}\s*)?[(\[/]\s*(?:{_AGENCY})(?:\s*/\s*[\w ]{{2,20}})?\s*[)\]/](?:\s*[-\u2013\u2014:.]+)?"
    rf"|(?:^|\n)\s*{_PLACE}\s*,\s*(?:[A-Z]\w+\.?\s+\d{{1,2}}\s*)?[(]?(?:{_AGENCY})[)]?\s*[-\u2013\u2014]"
)
_DATELINE_WITHIN = 600  # characters of the text's beginning; a photo credit may stand before
_BYLINE = re.compile(rf"\b(?:{_AGENCY})\b")
_PHRASE = re.compile(
    r"""
    \b(?:was\W+)?(?:originally|first)\W+(?:published|appeared|posted|ran)\W+(?:by|on|in|at)\b
    | \b(?:re)?published\W+(?:here\W+)?(?:with\W+(?:the\W+)?permission|under\W+a\W+creative\W+commons|from)\b
    | \breprinted\W+(?:with|from|by)\b | \bsyndicated\W+(?:by|from|via)\b
    | \bthis\W+(?:article|story|piece|post)\W+(?:is|was)\W+(?:produced|provided|republished|distributed)\W+(?:by|from|in\W+partnership)\b
    | \b(?:zuerst|ursprünglich)\W+(?:\w+\W+){0,6}?(?:erschienen|veröffentlicht)\b | \berschien\W+zuerst\b
    | \b(?:initialement|originellement)\W+(?:publié|paru)e?\b | \bpublié\W+(?:initialement|à\W+l.origine)\b
    | \b(?:publicado|apareció)\W+(?:originalmente|originariamente|por\W+primera\W+vez)\b | \boriginalmente\W+publicad[oa]\b
    | \bpubblicat[oa]\W+(?:originariamente|originalmente|inizialmente|per\W+la\W+prima\W+volta)\b
    | \boorspronkelijk\W+(?:gepubliceerd|verschenen)\b | \bursprungligen\W+publicerad\b
    | \bpierwotnie\W+(?:opublikowan|ukazał)\w*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MOST_PHRASES = 3
_PHRASE_LENGTH = 300
_METAS = {
    "syndication_source": ("syndication-source",),
    "original_source": ("original-source", "article:original_source", "original_source"),
}
_BLOCKS = frozenset(
    {"p", "div", "li", "td", "section", "article", "aside", "footer", "blockquote", "body"}
)


def collect_signals(
    tree: HtmlElement, article: Node | None, tags: HeadTags, authors: Authors, text: str
) -> tuple[Signal, ...]:
    """Give every signal once, in the order in which the kinds are named in the design."""
    found = [
        *_from_tags(tags),
        *_from_jsonld(article or {}, authors),
        *_from_text(text),
        *(Signal("byline_agency", name) for name in authors.people if _BYLINE.search(name)),
        *(Signal("phrase", phrase) for phrase in _phrases(tree)),
    ]
    return tuple(dict.fromkeys(signal for signal in found if signal.value))


def _from_tags(tags: HeadTags) -> Iterator[Signal]:
    for value in tags.links.get("canonical", ())[:2]:
        yield Signal("canonical", one_line(value, 2000))
    for value in tags.metas.get("og:url", ())[:1]:
        yield Signal("og_url", one_line(value, 2000))
    for kind, names in _METAS.items():
        for name in names:
            for value in (*tags.metas.get(name, ()), *tags.links.get(name, ())):
                yield Signal(kind, one_line(value, 2000))


def _from_jsonld(article: Node, authors: Authors) -> Iterator[Signal]:
    yield Signal("jsonld_publisher", one_line(text_of(article.get("publisher"))))
    for item in items_of(article.get("isBasedOn")) + items_of(article.get("isBasedOnUrl")):
        address = item.get("url") or item.get("@id") if isinstance(item, dict) else None
        yield Signal("jsonld_is_based_on", one_line(text_of(address or item), 2000))
    for name in authors.organisations:
        yield Signal("jsonld_author_organization", name)


def _from_text(text: str) -> Iterator[Signal]:
    match = _DATELINE.search(text[:_DATELINE_WITHIN])
    if match is not None:
        yield Signal("dateline", one_line(match.group()))


def _phrases(tree: HtmlElement) -> Iterator[str]:
    """Give the sentences that name an earlier publication, with the link's text in them."""
    seen = 0
    for element in tree.iter("p", "em", "i", "small", "span", "div", "li", "strong", "a", "b"):
        if seen >= _MOST_PHRASES:
            return
        own = " ".join([element.text or "", *(child.tail or "" for child in element)])
        if _PHRASE.search(own):
            sentence = _sentence(one_line(_block(element).text_content(), 5000))
            if sentence:
                seen += 1
                yield sentence


def _block(element: HtmlElement) -> HtmlElement:
    while element.tag not in _BLOCKS and element.getparent() is not None:
        element = element.getparent()
    return element


def _sentence(block: str) -> str:
    match = _PHRASE.search(block)
    if match is None:
        return ""
    start = max(block.rfind(mark, 0, match.start()) + 2 for mark in (". ", "! ", "? ", "\u0000"))
    start = max(start if start > 1 else 0, match.start() - _PHRASE_LENGTH // 2)
    return one_line(block[start : start + _PHRASE_LENGTH], _PHRASE_LENGTH)
