"""Words by language: what a file may hold, and that a file alone makes a language known."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.extract.credits.people import split_names
from crawler.extract.dates.written_dates import day_written
from crawler.extract.text.wrapper import kind_of
from crawler.lexicon import languages
from crawler.lexicon.agencies import agency_named
from crawler.lexicon.credit_phrases import publication_phrases, source_label
from crawler.lexicon.edit_words import is_correction
from crawler.lexicon.languages import SECTIONS, by_language, either, words
from crawler.lexicon.wall_phrases import opening_phrases
from scheduler.query.language.stop_words import is_stop_word
from scheduler.query.language.tree import Phrase
from storage.models.articles import WrapperKind
from storage.models.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(languages.__file__).parent
FILES = sorted((FOLDER / "languages").glob("*.toml"))
WORDS = {  # whose entries are words; all others are regular expressions, or both
    *(("dates", key) for key in SECTIONS["dates"] if key != "about_itself"),
    ("quotations", "in_full_stems"),
    *(("credits", key) for key in ("labels", "placeholders", "stems", "original_stems")),
}
MADE_UP = r"""
[dates]
months = [
    "primer", "seconder", "thirder", "fourther", "fifther", "sixther",
    "seventher", "eighther", "ninther", "tenther", "eleventher, elev", "twelfther",
]
[bylines]
name = ["skribita de"]
[credits]
phrases = ['\bunue aperis en\b']
stems = ["aperis"]
labels = ["fontoj"]
roles = ["raportistaro"]
[walls]
not_found = ['\bpagxo netrovita']
[wrapper]
related = ["legu ankaux"]
[edits]
corrections = ["gxustigo"]
[queries]
stop_words = ["kajaux"]
"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_language_has_known_sections_only(file: Path) -> None:
    assert re.fullmatch(r"[a-z]{2}|mul", file.stem)
    for section, entries in tomllib.loads(file.read_text("utf-8")).items():
        assert entries.keys() <= SECTIONS[section].keys()
        for key, values in entries.items():
            assert values
            assert all(isinstance(value, str) for value in values)
            assert len(values) == len(set(values)) or "months" in key
            assert (section, key) in WORDS or all(re.compile(value) for value in values)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_calendar_has_twelve_months(file: Path) -> None:
    dates = tomllib.loads(file.read_text("utf-8")).get("dates", {})
    for key in dates.keys() & {"months", "persian_months"}:
        assert len(dates[key]) == 12


def test_every_known_key_is_used_by_some_language() -> None:
    assert [key for part, keys in SECTIONS.items() for key in keys if not words(part, key)] == []


def test_phrases_come_with_their_stems() -> None:
    assert by_language("credits", "phrases").keys() == by_language("credits", "stems").keys()
    in_full = by_language("quotations", "in_full")
    assert in_full.keys() == by_language("quotations", "in_full_stems").keys()


def test_a_key_that_is_misspelt_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("dates", "mouths")


def test_a_space_stands_for_what_parts_words_where_lines_are_of_markup() -> None:
    assert r"lesen\W+sie\W+auch" in either("wrapper", "related")
    assert "read (more|also|next)" in either("edits", "page_lines")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copytree(FOLDER, tmp_path / "lexicon", ignore=shutil.ignore_patterns("*.py*"))
    (tmp_path / "lexicon" / "languages" / "xx.toml").write_text(MADE_UP, "utf-8")
    monkeypatch.setattr(languages, "data_folder", lambda: tmp_path / "lexicon")
    forget()
    yield
    forget()


def forget() -> None:
    """Let all that was made of the lexicon be made anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("crawler.", "scheduler.query.language.")):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None and getattr(value, "__module__", None) == name:
                    clear()


@pytest.mark.usefixtures("made_up")
def test_a_file_alone_makes_a_language_known() -> None:
    assert day_written("7 elev 2023") == date(2023, 11, 7)
    assert split_names(["Skribita de Ada Low"]) == ["Ada Low"]
    assert source_label().match("Fontoj: Gazeto")
    stems, phrase = publication_phrases()[-1]
    assert stems == ("aperis",)
    assert phrase.search("unue aperis en Gazeto")
    assert agency_named("Reuters Raportistaro") == agency_named("Reuters")
    assert any(
        p is Problem.SOFT_404 and said.search("Pagxo netrovita") for p, said in opening_phrases()
    )
    assert kind_of("Legu ankaux: alia artikolo", "") is WrapperKind.RELATED
    assert is_correction("Gxustigo: la nombro estas alia.")
    assert is_stop_word(Phrase(("kajaux",)))


def test_a_language_that_was_taken_out_is_unknown_again() -> None:
    assert day_written("7 elev 2023") is None
    assert split_names(["Skribita de Ada Low"]) == ["Skribita de Ada Low"]
