"""Routes that say which role they need, and answer nobody without it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scheduler.access.identity import identity_of
from storage.operators.accounts import AccountRole

Endpoint = Callable[[Request], Awaitable[Response]]

_MOST_FIELDS = 2000
_LARGEST = 2**63 - 1  # what a database's whole numbers end at
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class GuardedRoute:
    """The route of a page or a form; `role` None opens it to everybody, and must be written out.

    A `signed` route is opened by a secret in its address, and its forms bear no session's token.
    """

    path: str
    endpoint: Endpoint
    role: AccountRole | None
    methods: tuple[str, ...] = ("GET",)
    signed: bool = False

    def starlette_route(self) -> Route:
        """Return the route that checks before it answers.

        Forms of a session must bear its token (OWASP Cross-Site Request Forgery Prevention Cheat
        Sheet, synchronizer token pattern).
        """
        return Route(self.path, self._checked, methods=list(self.methods))

    async def _checked(self, request: Request) -> Response:
        identity = identity_of(request)
        if self.role is not None and not identity.may(self.role):
            return _refused(request, self.role)
        numbers = [value for value in request.path_params.values() if isinstance(value, int)]
        if any(number > _LARGEST for number in numbers):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is nothing of that number.")
        if request.method == "POST" and not self.signed:
            request.state.form = await read_form(request)
            if identity.session is not None and not _same(
                identity.csrf, form_fields(request).get("csrf", "")
            ):
                raise HTTPException(
                    HTTPStatus.FORBIDDEN,
                    "This form is from another session. Go back, load the page again, and repeat it.",
                )
        return await self.endpoint(request)


def form_fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that was sent; of a repeated one the last."""
    form: Mapping[str, list[str]] = request.state.form
    return {name: values[-1].strip() for name, values in form.items()}


def form_values(request: Request, name: str) -> list[str]:
    """Return all values of a form's field, such as those of check boxes."""
    form: Mapping[str, list[str]] = request.state.form
    return form.get(name, [])


async def read_form(request: Request) -> Mapping[str, list[str]]:
    """Read a form's fields. Raises HTTPException for another kind of body."""
    body = await request.body()
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if body and kind != _FORM:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"A form is sent as {_FORM}.")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "That form can't be read.") from error


def _refused(request: Request, needs: AccountRole) -> Response:
    identity = identity_of(request)
    if identity.role is not None:
        raise HTTPException(
            HTTPStatus.FORBIDDEN, f"That needs the role {needs}; you are {identity.role}."
        )
    if request.method in ("GET", "HEAD") and identity.token is None:
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(there)}", HTTPStatus.SEE_OTHER)
    raise HTTPException(HTTPStatus.UNAUTHORIZED, "Log in first.")


def _same(expected: str, given: str) -> bool:
    return secrets.compare_digest(expected.encode(), given.encode())
