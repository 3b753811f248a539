"""Recognise pages that answer 200 and hold no article: soft 404s, consent, login and robot walls."""

from __future__ import annotations

import re

from crawler.extract.words import has_words

_LONG_TEXT = 200  # words; an article about error pages is longer than an error page
_SAYS_SO = re.compile(
    r"""
    ^\W*(?:error\W+)?(?:404|410|403|500|503)\b
    | \b(?:page|article|story|content|document)\W+(?:is\W+|was\W+|can\W?not\W+be\W+|could\W+not\W+be\W+)?(?:not\W+found|no\W+longer\W+available|unavailable)
    | \bpage\W+introuvable | \bseite\W+(?:wurde\W+)?nicht\W+gefunden | \bp[aá]gina\W+(?:no|n[aã]o)\W+encontrada
    | \bpagina\W+(?:non\W+trovata|niet\W+gevonden) | \bnie\W+znaleziono\W+strony | \bsidan?\W+(?:kunde\W+)?(?:inte\W+hittades|ikke\W+fundet|ikke\W+funnet)
    | \bстраница\W+не\W+найдена | ページが見つかりません | 页面不存在 | 找不到页面
    | ^\W*(?:access\W+denied|just\W+a\W+moment|attention\W+required|forbidden|are\W+you\W+a\W+robot|bot\W+verification|security\W+check|checking\W+your\W+browser)
    | ^\W*(?:before\W+you\W+continue|consent\W+required|cookie\W+consent|bevor\W+sie\W+fortfahren|avant\W+de\W+continuer)
    | ^\W*(?:log\W?in|sign\W?in|anmelden|connexion|iniciar\W+sesi[oó]n)\W*$
    | \b(?:domain|site)\W+(?:is\W+)?(?:for\W+sale|parked|suspended)
    """,  # noqa: RUF001  Russian is written in Cyrillic letters
    re.IGNORECASE | re.VERBOSE,
)
_ROBOT_WALL = re.compile(
    r"verify(?:ing)? (?:that )?you(?:'|\u2019)?(?: a)?re (?:not a robot|(?:a )?human)"
    r"|enable javascript and cookies to continue|complete the captcha"
    r"|unusual traffic from your (?:computer )?network",
    re.IGNORECASE,
)


def wall_of(title: str, text: str) -> str | None:
    """Name what shows that a page is a wall and no article; None for an article."""
    if has_words(text, _LONG_TEXT):
        return None
    said = _SAYS_SO.search(title) or _SAYS_SO.search(text[:80]) or _ROBOT_WALL.search(text)
    return f"the page says {said.group().strip()!r}" if said else None
