"""The middleware that finds out who makes each request; the routes decide what that one may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.access.client_address import ClientAddress, Network, client_address_of
from scheduler.access.cookies import session_secret
from scheduler.access.identity import Identity, token_identity
from storage.errors import StorageError
from storage.operators import accounts, tokens
from storage.operators.accounts import AccountRole, Session
from storage.operators.tokens import Token
from storage.sql.database import Database

_OF_MACHINES = ("/livez", "/readyz", "/static/", "/push/")  # answered without the database
_SEEN_EVERY = timedelta(minutes=1)  # that a session is in use is not worth a write each time


class AuthenticationMiddleware:
    """Puts an `Identity` into the scope of each request.

    A request that bears a token (RFC 6750) is made by the token, one with a session's cookie by its
    account. While
    there is no account, and only then, whoever is at this machine may look at the pages.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        db: Database,
        clock: Callable[[], datetime],
        trusted: Sequence[Network],
        session_lasts: timedelta,
        open_here: bool,
    ) -> None:
        self._app = app
        self._db = db
        self._clock = clock
        self._trusted = trusted
        self._lasts = session_lasts
        self._open_here = open_here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                scope["identity"] = await self._identity(Request(scope))
            except StorageError as error:
                answer = PlainTextResponse(f"{error}\n", HTTPStatus.SERVICE_UNAVAILABLE)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _identity(self, request: Request) -> Identity:
        connected = request.client.host if request.client else ""
        client = client_address_of(connected, request.url.scheme, request.headers, self._trusted)
        if request.url.path.startswith(_OF_MACHINES):
            return Identity(client)
        if secret := _bearer(request.headers):
            return await self._of_token(client, secret)
        if secret := session_secret(request):
            session = await self._session(secret)
            if session is not None:
                return Identity(client, session.account.role, session=session)
        if self._open_here and client.is_local and not await self._db.read(accounts.any_there):
            return Identity(client, AccountRole.VIEWER)
        return Identity(client)

    async def _session(self, secret: str) -> Session | None:
        now = self._clock()
        session = await self._db.read(accounts.session, secret, now)
        if session is not None and now - session.seen_at >= _SEEN_EVERY:
            await self._db.write(accounts.saw, session.id, now, self._lasts)
        return session

    async def _of_token(self, client: ClientAddress, secret: str) -> Identity:
        token = await use_token(self._db, secret, self._clock())
        return Identity(client) if token is None else token_identity(client, token)


async def use_token(db: Database, secret: str, now: datetime) -> Token | None:
    """Return the token of a secret, None for no valid one, and keep that it was used."""
    token = await db.read(_find, secret, now)
    if token is not None and tokens.is_news(token, now):
        await db.write(tokens.used, token.id, now)
    return token


def _find(conn: Connection, secret: str, now: datetime) -> Token | None:
    return tokens.find(conn, secret, now)


def _bearer(headers: Headers) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
