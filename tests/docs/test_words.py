"""The glossary is law: words that an earlier version made up are in no module's and no class's name."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.docs.pages import ROOT, text_of

PRIVATE_WORDS = frozenset(
    [
        "anchorage",
        "again",
        "aside",
        "desk",
        "door",
        "doors",
        "gathering",
        "heat",
        "kinship",
        "lacking",
        "laid",
        "lane",
        "lanes",
        "making",
        "naming",
        "peers",
        "pointing",
        "room",
        "rounds",
        "seen",
        "setback",
        "standing",
        "steersman",
        "stranger",
        "teller",
        "telling",
        "told",
        "trying",
        "turn",
        "turns",
        "working",
        "yields",
    ]
)
# Words in -ing that are things. Before another word one says of which kind a thing is: `signing_keys`.
NOUNS_IN_ING = frozenset(
    ["folding", "heading", "listing", "monitoring", "routing", "setting", "string"]
)


def _modules() -> list[Path]:
    floors = ("storage", "crawler", "scheduler")
    return [path for floor in floors for path in sorted((ROOT / floor).rglob("*.py"))]


def _classes() -> list[tuple[str, Path]]:
    return [
        (node.name, path)
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def test_no_module_bears_a_private_word() -> None:
    named = {(path.stem, word) for path in _modules() for word in _words(path.stem)}
    assert {name for name, word in named if word in PRIVATE_WORDS} == set()


def test_no_module_is_a_doing() -> None:
    last_words = {path.stem: _words(path.stem)[-1:] for path in _modules()}
    doings = {
        name
        for name, words in last_words.items()
        for word in words
        if word.endswith("ing") and word not in NOUNS_IN_ING
    }
    assert doings == set()


def test_no_folder_bears_a_private_word() -> None:
    folders = {path.parent.name for path in _modules()}
    assert folders & PRIVATE_WORDS == set()


def test_no_class_bears_a_private_word() -> None:
    assert {name for name, _ in _classes() if set(_words(name)) & PRIVATE_WORDS} == set()


def test_one_class_name_means_one_thing() -> None:
    public = Counter(name for name, _ in _classes() if not name.startswith("_"))
    assert {name for name, times in public.items() if times > 1} == set()


def test_the_glossary_has_each_word_once_in_order_of_the_data_flow() -> None:
    glossary = text_of(".github/ARCHITECTURE.md").split("## Glossary")[1].split("## Decisions")[0]
    words = re.findall(r"^\| ([^|]+?) \| ", glossary, re.MULTILINE)[1:]
    assert len(words) > 30
    assert [word for word, times in Counter(words).items() if times > 1] == []
