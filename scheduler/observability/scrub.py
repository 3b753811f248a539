"""Takes secrets out of what is said about a failure: by the names of values, and by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

FILTERED = "[filtered]"

_SECRET_NAME = re.compile(
    r"passw|passphrase|secret|token|api_?key|private_?key|credential|authorization|cookie|dsn",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"""(?ix)
    \b ([\w-]*(?:passw|secret|token|api_?key|private_?key|credential|authorization|cookie|dsn)[\w-]*)
    (["']? \s* [=:] \s*)
    ("[^"]*" | '[^']*' | (?:bearer\s+|basic\s+)?[^\s,;&)}\]]+)
    """
)
_WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]+")
_USER_INFO = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)[^/?#\s\"'<>]*@")
_QUERY = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s?\"'<>]+\?)[^\s#\"'<>]+")
# Many services put their secret into a webhook's path: long, with capitals and figures.
_KEY_IN_PATH = re.compile(r"(?<=/)(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}")


def without_credentials(text: str) -> str:
    """Take user names and passwords out of the URLs in a text."""
    return _USER_INFO.sub(rf"\1{FILTERED}@", text)


class Scrubber:
    """Cleans texts and nested values; `known` are this installation's own secrets, as they are."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        # The longest first: one secret may begin as another one does.
        self._known = sorted({secret for secret in known if secret}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Clean a text."""
        for secret in self._known:
            text = text.replace(secret, FILTERED)
        text = _QUERY.sub(rf"\1{FILTERED}", without_credentials(text))
        text = _ASSIGNED.sub(rf"\1\2{FILTERED}", text)
        return _KEY_IN_PATH.sub(FILTERED, _WEBHOOK_SECRET.sub(FILTERED, text))

    def value(self, value: Any) -> Any:  # noqa: ANN401 - an event is any JSON
        """Clean a value and all within it; what a secret's name stands for is dropped whole."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes | bytearray):
            return FILTERED
        if isinstance(value, Mapping):
            return {key: self._named(key, each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value

    def _named(self, key: object, value: Any) -> Any:  # noqa: ANN401 - see above
        if value is not None and isinstance(key, str) and _SECRET_NAME.search(key):
            return FILTERED
        return self.value(value)
