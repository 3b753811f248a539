"""The forms of words with figures in them: F-16s, 737s, MP3s, the 1990s, die 737er; pure.

No language's rules for stems look at such words, and English plurals of them stand in all languages.
"""

from __future__ import annotations

import re

# A small s behind a figure, a capital, or a name's ending: MQ-9s, B-1Bs, A320neos. Not a capital: A4S
# is a name of its own.
_PLURAL = re.compile(r"(?P<base>(?=\w*\d)\w*[^\W_s])s")
_GERMAN = re.compile(r"(?P<base>\w*\d)er[ns]?")
_DECADE = re.compile(r"(?:\d\d)?\d0(?:s|er[ns]?)")
_APOSTROPHES = "'\u2019"
_WITH_S = re.compile(rf"(?P<base>\w*\d)[{_APOSTROPHES}]s")


def singular(surface: str, language: str | None = None) -> str | None:
    """Return what of a word with figures stands without its ending; None for any other word."""
    word = surface.rstrip(_APOSTROPHES)
    if not word or word[-1] not in "snr":
        return None
    plural = _PLURAL.fullmatch(word) or (_GERMAN.fullmatch(word) if language == "de" else None)
    return plural["base"] if plural else None


def asked_for(surface: str) -> tuple[str, ...]:
    """Return the words that a query means by one with figures; none when it is as any other word.

    Who asks for F-16s means one of them too; of decades this does not hold. Where no capital tells
    (a4s) it may be a name as well as a plural.
    """
    base = None if _DECADE.fullmatch(surface) else singular(surface)
    if base is None:
        return ()
    is_name = surface.islower() and not base.isdecimal()
    return (surface, base) if is_name else (base,)


def spelt_with_s(surface: str) -> str | None:
    """Return a plural with an apostrophe as it is without: 1990's; None for any other word."""
    plural = _WITH_S.fullmatch(surface)
    return f"{plural['base']}s" if plural else None
