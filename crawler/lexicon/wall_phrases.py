"""What walls say of themselves, in the languages of the web: one pattern a kind of wall; pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crawler.lexicon.languages import either
from storage.models.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

_AT_THE_BEGINNING = (
    (Problem.SOFT_404, "not_found"),
    (Problem.CONSENT_WALL, "consent"),
    (Problem.LOGIN_WALL, "login"),
    (Problem.BOT_WALL, "bot"),
    (Problem.PARKED, "parked"),
    (Problem.NOT_AN_ARTICLE, "out_of_order"),
)
_ANYWHERE = ((Problem.BOT_WALL, "bot_anywhere"), (Problem.CONSENT_WALL, "consent_anywhere"))


@cache
def opening_phrases() -> Sequence[tuple[Problem, re.Pattern[str]]]:
    """Return what to look for in a title and at the beginning of a text."""
    return [(problem, wall_phrases(key)) for problem, key in _AT_THE_BEGINNING]


@cache
def phrases_anywhere() -> Sequence[tuple[Problem, re.Pattern[str]]]:
    """Return what to look for in all of a short page."""
    return [(problem, wall_phrases(key)) for problem, key in _ANYWHERE]


@cache
def wall_phrases(key: str) -> re.Pattern[str]:
    """Return a pattern of what stands under a key of `walls` in all languages."""
    return re.compile(either("walls", key), re.IGNORECASE)
