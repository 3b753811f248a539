"""The session's cookie: sent over TLS alone where there is TLS, and never to scripts."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

_PLAIN, _SECURE = "wirewatch_session", "__Host-wirewatch_session"
_SECURE_BELOW = "__Secure-wirewatch_session"  # __Host- is of cookies for all paths alone


def session_secret(request: Request) -> str:
    """Return the secret of a request's session; nothing when it bears none."""
    names = (_SECURE, _SECURE_BELOW, _PLAIN)
    return next(filter(None, (request.cookies.get(name) for name in names)), "")


def set_session_cookie(
    response: Response, secret: str, *, secure: bool, lasts: timedelta, below: str = ""
) -> None:
    """Let the browser keep a session's secret, for what is `below` a path where others are beside us.

    The prefix __Host- binds it to this host, over TLS alone (RFC 6265bis, cookie name prefixes).
    Lax, not strict: a link in a letter must find its reader logged in. What changes something is
    sent by POST alone, with the session's own token.
    """
    kept_safe = _SECURE_BELOW if below else _SECURE
    response.set_cookie(
        kept_safe if secure else _PLAIN,
        secret,
        max_age=int(lasts.total_seconds()),
        path=below or "/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, *, below: str = "") -> None:
    """Let the browser forget the session."""
    kept_safe = _SECURE_BELOW if below else _SECURE
    path = below or "/"
    response.delete_cookie(kept_safe, path=path, secure=True, httponly=True, samesite="lax")
    response.delete_cookie(_PLAIN, path=path, httponly=True, samesite="lax")
