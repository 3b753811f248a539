"""Every key that Wirewatch has in a Redis: its name, its type, what it holds, how long, how much."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RedisKeyKind:
    """Keys of one kind. `name` is as it is shown, after the prefix; {…} in it is the hash tag."""

    name: str
    type: str
    holds: str
    life: str
    bound: str

    def names(self, key: str) -> bool:
        """Tell whether a key, without its prefix, is of this kind."""
        pattern = re.sub(r"[A-Z]+", "\0", self.name)
        return re.fullmatch(re.escape(pattern).replace("\0", ".+"), key, re.DOTALL) is not None


_FOR_EVER, _WINDOW = "until filled anew", "the window of copies and a part of it"

KEYS = (
    RedisKeyKind("{frontier}:whole", "string", "filled, or who fills it", _FOR_EVER, "one"),
    RedisKeyKind("{frontier}:token", "string", "the number of the newest lease", "for ever", "one"),
    RedisKeyKind("{frontier}:closed", "zset", "hosts, by when they give a URL", _FOR_EVER, "hosts"),
    RedisKeyKind("{frontier}:idle", "zset", "hosts without URLs, until open", _FOR_EVER, "hosts"),
    RedisKeyKind("{frontier}:held", "hash", "who has a host, or when it opens", _FOR_EVER, "hosts"),
    RedisKeyKind("{frontier}:urls", "hash", "the address of each URL's key", _FOR_EVER, "URLs due"),
    RedisKeyKind(
        "{frontier}:host:HOST", "zset", "a host's URLs by due time", _FOR_EVER, "URLs due"
    ),
    RedisKeyKind("{hold:HOST}", "hash", "who asks a host; when it opens", "a minute more", "hosts"),
    RedisKeyKind("{texts}:state", "string", "filled, or who fills it; its epoch", _FOR_EVER, "one"),
    RedisKeyKind("{texts}:EPOCH:least", "string", "rows of a new part", _FOR_EVER, "one"),
    RedisKeyKind("{texts}:EPOCH:numbers", "string", "the newest text's number", _FOR_EVER, "one"),
    RedisKeyKind("{texts}:EPOCH:parts", "string", "the newest part's number", _FOR_EVER, "one"),
    RedisKeyKind(
        "{texts}:EPOCH:rows", "hash", "parts, and their rows", _FOR_EVER, "parts: about 5"
    ),
    RedisKeyKind("{texts}:EPOCH:postings", "hash", "parts, and how full", _FOR_EVER, "parts"),
    RedisKeyKind("{texts}:EPOCH:living", "hash", "parts, and their articles", _FOR_EVER, "parts"),
    RedisKeyKind("{texts}:EPOCH:flight", "zset", "texts being judged", _WINDOW, "parser places"),
    RedisKeyKind("{texts}:EPOCH:PART:p:ROW", "hash", "shingles: texts", _WINDOW, "1.1 kB a text"),
    RedisKeyKind("{texts}:EPOCH:PART:m:ROW:SHINGLE", "string", "many texts", _WINDOW, "512 bytes"),
    RedisKeyKind("{texts}:EPOCH:PART:n:ROW", "hash", "numbers: articles", _WINDOW, "200 texts"),
    RedisKeyKind("{texts}:EPOCH:PART:a:ROW", "hash", "articles: numbers", _WINDOW, "200 articles"),
    RedisKeyKind("{texts}:EPOCH:PART:ns", "set", "the rows of numbers", _WINDOW, "texts / 200"),
    RedisKeyKind("{live}:MINUTE", "hash", "what all processes did", "an hour", "60 of 3 numbers"),
    RedisKeyKind(
        "signal:WORD", "channel", "that something changed", "none: nothing is kept", "5 words"
    ),
)
