"""What is generated is as the code has it, and what is written is what the code takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from scheduler.addresses.mail_address import TypedAddress
from scheduler.config.loader import load_settings
from scheduler.interchange.topic_file.parser import read_topic_file
from scheduler.query.language.parser import parse_query
from storage.sql import schema
from tests.docs.pages import PAGES, blocks_of, text_of
from tests.docs.reference import FILE, command_names, undescribed_settings, with_generated


def test_the_tables_of_settings_and_commands_are_as_the_code_has_them() -> None:
    """When this fails: `python -m tests.docs`."""
    text = FILE.read_text(encoding="utf-8")
    assert with_generated(text) == text


def test_every_setting_says_what_it_means() -> None:
    assert undescribed_settings() == []


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks for 'settings'"):
        with_generated("nothing")


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_commands_that_are_shown_exist(page: str) -> None:
    names = command_names()
    groups = {name.split()[0] for name in names}
    for line in re.findall(r"`wirewatch ([^`]+)`|^wirewatch (.+)$", text_of(page), re.MULTILINE):
        words = " ".join(line).split()
        if words[0].startswith("-"):
            continue
        assert " ".join(words[:2]) in names or words[0] in names | groups, words


def test_the_example_of_a_configuration_is_right(tmp_path: Path) -> None:
    examples = [block for block in blocks_of("deploy/README.md", "toml") if "[fetch]" in block]
    assert examples
    for example in examples:
        for text in (example, re.sub(r"^# (?=\w+ = )", "", example, flags=re.MULTILINE)):
            file = tmp_path / "wirewatch.toml"
            file.write_text(_without_notes(text))
            load_settings(file, {})


def _without_notes(text: str) -> str:
    """Drop lines that show several settings at once, which are no TOML."""
    return "\n".join(line for line in text.splitlines() if not re.match(r"\w+ = \d+, \w+ =", line))


def test_the_example_of_a_topic_file_is_right() -> None:
    [example] = [
        block for block in blocks_of("scheduler/README.md", "toml") if "[[topic]]" in block
    ]
    topics, flaws = read_topic_file(
        example,
        check_address=lambda _channel, address: TypedAddress(address),
        read_secret=lambda path: path,
        read_header_lines=lambda path: path,
    )
    assert flaws == []
    assert [topic.name for topic in topics.topics] == ["ferries"]


def test_the_queries_of_the_language_s_table_can_be_read() -> None:
    table = text_of("scheduler/README.md").split("| write | it finds |")[1].split("\n\n")[0]
    queries = [
        query.replace("\\|", "|").replace("…", "a b")
        for row in table.splitlines()[2:]
        for query in re.findall(r"`((?:[^`])+)`", row.removeprefix("| ").split(" | ")[0])
        if query.strip("#/* …")
    ]
    assert len(queries) > 20
    for query in queries:
        parse_query(f"needed {query}", {"ferries": "ferry OR ferries"})


def test_every_table_of_the_database_is_described() -> None:
    page = text_of("storage/README.md").split("## Data model")[1].split("## Retention")[0]
    [metadata] = [part for part in vars(schema).values() if isinstance(part, MetaData)]
    assert [name for name in metadata.tables if f"`{name}`" not in page] == []
