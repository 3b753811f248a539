"""Errors of the API as RFC 9457 says: application/problem+json, each with its remedy."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from storage.errors import InputError, NotFoundError, QueryError, StorageError

MEDIA_TYPE = "application/problem+json"


class RefusedField(BaseModel):
    """A field that can't be used, by its path in what was sent."""

    where: str
    says: str


class ProblemDetails(BaseModel):
    """What went wrong: `title` is of the status, `detail` says what and what to do about it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    position: int | None = Field(default=None, description="Where in a query, from 0.")
    expected: list[str] | None = Field(default=None, description="What could stand there.")
    suggestion: str | None = Field(default=None, description="A query that can be read.")
    errors: list[RefusedField] | None = Field(default=None, description="The fields refused.")


def problem(status: int, detail: str, **more: object) -> JSONResponse:
    """Return a response that tells of a problem."""
    told = ProblemDetails(title=HTTPStatus(status).phrase, status=status, detail=detail, **more)  # type: ignore[arg-type]
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    body = told.model_dump(exclude_none=True)
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def declared(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Declare problems for the description of an operation."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status.value: {
            "description": status.phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


def handle_problems(api: FastAPI) -> None:
    """Answer each kind of error as a problem."""

    async def refused(_request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return problem(status, error.detail if isinstance(error, HTTPException) else "")

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        told = [{"where": ".".join(map(str, each["loc"])), "says": each["msg"]} for each in found]
        return problem(422, "Some of what was sent can't be used; see errors.", errors=told)

    async def not_found(_request: Request, error: Exception) -> JSONResponse:
        return problem(404, str(error))

    async def unreadable(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, QueryError):
            return problem(400, str(error))
        return problem(
            400,
            str(error),
            position=error.position,
            expected=list(error.expected),
            suggestion=error.suggestion,
        )

    async def unavailable(_request: Request, error: Exception) -> JSONResponse:
        return problem(503, str(error))

    api.add_exception_handler(HTTPException, refused)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(NotFoundError, not_found)
    api.add_exception_handler(QueryError, unreadable)
    api.add_exception_handler(InputError, unreadable)
    api.add_exception_handler(StorageError, unavailable)
