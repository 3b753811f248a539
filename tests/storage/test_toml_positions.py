"""Every key of a TOML text is found on its line, whatever stands in its strings."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.toml_positions import Key, TomlPositions

TEXT = '''\
id = "newsroom" # [[topic]]
defaults.quiet = "22:00-07:00"

[named]
"with dot.s" = 'a'
russia = """
[[topic]]
name = "no topic"
"""

[[topic]]
name = "one"
tell = [
  "a@example.org",   # x = [
  { webhook = "https://example.org/[1]", mode = "spike" },
]

  [[ topic ]]
  query = \'\'\'
ferry AND
  strike\'\'\'
  [topic.deep]
  x = 2026-01-01 10:00:00
[[topic]]
name = 'two'
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("id",), 1),
        (("defaults", "quiet"), 2),
        (("named",), 4),
        (("named", "with dot.s"), 5),
        (("named", "russia"), 6),
        (("topic", 0), 11),
        (("topic", 0, "name"), 12),
        (("topic", 0, "tell", 0), 14),
        (("topic", 0, "tell", 1, "mode"), 15),
        (("topic", 1, "query"), 19),
        (("topic", 1, "deep", "x"), 23),
        (("topic", 2, "name"), 25),
        (("topic", 2, "query"), 24),
        (("nothing",), 1),
    ],
    ids=str,
)
def test_a_key_is_found_or_else_what_stands_round_it(key: Key, line: int) -> None:
    assert (TomlPositions(TEXT).line(key) or 1) == line
    crlf = TEXT.replace("\n", "\r\n")
    assert (TomlPositions(crlf).line(key) or 1) == line


@pytest.mark.parametrize(
    ("written", "word", "line"),
    [
        ("'''\nferry\nstrike'''", "strike", 3),
        ('"""\nferry \\\n   strike"""', "strike", 3),
        ('"ferry\\nstrike"', "strike", 1),
        ('"""\\u0041\\U0001F600\n\\"x\nstrike"""', "strike", 3),
        ("'''  \n\n ferry\nstrike'''", "strike", 4),
        ('"""x""\ny"""""', "y", 2),
    ],
)
def test_a_place_in_a_string_is_found_by_what_the_string_means(
    written: str, word: str, line: int
) -> None:
    text = f"q = {written}\n"
    position = tomllib.loads(text)["q"].strip().index(word)
    assert TomlPositions(text).line_in_string(("q",), position) == line


_KEYS = st.from_regex(r"[a-z0-9_-]{1,6}", fullmatch=True)
_VALUES = st.recursive(
    st.text(max_size=8) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
def test_everything_that_tomllib_finds_is_found(data: dict[str, Any]) -> None:
    text = "".join(f"{key} = {_written(value)}\n" for key, value in data.items())
    assert tomllib.loads(text) == data
    found = TomlPositions(text)
    assert found.keys() == set(_keys((), data)) - {()}
    for number, key in enumerate(data, 1):
        assert found.line((key,)) == number


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k} = {_written(v)}' for k, v in value.items())}}}"
    return str(value)


def _keys(key: Key, value: object) -> list[Key]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [key, *(each for name, part in inner for each in _keys((*key, name), part))]
