"""The JSON API as an app of its own, mounted at /api/v1; it describes itself by OpenAPI 3.1."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from scheduler.api import PREFIX, ApiDeps, alerts, service, sources, stories, topics
from scheduler.api.problems import ProblemDetails, declared, handle_problems

_SAYS = (
    "Watch topics in syndicated news. Lists are paged by cursors, errors are "
    "application/problem+json (RFC 9457), times are ISO 8601 in UTC. Changes need a token of the "
    "scope write."
)
_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def create_api(deps: ApiDeps) -> FastAPI:
    """Make the API over its dependencies; who asks stands in the scope already."""
    api = FastAPI(
        title="Wirewatch",
        version=deps.version,
        description=_SAYS,
        docs_url=None,  # it would load scripts from elsewhere
        redoc_url=None,
        servers=[{"url": f"{deps.public_path}{PREFIX}"}],
        responses=declared(*_ALWAYS),
        root_path_in_servers=False,
        redirect_slashes=False,
    )
    api.state.deps = deps
    handle_problems(api)
    for part in (service, sources, stories, topics, alerts):
        api.include_router(part.router)
    described: dict[str, Any] = {}

    def describe() -> dict[str, Any]:
        if not described:
            described.update(_description(api))
        return described

    # FastAPI's own way to add to it.
    api.openapi = describe  # type: ignore[method-assign]
    return api


def _description(api: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=api.title,
        version=api.version,
        description=api.description,
        routes=api.routes,
        servers=api.servers,
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return found
