"""Tell a text's language: what the page declares, else what its words show."""

from __future__ import annotations

import re

_TAG = re.compile(r"([a-z]{2})(?:[-_].*)?\Z", re.IGNORECASE)
_SAMPLE = 2000  # characters; more make py3langid slower and no surer
_LEAST = 60  # characters, below which its guess is worth nothing


def detect_language(declared: tuple[str, ...], text: str) -> str | None:
    """Return an ISO 639-1 code: the first declared one that is one, else py3langid's, else None."""
    for tag in declared:
        match = _TAG.match(tag.strip())
        if match is not None:
            return match.group(1).lower()
    if len(text) < _LEAST:
        return None
    import py3langid  # noqa: PLC0415  loads a model; only workers that need it pay

    code, _ = py3langid.classify(text[:_SAMPLE])
    return str(code)
