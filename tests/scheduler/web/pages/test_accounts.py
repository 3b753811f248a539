"""An admin's page of accounts and tokens, and everybody's own: what is refused, and why."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus

import pytest

from scheduler.web.server import WebServer
from storage.errors import InputError, NotFoundError
from storage.operators import accounts, audit, tokens
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.scheduler.access.test_access import Answer, Visitor, visiting
from tests.scheduler.web.world import NOW, PASSWORD, a_token, an_account, serving

NEW = "four wise ferrymen"


class Admin:
    """An admin at the pages, whose forms carry the token."""

    def __init__(self, visitor: Visitor, csrf: str) -> None:
        self.visitor = visitor
        self._csrf = csrf

    async def send(self, path: str, **form: str) -> Answer:
        return await self.visitor.post(path, {**form, "csrf": self._csrf})


@asynccontextmanager
async def admin(db: Database, server: WebServer) -> AsyncIterator[Admin]:
    async with visiting(server) as visitor:
        await visitor.log_in("ada")
        yield Admin(visitor, await visitor.csrf())


async def test_accounts_are_added_and_log_in(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, admin(db, server) as ada:
        made = await ada.send("/access/accounts", name="bob", role="editor", password=NEW)
        assert made.leads_to.startswith("/access")
        async with visiting(server) as bob:
            assert (await bob.log_in("bob", NEW)).status == HTTPStatus.SEE_OTHER
            assert (await bob.get("/sources/add")).status == HTTPStatus.OK
            assert (await bob.get("/access")).status == HTTPStatus.FORBIDDEN
    with db.connect() as conn:
        [added, *_] = [line for line in audit.page(conn, limit=9) if "account" in line.what]
        assert added.who == "ada"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "ada", "role": "viewer", "password": NEW}, "already"),
        ({"name": "", "role": "viewer", "password": NEW}, "1 to 64 letters"),
        ({"name": "a b", "role": "viewer", "password": NEW}, "1 to 64 letters"),
        ({"name": "x" * 65, "role": "viewer", "password": NEW}, "1 to 64 letters"),
        ({"name": "bob", "role": "god", "password": NEW}, "role is one of"),
        ({"name": "bob", "role": "viewer", "password": "short"}, "10 characters"),
        ({"name": "bob", "role": "viewer", "password": "x" * 201}, "200 characters"),
        ({"name": "bob", "role": "viewer", "password": "aaaaaaaaaaaa"}, "easy to guess"),
        ({"name": "bobby", "role": "viewer", "password": "bobby-bobby-1"}, "easy to guess"),
    ],
)
async def test_what_is_no_account_is_refused(db: Database, form: dict[str, str], says: str) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, admin(db, server) as ada:
        refused = await ada.send("/access/accounts", **form)
    assert refused.status == HTTPStatus.BAD_REQUEST
    assert says in refused.text
    with db.connect() as conn:
        assert len(accounts.list_all(conn)) == 1


async def test_an_admin_changes_passwords_roles_and_who_may_log_in(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    bob = an_account(db, "bob", AccountRole.VIEWER)
    path = f"/access/accounts/{bob.id}"
    async with serving(db) as server, admin(db, server) as ada, visiting(server) as visitor:
        await visitor.log_in("bob")
        assert (await ada.send(path, what="password", password=NEW)).leads_to.startswith("/access")
        assert (await visitor.get("/account")).leads_to.startswith("/login"), "logged out"
        assert (await visitor.log_in("bob", NEW)).status == HTTPStatus.SEE_OTHER
        await ada.send(path, what="role", role="admin")
        assert (await visitor.get("/access")).status == HTTPStatus.OK
        await ada.send(path, what="disable")
        assert (await visitor.log_in("bob", NEW)).status == HTTPStatus.UNAUTHORIZED
        await ada.send(path, what="enable")
        assert (await visitor.log_in("bob", NEW)).status == HTTPStatus.SEE_OTHER
        for form in (
            {"what": "password", "password": "short"},
            {"what": "role", "role": "god"},
            {"what": "nothing that there is"},
        ):
            assert (await ada.send(path, **form)).status == HTTPStatus.BAD_REQUEST, form
        gone = await ada.send("/access/accounts/999", what="password", password=NEW)
        assert gone.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)


async def test_tokens_need_a_name_and_a_scope(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, admin(db, server) as ada:
        for form in ({"name": "", "scope": "read"}, {"name": "a", "scope": "all"}):
            refused = await ada.send("/access/tokens", **form)
            assert refused.status == HTTPStatus.BAD_REQUEST
        made = await ada.send("/access/tokens", name="x" * 300, scope="read", days="30")
        secret = re.search(r"ww_read_[\w-]+", made.text)
        assert secret is not None
        gone = await ada.send("/access/tokens/99/revoke")
        assert gone.status == HTTPStatus.NOT_FOUND
    with db.connect() as conn:
        found = tokens.find(conn, secret[0], NOW)
        assert found is not None
        assert len(found.name) == 100
        assert found.expires_at == NOW + timedelta(days=30)
        assert tokens.find(conn, secret[0], NOW + timedelta(days=31)) is None


async def test_ones_own_password_needs_the_old_one(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, admin(db, server) as ada:
        for old, new, says in (
            ("guessed", NEW, "another one"),
            (PASSWORD, "short", "10 characters"),
        ):
            refused = await ada.send("/account/password", old=old, password=new)
            assert refused.status == HTTPStatus.BAD_REQUEST
            assert says in refused.text


async def test_other_sessions_are_ended_and_ones_own_stays(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, admin(db, server) as ada, admin(db, server) as elsewhere:
        await ada.send("/account/sessions/end")
        assert (await elsewhere.visitor.get("/account")).leads_to.startswith("/login")
        assert (await ada.visitor.get("/account")).status == HTTPStatus.OK


async def test_who_comes_with_a_token_has_no_account_here(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server, a_token(db, TokenScope.ADMIN)) as program:
        answer = await program.get("/account")
        assert answer.status == HTTPStatus.BAD_REQUEST
        assert "log in first" in answer.text


async def test_a_password_of_older_parameters_is_hashed_anew(db: Database) -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    with db.begin() as conn:
        accounts.add(
            conn, name="ada", password=weaker.hash(PASSWORD), role=AccountRole.ADMIN, now=NOW
        )
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.log_in("ada")).status == HTTPStatus.SEE_OTHER
    with db.connect() as conn:
        assert "t=1," in accounts.named(conn, "ada").password


async def test_a_hash_that_is_none_lets_nobody_in(db: Database) -> None:
    with db.begin() as conn:
        accounts.add(conn, name="ada", password="no hash", role=AccountRole.ADMIN, now=NOW)
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.log_in("ada", "no hash")).status == HTTPStatus.UNAUTHORIZED


async def test_who_is_logged_out_may_log_out_again(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.post("/logout", {})).leads_to.startswith("/login")


async def test_the_link_makes_no_second_admin(db: Database) -> None:
    from scheduler.web.pages.login import SetupLink

    setup = SetupLink()
    async with serving(db, setup=setup) as server, visiting(server) as visitor:
        assert (await visitor.get(setup.path)).status == HTTPStatus.OK
        an_account(db, "bob", AccountRole.ADMIN)
        late = await visitor.post(setup.path, {"name": "eve", "password": NEW})
        assert late.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
    with db.connect() as conn:
        assert [each.name for each in accounts.list_all(conn)] == ["bob"]


def test_what_is_not_there_is_named(db: Database) -> None:
    with db.begin() as conn:
        with pytest.raises(NotFoundError, match="account 9"):
            accounts.get(conn, 9)
        with pytest.raises(NotFoundError, match="'eve'"):
            accounts.named(conn, "eve")
        with pytest.raises(NotFoundError, match="token 9"):
            tokens.get(conn, 9)
        ada = accounts.add(conn, name="Ada", password="x", role=AccountRole.ADMIN, now=NOW)
        with pytest.raises(InputError, match="already"):
            accounts.add(conn, name="aDA", password="x", role=AccountRole.VIEWER, now=NOW)
        with pytest.raises(InputError, match="last admin"):
            accounts.disable(conn, ada.id, NOW)
        assert accounts.any_there(conn)
