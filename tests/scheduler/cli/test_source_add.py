"""`source add` and `source check`, as a user types them, on publishers of loopback."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from scheduler.demo.installation import DemoPorts, Installation, config_text, free_port
from scheduler.demo.publishers import PublishersProxy
from scheduler.demo.world import load_world
from storage.crawl import fetches, sources
from storage.sql.database import Database

T = TypeVar("T")
SITE = "http://meridian-wire.example/"


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with PublishersProxy(load_world(), datetime.now(UTC)) as proxy:
        installation = Installation(tmp_path / "data")
        ports = DemoPorts(proxy.url, free_port(), free_port(), free_port())
        installation.configure(config_text(ports))
        yield installation


def stored(installation: Installation, read: Callable[[Connection], list[T]]) -> list[T]:
    db = Database.open(installation.data / "wirewatch.db")
    try:
        with db.connect() as conn:
            return read(conn)
    finally:
        db.close()


async def test_a_check_shows_what_an_added_source_would_take(installation: Installation) -> None:
    feed = next(p.feed_url for p in load_world().publishers if p.host == "meridian-wire.example")
    checked = await installation.command("source", "check", SITE, "--json")
    assert checked.status == 0, checked.err
    facts = json.loads(checked.out)
    assert facts["feed"] == feed
    assert facts["new"] == facts["items"] != []
    assert stored(installation, sources.list_all) == []

    added = await installation.command("source", "add", SITE, "http://nobody.example/")
    assert added.status == 2, "one of the two is no source"
    assert "nobody.example" in added.err
    [source] = stored(installation, sources.list_all)
    assert (source.url, source.alert_backlog) == (feed, False)
    asked = stored(installation, functools.partial(fetches.of_url, url=feed))
    assert len(asked) == 2, "commands write into the ledger too"


async def test_what_a_site_has_is_shown_without_taking_it(installation: Installation) -> None:
    shown = await installation.command("source", "add", SITE, "--dry-run", "--json")
    assert shown.status == 0, shown.err
    [site] = json.loads(shown.out)
    first, *others = site["candidates"]
    assert (first["kind"], first["number"]) == ("feed", 1)
    assert first["samples"]
    assert all(0 <= other["overlap_with_first"] <= 1 for other in others)
    assert site["added"] == []
    assert stored(installation, sources.list_all) == []


async def test_an_operator_picks_by_number(installation: Installation) -> None:
    refused = await installation.command("source", "add", SITE, "--pick", "99")
    assert refused.status == 2
    assert "numbered 1 to" in refused.err
    taken = await installation.command("source", "add", SITE, "--pick", "1")
    assert taken.status == 0, taken.err
    assert len(stored(installation, sources.list_all)) == 1


async def test_an_opml_file_is_reported_line_by_line_and_what_is_good_is_kept(
    installation: Installation, tmp_path: Path
) -> None:
    feed = next(p.feed_url for p in load_world().publishers if p.host == "meridian-wire.example")
    file = tmp_path / "list.opml"
    file.write_text(
        '<opml version="2.0"><body>\n'
        f'<outline text="Wires"><outline text="Meridian" xmlUrl="{feed}"/></outline>\n'
        f'<outline text="Again" xmlUrl="{feed}"/>\n'
        '<outline text="Bad" xmlUrl="javascript:alert(1)"/>\n'
        '<outline text="Dead" xmlUrl="http://nobody.example/feed"/>\n'
        '<outline text="Inside" xmlUrl="http://10.1.2.3/feed"/>\n'
        "</body></opml>"
    )
    dry = await installation.command("opml", "import", str(file), "--dry-run", "--json")
    assert [each["what"] for each in json.loads(dry.out)["lines"]] == [
        "new",
        "duplicate",
        "bad address",
        "new",
        "bad address",
    ]
    assert stored(installation, sources.list_all) == []

    done = await installation.command("opml", "import", str(file), "--check", "--json")
    assert done.status == 2, "three lines brought nothing"
    assert [(each["line"], each["what"]) for each in json.loads(done.out)["lines"]] == [
        (2, "added"),
        (3, "duplicate"),
        (4, "bad address"),
        (5, "unreadable"),
        (6, "bad address"),
    ]
    assert "fetch.allow_networks" in json.loads(done.out)["lines"][-1]["why"]
    [source] = stored(installation, sources.list_all)
    assert (source.title, source.url) == ("Meridian", feed)

    exported = await installation.must("opml", "export")
    again = tmp_path / "again.opml"
    again.write_text(exported)
    known = await installation.command("opml", "import", str(again), "--json")
    assert known.status == 0, known.err
    assert [each["what"] for each in json.loads(known.out)["lines"]] == ["known"]


async def test_rules_are_tried_beside_what_is_read_without_them(
    installation: Installation, tmp_path: Path
) -> None:
    rules, page = tmp_path / "site.toml", tmp_path / "page.html"
    rules.write_text('hosts = ["herald.example"]\ntitle = ".hd"\n')
    words = " ".join(f"The ferry of line {number} left the quay on time." for number in range(12))
    page.write_text(f'<h1>Other</h1><div class="hd">The right title</div><p>{words}</p>')
    tried = await installation.must("rules", "try", str(page), "--rules", str(rules), "--json")
    found = json.loads(tried)
    assert found["with the rules"]["title"] == "The right title"
    assert found["without"]["title"] == "Other"
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('hosts = ["herald.example"]\ntext = ">>"\n')
    refused = await installation.command("rules", "check", str(rules), str(wrong))
    assert refused.status == 2
    assert "wrong.toml:2" in refused.err
