"""Forms that are none, routes by role, and who comes in by a token."""

from __future__ import annotations

import asyncio
import io
from http import HTTPStatus

import pytest
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.client_address import ClientAddress
from scheduler.access.guarded_route import GuardedRoute, form_fields, form_values
from scheduler.access.identity import Identity
from scheduler.web.guard import HostGuard
from storage.operators import audit, tokens
from storage.operators.accounts import AccountRole
from storage.operators.audit import Interface
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.scheduler.access.test_access import FORM, visiting
from tests.scheduler.web.world import NOW, a_token, an_account, serving

_MB = 1024 * 1024


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (
            b"a=" + b"x" * (_MB - 1),
            FORM["content-type"],
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "That is more than 1 MB.",
        ),
        (
            b'{"what": "pause"}',
            "application/json",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "A form is sent as application/x-www-form-urlencoded.",
        ),
        (
            b"--x\r\n",
            "multipart/form-data; boundary=x",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "A form is sent as application/x-www-form-urlencoded.",
        ),
        (
            b"what=\xff\xfe",
            FORM["content-type"],
            HTTPStatus.BAD_REQUEST,
            "That form can&#39;t be read.",
        ),
        (
            b"what=pause&" + b"&".join(b"a=b" for _ in range(2000)),
            FORM["content-type"],
            HTTPStatus.BAD_REQUEST,
            "That form can&#39;t be read.",
        ),
        (b"", "application/json", HTTPStatus.BAD_REQUEST, "that can&#39;t be done to a source"),
        (b"what=pause", f"{FORM['content-type']}; charset=utf-8", HTTPStatus.SEE_OTHER, ""),
        (b"what=pause&a=" + b"x" * (_MB - 13), FORM["content-type"], HTTPStatus.SEE_OTHER, ""),
        (
            b"what=pause&" + b"&".join(b"a=b" for _ in range(1999)),
            FORM["content-type"],
            HTTPStatus.SEE_OTHER,
            "",
        ),
        (b"a=1&what=stop&what=pause", FORM["content-type"].upper(), HTTPStatus.SEE_OTHER, ""),
    ],
)
async def test_a_form_is_read_or_refused_by_what_is_wrong(
    db: Database, body: bytes, kind: str, status: HTTPStatus, said: str
) -> None:
    async with serving(db) as server, visiting(server, a_token(db, TokenScope.WRITE)) as editor:
        answer = await editor.ask(
            "POST", "/sources/1", data=io.BytesIO(body), headers={"content-type": kind}
        )
        assert answer.status == status
        assert said in answer.text


async def test_a_form_gives_all_its_fields_also_the_empty_ones_and_of_one_all_values() -> None:
    said: list[object] = []

    async def form(request: Request) -> Response:
        await asyncio.sleep(0)
        said.append(
            (form_values(request, "pick"), form_values(request, "other"), form_fields(request))
        )
        return Response()

    async def sent(_: object) -> None:
        await asyncio.sleep(0)

    parts = iter([b"pick=1&note=&pi", b"ck=2"])

    async def receive() -> dict[str, object]:
        await asyncio.sleep(0)
        part = next(parts)
        return {"type": "http.request", "body": part, "more_body": part != b"ck=2"}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "headers": [],  # no kind: a program that sends none
        "path_params": {},
        "identity": Identity(
            ClientAddress("127.0.0.1", secure=False, is_local=True), AccountRole.ADMIN
        ),
    }
    await (
        GuardedRoute("/x", form, AccountRole.EDITOR, ("POST",))
        .starlette_route()
        .handle(scope, receive, sent)
    )
    assert said == [(["1", "2"], [], {"pick": "2", "note": ""})]


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 2**64, 10**30])
async def test_a_number_beyond_all_is_not_found(db: Database, number: int) -> None:
    async with serving(db) as server, visiting(server, a_token(db, TokenScope.READ)) as viewer:
        assert (await viewer.get(f"/stories/{number}")).status == HTTPStatus.NOT_FOUND


async def test_who_lacks_the_role_is_told_which_is_needed(db: Database) -> None:
    an_account(db, "eve", AccountRole.VIEWER)
    async with serving(db) as server, visiting(server) as visitor:
        turned = await visitor.get("/access")
        assert turned.leads_to == "/login?next=/access"
        assert (await visitor.ask("HEAD", "/access")).leads_to == "/login?next=/access"
        assert (
            await visitor.get("/stories?q=a%26b")
        ).leads_to == "/login?next=/stories%3Fq%3Da%2526b"
        sent = await visitor.post("/sources/1", {})
        assert sent.status == HTTPStatus.UNAUTHORIZED
        assert "Log in first." in sent.text
        await visitor.log_in("eve")
        refused = await visitor.get("/access")
        assert refused.status == HTTPStatus.FORBIDDEN
        assert "needs the role admin; you are viewer" in refused.text


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer made-up", HTTPStatus.SEE_OTHER),
        ("Bearer ", HTTPStatus.SEE_OTHER),
        ("Basic YTpi", HTTPStatus.SEE_OTHER),
        ("bearer {token}", HTTPStatus.OK),
        ("Bearer  {token} ", HTTPStatus.OK),
    ],
)
async def test_a_token_is_good_or_it_is_not(
    db: Database, authorization: str, status: HTTPStatus
) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    headers = {"Authorization": authorization.format(token=a_token(db, TokenScope.READ))}
    async with serving(db) as server, visiting(server) as program:
        assert (await program.get("/sources", headers=headers)).status == status


async def test_what_a_token_does_is_its_own_and_when_it_was_used_is_kept(db: Database) -> None:
    secret = a_token(db, TokenScope.WRITE)
    async with serving(db) as server, visiting(server, secret) as program:
        assert (await program.post("/sources/1", {"what": "pause"})).status == HTTPStatus.SEE_OTHER
    with db.connect() as conn:
        [token] = tokens.list_all(conn)
        done = audit.page(conn, limit=1)[0]
    assert token.used_at == NOW
    assert (done.who, done.how) == ("token a test", Interface.API)


async def test_a_database_that_is_away_is_said_and_nobody_comes_in(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    token = a_token(db, TokenScope.READ)
    async with serving(db) as server, visiting(server, token) as program:
        with db.begin() as conn:
            conn.exec_driver_sql("ALTER TABLE tokens RENAME TO elsewhere")
        answer = await program.get("/sources")
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert (await program.get("/livez")).status == HTTPStatus.OK


def test_a_route_without_a_role_says_so_aloud() -> None:
    async def nothing(_request: object) -> None:
        await asyncio.sleep(0)

    route = GuardedRoute("/x", nothing, None)  # type: ignore[arg-type]
    assert route.methods == ("GET",)
    assert route.signed is False
    assert route.starlette_route().path == "/x"


async def test_what_is_no_request_passes_the_guard() -> None:
    seen: list[str] = []

    async def app(scope: dict[str, str], _receive: object, _send: object) -> None:
        seen.append(scope["type"])

    async def nothing(*_: object) -> None:
        return None

    await HostGuard(app, frozenset({"localhost"}))({"type": "lifespan"}, nothing, nothing)  # type: ignore[arg-type]
    assert seen == ["lifespan"]


async def test_a_name_that_is_opened_reaches_its_path_alone() -> None:
    seen: list[str] = []

    async def app(scope: dict[str, str], _receive: object, _send: object) -> None:
        seen.append(scope["path"])

    async def nothing(*_: object) -> None:
        return None

    guard = HostGuard(
        app,  # type: ignore[arg-type]
        frozenset({"localhost"}),
        {"/push/": "Hub.example".lower(), "/feeds/": ""},
    )
    for host, path in (
        ("hub.example", "/push/x"),
        ("HUB.example:443", "/push/x"),
        ("hub.example.", "/push/x"),
        ("hub.example", "/sources"),
        ("hub.example", "/pushy"),
        ("", "/feeds/x"),
        ("evil.example", "/push/x"),
        ("[::1]:80", "/a"),
        ("127.0.0.1", "/b"),
        ("127.0.0.1.evil.example", "/c"),
    ):
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [(b"host", host.encode())],
        }
        await guard(scope, nothing, nothing)  # type: ignore[arg-type]
    assert seen == ["/push/x", "/push/x", "/push/x", "/a", "/b"]
