"""What an HTTP status means to us."""

from __future__ import annotations

from http import HTTPStatus

from storage.models.problems import Problem

OK = "ok"
NOT_MODIFIED = "not_modified"

_BY_STATUS = {
    HTTPStatus.PARTIAL_CONTENT: Problem.TRUNCATED,  # we never ask for a part
    HTTPStatus.UNAUTHORIZED: Problem.FORBIDDEN,
    HTTPStatus.FORBIDDEN: Problem.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Problem.NOT_FOUND,
    HTTPStatus.GONE: Problem.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: Problem.RATE_LIMITED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Problem.FORBIDDEN,
}


def problem_of(status: int, *, conditional: bool = True) -> Problem | None:
    """Name what is wrong with a final answer; None for a success or a "not modified".

    That is none to a request that was not `conditional`.
    """
    if status == HTTPStatus.NOT_MODIFIED:
        return None if conditional else Problem.BAD_RESPONSE
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
        return None
    if 400 <= status < 500:  # noqa: PLR2004 - HTTP's own numbers
        return Problem.CLIENT_ERROR
    return Problem.SERVER_ERROR if status >= 500 else Problem.BAD_RESPONSE  # noqa: PLR2004 - the same


def outcome_of(status: int, *, conditional: bool = True) -> str:
    """Say in the ledger's words what came of a request; a redirect is a success of its own."""
    if status == HTTPStatus.NOT_MODIFIED:
        return NOT_MODIFIED if conditional else Problem.BAD_RESPONSE.value
    problem = None if 300 <= status < 400 else problem_of(status)  # noqa: PLR2004 - HTTP's own numbers
    return OK if problem is None else problem.value
