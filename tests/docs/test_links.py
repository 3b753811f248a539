"""Every link of the pages leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import PAGES, ROOT, anchors_of, links_of, text_of


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_project_lead_to_files_and_headings_that_are_there(page: str) -> None:
    for link in links_of(page):
        target = urlsplit(link)
        if target.scheme:
            assert target.scheme == "https", link
            continue
        file = ((ROOT / page).parent / target.path).resolve() if target.path else ROOT / page
        assert file.exists(), link
        if target.fragment:
            assert target.fragment in anchors_of(str(file.relative_to(ROOT))), link


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_files_that_are_named_are_there(page: str) -> None:
    """A path in code, such as `crawler/fetch/egress.py`, is a file or a folder of the project."""
    named = re.findall(r"`((?:storage|crawler|scheduler|tests|deploy)/[\w./-]*)`", text_of(page))
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing == []


def test_each_walk_is_numbered_and_names_its_files() -> None:
    walks = text_of(".github/ARCHITECTURE.md").split("## Walks")[1].split("## Glossary")[0]
    for name in ("a page", "a topic", "a delivery", "a setting"):
        walk = walks.split(f"### The way of {name}\n")[1].split("###")[0]
        steps = re.findall(r"^(\d+)\. ", walk, re.MULTILINE)
        assert steps == [str(number) for number in range(1, len(steps) + 1)]
        assert len(re.findall(r"`[\w/]+\.py`", walk)) >= len(steps)


@pytest.mark.parametrize("floor", ["storage", "crawler", "scheduler"])
def test_each_floor_names_its_rooms(floor: str) -> None:
    page = text_of(f"{floor}/README.md")
    rooms = [path.name for path in Path(ROOT / floor).iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if f"`{room}/`" not in page] == []
