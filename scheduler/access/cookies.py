"""The session's cookie: sent over TLS alone where there is TLS, and never to scripts."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

_PLAIN, _SECURE = "wirewatch_session", "__Host-wirewatch_session"


def session_secret(request: Request) -> str:
    """Return the secret of a request's session; nothing when it bears none."""
    return request.cookies.get(_SECURE) or request.cookies.get(_PLAIN) or ""


def set_session_cookie(response: Response, secret: str, *, secure: bool, lasts: timedelta) -> None:
    """Let the browser keep a session's secret.

    The prefix __Host- binds it to this host, over TLS alone (RFC 6265bis, cookie name prefixes).
    Lax, not strict: a link in a letter must find its reader logged in. What changes something is
    sent by POST alone, with the session's own token.
    """
    response.set_cookie(
        _SECURE if secure else _PLAIN,
        secret,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(_SECURE, path="/", secure=True, httponly=True, samesite="lax")
    response.delete_cookie(_PLAIN, path="/", httponly=True, samesite="lax")
