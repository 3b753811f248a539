"""Logging in and out, and setting up the first account by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access import cookies
from scheduler.access.client_address import peer_of
from scheduler.access.guarded_route import GuardedRoute, form_fields
from scheduler.access.identity import identity_of
from scheduler.access.passwords import Passwords, accepted_password, account_name
from scheduler.access.throttle import Throttle, refusal
from scheduler.actions import access
from scheduler.web.render.public_path import public_path_of
from scheduler.web.render.renderer import PageDeps, back_to
from storage.errors import InputError
from storage.operators import accounts
from storage.operators.accounts import Account

_SECRET_BYTES = 32
_WRONG = "That name and password do not go together."


class SetupLink:
    """A secret that lets whoever has it make the first account, once; lost with the process."""

    def __init__(self) -> None:
        self._secret = secrets.token_urlsafe(_SECRET_BYTES)

    @property
    def path(self) -> str:
        """Where it leads."""
        return f"/setup/{self._secret}"

    def opens(self, secret: str) -> bool:
        """Return whether this is the secret."""
        return secrets.compare_digest(_digest(secret), _digest(self._secret))


class LoginPages:
    """The pages of logging in, over their dependencies."""

    def __init__(
        self,
        deps: PageDeps,
        *,
        setup: SetupLink,
        passwords: Passwords,
        session_lasts: timedelta,
    ) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        self._setup = setup
        self._passwords = passwords
        self._lasts = session_lasts
        self._throttle = Throttle(deps.db, deps.clock)
        self._log = structlog.get_logger("access")

    def routes(self) -> list[GuardedRoute]:
        """Return their routes; they are open, for who comes is not known yet."""
        return [
            GuardedRoute("/login", self.asked, None),
            GuardedRoute("/login", self.log_in, None, ("POST",)),
            GuardedRoute("/logout", self.log_out, None, ("POST",)),
            GuardedRoute("/setup/{secret}", self.setup_asked, None),
            GuardedRoute("/setup/{secret}", self.set_up, None, ("POST",)),
        ]

    async def asked(self, request: Request) -> Response:
        if identity_of(request).session is not None:
            return back_to(_next(request.query_params.get("next", "")))
        return self._form(request, HTTPStatus.OK, "")

    async def log_in(self, request: Request) -> Response:
        form, identity = form_fields(request), identity_of(request)
        name = form.get("name", "")
        peer = peer_of(identity.client.address)
        wait = await self._throttle.begin(name, peer)
        if wait:
            return self._form(request, HTTPStatus.TOO_MANY_REQUESTS, refusal(wait))
        account = await self._db.read(accounts.by_name, name)
        kept = None if account is None or account.disabled_at is not None else account.password
        checked = await self._passwords.check(kept, request.state.form.get("password", [""])[-1])
        if account is None or not checked.right:
            self._log.warning("log_in_refused", address=identity.client.address)
            return self._form(request, HTTPStatus.UNAUTHORIZED, _WRONG)
        await self._throttle.passed(name, peer)
        if checked.rehashed:
            await self._db.write(access.rehash_password, account.id, checked.rehashed)
        return await self._entered(request, account, _next(form.get("next", "")))

    async def log_out(self, request: Request) -> Response:
        session = identity_of(request).session
        if session is not None:
            actor, now = identity_of(request).actor, self._clock()
            await self._db.write(access.end_session, actor, session, now)
        response = back_to("/login", "You are logged out.")
        cookies.clear_session_cookie(response, below=public_path_of(request))
        return response

    async def setup_asked(self, request: Request) -> Response:
        await self._check_setup(request)
        return self._render(request, "setup.html", says="", name="")

    async def set_up(self, request: Request) -> Response:
        await self._check_setup(request)
        form = form_fields(request)
        name = form.get("name", "")
        try:
            name = account_name(name)
            password = accepted_password(request.state.form.get("password", [""])[-1], name)
            hashed = await self._passwords.hashed(password)
            account = await self._db.write(
                access.add_first_account, name=name, password=hashed, now=self._clock()
            )
        except InputError as error:
            says = str(error)
            return self._render(request, "setup.html", HTTPStatus.BAD_REQUEST, says=says, name=name)
        self._log.info("set_up", account=account.name)
        return await self._entered(request, account, "/")

    async def _check_setup(self, request: Request) -> None:
        if not self._setup.opens(request.path_params["secret"]):
            raise HTTPException(
                HTTPStatus.NOT_FOUND, "This link is not whole, or of an older start."
            )
        if await self._db.read(accounts.any_there):
            raise HTTPException(
                HTTPStatus.NOT_FOUND, "This link was used: there is an account. Log in."
            )

    async def _entered(self, request: Request, account: Account, path: str) -> Response:
        client, now = _client(request), self._clock()
        secret = await self._db.write(
            access.start_session, account, client=client, now=now, lasts=self._lasts
        )
        response = back_to(path)
        cookies.set_session_cookie(
            response,
            secret,
            secure=identity_of(request).client.secure,
            lasts=self._lasts,
            below=public_path_of(request),
        )
        return response

    def _form(self, request: Request, status: int, says: str) -> Response:
        given = form_fields(request) if request.method == "POST" else request.query_params
        return self._render(
            request,
            "login.html",
            status,
            says=says,
            name=given.get("name", "")[:100],
            next=_next(given.get("next", "")),
        )


def _client(request: Request) -> str:
    return f"{identity_of(request).client.address}, {request.headers.get('user-agent', '')[:200]}"


def _next(path: str) -> str:
    """Return where to go after the log-in: a path of ours, never another site (CWE-601)."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours and path.isprintable() else "/"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
