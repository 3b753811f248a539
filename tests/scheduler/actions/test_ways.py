"""Commands, pages and API do the same: the audit log has the same words and values for each."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from scheduler.actions.audit_log import AuditAction
from storage.delivery import endpoints
from storage.models.deliveries import Endpoint
from storage.operators import audit
from storage.operators.accounts import AccountRole
from storage.operators.audit import Interface
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.scheduler.access.test_access import Visitor, visiting
from tests.scheduler.cli.conftest import Wirewatch
from tests.scheduler.web.world import NOW, a_token, an_account, serving

ALERT = "alert_82199d7a16a1de6e8eef6862"
HOOK = "https://hooks.example.org/secret-path"
SECRET = "four wise ferrymen"
MAIL = {"channel": "email", "address": "night@example.org"}
Form = tuple[str, Mapping[str, str]]
Call = tuple[str, str, Mapping[str, Any] | None]


@dataclass(frozen=True)
class Step:
    """One change by each way that has it; `stdin` is what the command reads."""

    what: str
    command: tuple[str, ...]
    form: Form
    call: Call | None = None
    stdin: str = ""


# In this order, each on the state that those before have left.
STEPS = (
    Step(
        "topic added",
        ("topic", "add", "boats", "--query", "boat"),
        ("/topics/new", {"what": "save", "name": "boats", "query": "boat"}),
        ("POST", "/topics", {"name": "boats", "query": "boat"}),
    ),
    Step(
        "topic changed",
        ("topic", "set", "boats", "--query", "boat OR ferry"),
        ("/topics/2/edit", {"what": "save", "query": "boat OR ferry"}),
        ("PATCH", "/topics/2", {"query": "boat OR ferry"}),
    ),
    Step(
        "topic muted",
        ("topic", "mute", "boats"),
        ("/topics/2", {"what": "mute"}),
        ("PATCH", "/topics/2", {"muted": True}),
    ),
    Step(
        "topic unmuted",
        ("topic", "unmute", "boats"),
        ("/topics/2", {"what": "unmute"}),
        ("PATCH", "/topics/2", {"muted": False}),
    ),
    Step(
        "recipient added",
        ("topic", "tell", "boats", "--email", "night@example.org", "--quiet", "22:00-07:00"),
        ("/topics/2/recipients", MAIL | {"quiet": "22:00-07:00"}),
        ("POST", "/topics/2/recipients", MAIL | {"quiet": "22:00-07:00"}),
    ),
    Step(
        "recipient changed",
        ("topic", "tell", "boats", "--email", "night@example.org", "--digest", "daily 07:30"),
        ("/topics/2/recipients", MAIL | {"digest": "daily 07:30"}),
        ("POST", "/topics/2/recipients", MAIL | {"digest": "daily 07:30"}),
    ),
    Step(
        "recipient removed",
        ("topic", "untell", "boats", "night@example.org"),
        ("/topics/2/recipients/3/remove", {}),
        ("DELETE", "/topics/2/recipients/3", None),
    ),
    Step(
        "topic removed",
        ("topic", "remove", "boats"),
        ("/topics/2", {"what": "remove"}),
        ("DELETE", "/topics/2", None),
    ),
    Step(
        "source paused",
        ("source", "pause", "1"),
        ("/sources/1", {"what": "pause"}),
        ("PATCH", "/sources/1", {"paused": True}),
    ),
    Step(
        "source resumed",
        ("source", "resume", "1"),
        ("/sources/1", {"what": "resume"}),
        ("PATCH", "/sources/1", {"paused": False}),
    ),
    Step(
        "budget changed",
        ("source", "budget", "1", "100"),
        ("/sources/1", {"what": "limit", "requests": "100"}),
        ("PATCH", "/sources/1", {"daily_budget": 100}),
    ),
    Step(
        "source removed",
        ("source", "remove", "4"),
        ("/sources/4", {"what": "remove"}),
        ("DELETE", "/sources/4", None),
    ),
    Step(
        "endpoint enabled",
        ("delivery", "enable", "hooks.example.org"),
        ("/deliveries/enable", {"endpoint": HOOK}),
    ),
    Step(
        "delivery replayed",
        ("delivery", "replay", "4"),
        ("/deliveries/4/replay", {}),
        ("POST", "/deliveries/4/replay", None),
    ),
    Step(
        "alert replayed",
        ("alert", "replay", ALERT),
        (f"/alerts/{ALERT}/replay", {}),
        ("POST", f"/alerts/{ALERT}/replay", None),
    ),
    Step(
        "story split",
        ("story", "split", "1", "6", "7"),
        ("/stories/1/split", {"article": "6,7"}),
        ("POST", "/stories/1/split", {"articles": [6, 7]}),
    ),
    Step(
        "stories merged",
        ("story", "merge", "1", "2"),
        ("/stories/1/merge", {"other": "2"}),
        ("POST", "/stories/1/merge", {"stories": [2]}),
    ),
    Step(
        "topic snoozed",
        ("topic", "snooze", "ferries", "until", "2027-02-01T08:00Z"),
        ("/topics/1", {"what": "snooze", "until": "2027-02-01T08:00Z"}),
    ),
    Step(
        "test sent",
        ("delivery", "test", "ferries", "--recipient", "desk@example.org"),
        ("/topics/1/recipients/1/test", {}),
    ),
    Step(
        "token created",
        ("token", "create", "a script", "--scope", "metrics"),
        ("/access/tokens", {"name": "a script", "scope": "metrics"}),
    ),
    Step("token revoked", ("token", "revoke", "2"), ("/access/tokens/2/revoke", {})),
    Step(
        "account added",
        ("account", "add", "bob", "--role", "editor"),
        ("/access/accounts", {"name": "bob", "role": "editor", "password": SECRET}),
        stdin=SECRET,
    ),
    Step(
        "role changed",
        ("account", "role", "bob", "viewer"),
        ("/access/accounts/2", {"what": "role", "role": "viewer"}),
    ),
    Step(
        "account disabled",
        ("account", "disable", "bob"),
        ("/access/accounts/2", {"what": "disable"}),
    ),
    Step(
        "account enabled", ("account", "enable", "bob"), ("/access/accounts/2", {"what": "enable"})
    ),
    Step(
        "password changed",
        ("account", "password", "bob"),
        ("/access/accounts/2", {"what": "password", "password": SECRET}),
        stdin=SECRET,
    ),
)


async def test_each_way_writes_the_same_line(
    wirewatch: Wirewatch, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        ways: dict[Interface, tuple[Database, Callable[[Step], Awaitable[bool]]]] = {}
        for way in Interface:
            folder = tmp_path / way
            folder.mkdir()
            shutil.copy(filled, folder / "wirewatch.db")
            db = Database.open(folder / "wirewatch.db")
            stack.callback(db.close)
            token = _prepare(db)
            if way is Interface.CLI:
                ways[way] = db, _by_command(wirewatch, folder, monkeypatch)
                continue
            server = await stack.enter_async_context(serving(db))
            bearer = token if way is Interface.API else ""
            visitor = await stack.enter_async_context(visiting(server, bearer))
            ways[way] = db, await _by_page(visitor) if way is Interface.WEB else _by_call(visitor)
        for step in STEPS:
            lines = [_newest(db, way) for way, (db, do) in ways.items() if await do(step)]
            assert len(lines) >= 2, step.what
            assert lines[0][0] == step.what
            assert all(line == lines[0] for line in lines), lines
            assert not any("secret-path" in text or SECRET in text for text in lines[0])


def _prepare(db: Database) -> str:
    """Let somebody log in, have a webhook fail, and return an API token's secret."""
    an_account(db, "ada", AccountRole.ADMIN)
    with db.begin() as conn:
        endpoints.put(conn, Endpoint(HOOK, failures=9, failing_since=NOW, disabled_at=NOW))
    return a_token(db, TokenScope.ADMIN)


def _newest(db: Database, way: Interface) -> tuple[str, str, str, str]:
    with db.connect() as conn:
        [line] = audit.page(conn, limit=1)
    assert line.how is way
    return line.what, line.about, line.old_value, line.new_value


def _by_command(
    wirewatch: Wirewatch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Step], Awaitable[bool]]:
    async def do(step: Step) -> bool:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{step.stdin}\n"))
        said = wirewatch("--data", str(folder), *step.command)
        assert said.status == 0, said.err
        return True

    return do


async def _by_page(visitor: Visitor) -> Callable[[Step], Awaitable[bool]]:
    await visitor.log_in("ada")
    csrf = {"csrf": await visitor.csrf()}

    async def do(step: Step) -> bool:
        path, fields = step.form
        form = [(name, each) for name, text in fields.items() for each in _values(name, text)]
        answer = await visitor.ask("POST", path, data=[*form, *csrf.items()])
        assert answer.status in (HTTPStatus.OK, HTTPStatus.SEE_OTHER), answer.text
        return True

    return do


def _values(name: str, text: str) -> list[str]:
    return text.split(",") if name == "article" else [text]


def _by_call(visitor: Visitor) -> Callable[[Step], Awaitable[bool]]:
    async def do(step: Step) -> bool:
        if step.call is None:
            return False
        method, path, body = step.call
        answer = await visitor.ask(method, f"/api/v1{path}", json=body)
        assert answer.status < HTTPStatus.BAD_REQUEST, answer.text
        return True

    return do


def test_each_word_is_a_noun_and_what_became_of_it() -> None:
    for action in AuditAction:
        assert re.fullmatch(r"[a-z ]+ ([a-z]+ed|split|sent)", action), action
        assert action.name == action.value.replace(" ", "_").upper()
