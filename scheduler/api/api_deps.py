"""What an operation of the API says that it needs: who asks, the API's parts, a page of a list."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from scheduler.access.identity import identity_of
from scheduler.actions.audit_log import Actor
from scheduler.api import ApiDeps
from storage.operators.accounts import AccountRole

_bearer = HTTPBearer(
    auto_error=False, description="An API token: `wirewatch token create`, or the page Access."
)


def _actor(request: Request, needs: AccountRole) -> Actor:
    identity = identity_of(request)
    if identity.role is None:
        raise HTTPException(HTTPStatus.UNAUTHORIZED, "Send a token: Authorization: Bearer ww_…")
    if not identity.may(needs):
        raise HTTPException(
            HTTPStatus.FORBIDDEN, f"That needs the role {needs}; this is {identity.role}."
        )
    if request.method not in ("GET", "HEAD") and identity.token is None:
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "Changes through the API need a token, not a page's session."
        )
    return identity.actor


def _viewer(request: Request, _bearer: Annotated[object, Depends(_bearer)]) -> Actor:
    return _actor(request, AccountRole.VIEWER)


def _editor(request: Request, _bearer: Annotated[object, Depends(_bearer)]) -> Actor:
    return _actor(request, AccountRole.EDITOR)


def deps_of(request: Request) -> ApiDeps:
    """Return what the API was made with."""
    found: ApiDeps = request.app.state.deps
    return found


Viewer = Annotated[Actor, Depends(_viewer)]
Editor = Annotated[Actor, Depends(_editor)]
Deps = Annotated[ApiDeps, Depends(deps_of)]
After = Annotated[
    str, Query(max_length=1000, description="The `next` of the page before; nothing begins anew.")
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
