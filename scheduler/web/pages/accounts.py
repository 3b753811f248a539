"""The pages of accounts and tokens, for admins, and everybody's own account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.client_address import peer_of
from scheduler.access.guarded_route import GuardedRoute, form_fields
from scheduler.access.identity import identity_of
from scheduler.access.passwords import Passwords, accepted_password, account_name
from scheduler.access.throttle import Throttle, refusal
from scheduler.actions import access
from scheduler.actions.audit_log import Actor
from scheduler.web.render.renderer import PageDeps, back_to
from storage.errors import InputError
from storage.operators import accounts, tokens
from storage.operators.accounts import Account, AccountRole, Session
from storage.operators.tokens import TokenScope

_DAYS = {"": None, "30": 30, "365": 365}


class AccountPages:
    """The pages, over their dependencies."""

    def __init__(
        self,
        deps: PageDeps,
        *,
        passwords: Passwords,
    ) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        self._passwords = passwords
        self._throttle = Throttle(deps.db, deps.clock)

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/access", self.listed, AccountRole.ADMIN),
            GuardedRoute("/access/accounts", self.add, AccountRole.ADMIN, ("POST",)),
            GuardedRoute(
                "/access/accounts/{account_id:int}", self.change, AccountRole.ADMIN, ("POST",)
            ),
            GuardedRoute("/access/tokens", self.make_token, AccountRole.ADMIN, ("POST",)),
            GuardedRoute(
                "/access/tokens/{token_id:int}/revoke", self.revoke, AccountRole.ADMIN, ("POST",)
            ),
            GuardedRoute("/account", self.own, AccountRole.VIEWER),
            GuardedRoute("/account/password", self.set_own, AccountRole.VIEWER, ("POST",)),
            GuardedRoute("/account/sessions/end", self.end_others, AccountRole.VIEWER, ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        return await self._list(request)

    async def add(self, request: Request) -> Response:
        form = form_fields(request)
        try:
            name = account_name(form.get("name", ""))
            role = _role(form.get("role", ""))
            password = accepted_password(request.state.form.get("password", [""])[-1], name)
            hashed = await self._passwords.hashed(password)
            await self._db.write(
                access.add_account,
                identity_of(request).actor,
                name=name,
                password=hashed,
                role=role,
                now=self._clock(),
            )
        except InputError as error:
            return await self._list(request, HTTPStatus.BAD_REQUEST, says=str(error))
        return back_to("/access", f"{name} may log in.")

    async def change(self, request: Request) -> Response:
        form, account_id = form_fields(request), request.path_params["account_id"]
        what = form.get("what", "")
        try:
            if what == "password":
                account = await self._db.read(accounts.get, account_id)
                password = accepted_password(
                    request.state.form.get("password", [""])[-1], account.name
                )
                hashed = await self._passwords.hashed(password)
                await self._db.write(
                    access.set_password,
                    identity_of(request).actor,
                    account_id,
                    hashed,
                    self._clock(),
                )
            else:
                await self._change(identity_of(request).actor, account_id, form)
        except InputError as error:
            return await self._list(request, HTTPStatus.BAD_REQUEST, says=str(error))
        return back_to("/access", "It is changed.")

    async def _change(self, actor: Actor, account_id: int, form: Mapping[str, str]) -> None:
        now = self._clock()
        match form.get("what", ""):
            case "role":
                role = _role(form.get("role", ""))
                await self._db.write(access.change_role, actor, account_id, role, now)
            case "disable":
                await self._db.write(access.disable_account, actor, account_id, now)
            case "enable":
                await self._db.write(access.enable_account, actor, account_id, now)
            case what:
                raise InputError(
                    f"{what!r} can't be done to an account: disable, enable, role or password"
                )

    async def make_token(self, request: Request) -> Response:
        form, now = form_fields(request), self._clock()
        try:
            days = _DAYS.get(form.get("days", ""))
            name = _token_name(form.get("name", ""))
            _, secret = await self._db.write(
                access.create_token,
                identity_of(request).actor,
                name=name,
                scope=_scope(form.get("scope", "")),
                topic_id=None,
                expires_at=None if days is None else now + timedelta(days=days),
                now=now,
            )
        except InputError as error:
            return await self._list(request, HTTPStatus.BAD_REQUEST, says=str(error))
        return await self._list(request, secret=secret)

    async def revoke(self, request: Request) -> Response:
        token_id = request.path_params["token_id"]
        await self._db.write(
            access.revoke_token, identity_of(request).actor, token_id, self._clock()
        )
        return back_to("/access", "The token is good for nothing now.")

    async def own(self, request: Request) -> Response:
        return await self._own(request)

    async def set_own(self, request: Request) -> Response:
        session = _session(request)
        old, new = (request.state.form.get(each, [""])[-1] for each in ("old", "password"))
        peer = peer_of(identity_of(request).client.address)
        if wait := await self._throttle.begin(session.account.name, peer):
            return await self._own(request, HTTPStatus.TOO_MANY_REQUESTS, says=refusal(wait))
        try:
            await self._check_own(session, old, peer)
            hashed = await self._passwords.hashed(accepted_password(new, session.account.name))
        except InputError as error:
            return await self._own(request, HTTPStatus.BAD_REQUEST, says=str(error))
        await self._db.write(
            access.set_password,
            identity_of(request).actor,
            session.account.id,
            hashed,
            self._clock(),
        )
        return back_to("/login", "Your password is changed. Log in with it.")

    async def end_others(self, request: Request) -> Response:
        session = _session(request)
        actor, now = identity_of(request).actor, self._clock()
        await self._db.write(access.end_other_sessions, actor, session, now)
        return back_to("/account", "You are logged in here alone.")

    async def _check_own(self, session: Session, password: str, peer: str) -> None:
        if not (await self._passwords.check(session.account.password, password)).right:
            raise InputError("the old password is another one")
        await self._throttle.passed(session.account.name, peer)

    async def _own(self, request: Request, status: int = HTTPStatus.OK, says: str = "") -> Response:
        session = _session(request)
        found = await self._db.read(accounts.sessions_of, session.account, self._clock())
        return self._render(request, "account.html", status, sessions=found, own=session, says=says)

    async def _list(
        self, request: Request, status: int = HTTPStatus.OK, says: str = "", secret: str = ""
    ) -> Response:
        found = await self._db.read(_everybody)
        return self._render(
            request,
            "access.html",
            status,
            accounts=found[0],
            tokens=found[1],
            roles=list(AccountRole),
            scopes=list(TokenScope),
            says=says,
            secret=secret,
        )


def _everybody(conn: Connection) -> tuple[list[Account], list[tokens.Token]]:
    return accounts.list_all(conn), tokens.list_all(conn)


def _session(request: Request) -> Session:
    session = identity_of(request).session
    if session is None:
        raise InputError("you have no account here: log in first")
    return session


def _token_name(name: str) -> str:
    if not name:
        raise InputError("give the token a name that says what it is for")
    return name[:100]


def _role(text: str) -> AccountRole:
    try:
        return AccountRole(text)
    except ValueError as error:
        raise InputError(f"a role is one of {', '.join(AccountRole)}") from error


def _scope(text: str) -> TokenScope:
    try:
        return TokenScope(text)
    except ValueError as error:
        raise InputError(f"a scope is one of {', '.join(TokenScope)}") from error
