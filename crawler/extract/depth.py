"""Count how deep a page's tags nest before any parser sees it.

lxml drops all below its limit in silence, and other parsers take quadratic time in depth.
"""

from __future__ import annotations

import re
from collections import Counter

from storage.errors import ExtractError
from storage.models import Problem

# libxml2 keeps 2,048 elements with huge_tree; html and body are two of them.
PARSER_DEPTH = 2040
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<(/?)([a-z][^\s/<>]*)[^<>]*?(/?)>",
    re.IGNORECASE | re.DOTALL,
)
_VOID = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_CLOSED_BY_THE_NEXT = "p|li|dt|dd|tr|td|th|thead|tbody|tfoot|option|optgroup|rt|rp|html|head|body"
_NEVER_OPEN = frozenset(f"{_VOID}|{_CLOSED_BY_THE_NEXT}".split("|"))
# Elements that bring levels of their own that are not counted (table: tbody, tr, td).
_LEVELS = {"table": 4, "ul": 2, "ol": 2, "dl": 2, "select": 2}


def check_depth(html: str, max_depth: int) -> None:
    """Raise `ExtractError(TOO_DEEP)` where more than `max_depth` elements stand open at once."""
    limit = min(max_depth, PARSER_DEPTH)
    if html.count("<") <= limit:
        return
    stack: list[str] = []
    standing: Counter[str] = Counter()
    depth = 0
    for match in _TOKEN.finditer(html):
        name = (match.group(3) or "").lower()
        if not name or name in _NEVER_OPEN or match.group(4):
            continue
        if not match.group(2):
            stack.append(name)
            standing[name] += 1
            depth += _LEVELS.get(name, 1)
            if depth > limit:
                raise ExtractError(Problem.TOO_DEEP, f"more than {limit} elements are nested")
        elif standing[name]:
            depth -= _close(name, stack, standing)


def _close(name: str, stack: list[str], standing: Counter[str]) -> int:
    """Close the nearest element of that name and all inside it; give the levels that closed."""
    levels = 0
    while True:
        inner = stack.pop()
        standing[inner] -= 1
        levels += _LEVELS.get(inner, 1)
        if inner == name:
            return levels
