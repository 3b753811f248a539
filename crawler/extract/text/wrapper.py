"""Part from a text the passages that a site put into it, each with its kind: they are evidence.

Only what says by itself what it is goes: everything else stays in the text.
"""

from __future__ import annotations

import re

from crawler.extract.markup.word_count import plain_words
from storage.models.articles import WrapperKind, Wrapping

_LONGEST = 300  # characters; a longer line is a paragraph
_MOST = 40  # passages
_LABEL = 60  # characters
_HASHTAGS = re.compile(r"^\s*(?:#\w[\w-]*[\s,·|]*)+$")
_HASHTAG = re.compile(r"#(\w[\w-]*)")
_BYLINE = re.compile(
    r"^\W*(?:posted |written |published )?(?:by|von|par|por|da|di)\W+"
    r"(?:info|admin|administrator|editor|webmaster|staff|newsdesk|news\W?desk)\W*$",
    re.IGNORECASE,
)
_KINDS = (
    (
        WrapperKind.SHARE,
        re.compile(
            r"^\W*(?:share\W+(?:this|on|via)\b(?:\W+(?:this|article|post|story|page|facebook|twitter|x|whatsapp|email|e-mail|linkedin|telegram|via|on|and|with|friends|your))*"
            r"|(?:artikel\W+)?teilen|diesen\W+artikel\W+teilen|partager(?:\W+(?:cet|l)\W+article)?|comparti[rl]|condividi(?:\W+articolo)?)\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        WrapperKind.COMMENTS,
        re.compile(
            r"^\W*(?:leave\W+a\W+(?:reply|comment)|your\W+email\W+address\W+will\W+not\W+be\W+published.*|required\W+fields\W+are\W+marked\W*"
            r"|save\W+my\W+name,?\W+email.*|post\W+a?\W*comment|cancel\W+reply|schreibe?\W+einen\W+kommentar"
            r"|laisser\W+un\W+commentaire|deja\W+(?:un\W+comentario|una\W+respuesta)|deixe\W+um\W+comentário|lascia\W+un\W+commento)\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        WrapperKind.PROMO,
        re.compile(
            r"^\W*(?:subscribe\W+to\W+(?:our|the)\b.{0,80}\b(?:newsletter|channel|feed)s?\b.{0,80}"
            r"|(?:follow|join)\W+us\W+on\W+(?:facebook|twitter|x|instagram|whatsapp|telegram|youtube|google\W+news)\b.{0,80}"
            r"|sign\W+up\W+(?:for|to)\W+(?:our|the)\b.{0,60}\bnewsletters?\b.{0,80}"
            r"|abonnieren\W+sie\W+unseren\b.{0,80}|abonnez\W?vous\W+à\W+(?:notre|la)\W+newsletter.{0,80}|suscríbete\W+a\W+nuestr[oa]\b.{0,80})$",
            re.IGNORECASE,
        ),
    ),
    (
        WrapperKind.RELATED,
        re.compile(
            r"^\W*(?:read\W+also|also\W+read|lesen\W+sie\W+auch|à\W+lire\W+aussi|lire\W+aussi|lea\W+también|leer\W+también|leggi\W+anche|leia\W+também|lees\W+ook|czytaj\W+(?:też|także)|читайте\W+также)\W*:.{0,200}$",
            re.IGNORECASE,
        ),
    ),
)


def kind_of(line: str, title: str) -> WrapperKind | None:
    """Say what a line of wrapper is; None for a line that may belong to the text."""
    if len(line) > _LONGEST:
        return None
    if _HASHTAGS.match(line):
        return WrapperKind.HASHTAGS if _repeats(line, title) else None
    if len(line) <= _LABEL and _BYLINE.match(line):
        return WrapperKind.BYLINE
    return next((kind for kind, pattern in _KINDS if pattern.match(line)), None)


def part_wrapper(text: str, title: str) -> tuple[str, tuple[Wrapping, ...]]:
    """Return the text without its wrapper, and the passages that were taken out, in their order.

    A text that would be left empty is given back whole.
    """
    kept: list[str] = []
    parted: list[Wrapping] = []
    for line in text.split("\n"):
        kind = kind_of(line, title) if len(parted) < _MOST else None
        if kind is None:
            kept.append(line)
        else:
            parted.append(Wrapping(kind, line.strip()))
    return ("\n".join(kept), tuple(parted)) if any(kept) else (text, ())


def _repeats(line: str, title: str) -> bool:
    """Whether half or more of a line's hashtags are made of the title's words."""
    said = "".join(plain_words(title))
    tags = ["".join(plain_words(tag)).replace("_", "") for tag in _HASHTAG.findall(line)]
    return sum(tag in said for tag in tags) * 2 >= len(tags) > 0
