"""The pages of the machine: what is due, how polite it was, its settings, and who changed what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from crawler.settings import FetchSettings
from scheduler.access.guarded_route import GuardedRoute
from scheduler.config.loader import Setting
from scheduler.lists.cursors import ListPage, page_by_id
from scheduler.politeness.ledger import prove
from scheduler.politeness.records import PolitenessProof, PolitenessRule
from scheduler.web.render.renderer import PageDeps
from storage.operators import audit
from storage.operators.accounts import AccountRole
from storage.operators.audit import AuditEntry
from storage.reports import queue


def audit_list(
    conn: Connection, cursor: str = "", *, who: str = "", what: str = "", limit: int = 100
) -> ListPage[AuditEntry]:
    """Return a page of the audit log, of one person or of what begins with some words.

    Raises InputError for a cursor that we never wrote.
    """
    return page_by_id(partial(audit.page, conn, who=who, what=what), cursor, limit)


LastMinute = Callable[[datetime], Awaitable[Mapping[str, int]]]
"""Gives what all processes did in the last minute, by what was counted."""

_WINDOWS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "24h": timedelta(hours=24)}
_MOST_HOSTS = 200


class ServicePages:
    """The pages, over their dependencies; `settings` gives the settings in force."""

    def __init__(
        self,
        deps: PageDeps,
        *,
        fetch: FetchSettings,
        settings: Callable[[], tuple[Setting, ...]],
        last_minute: LastMinute | None = None,
    ) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        self._fetch = fetch
        self._settings = settings
        self._last_minute = last_minute

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/queue", self.queue, AccountRole.VIEWER),
            GuardedRoute("/politeness", self.politeness, AccountRole.VIEWER),
            GuardedRoute("/settings", self.settings, AccountRole.ADMIN),
            GuardedRoute("/audit", self.audited, AccountRole.ADMIN),
        ]

    async def queue(self, request: Request) -> Response:
        found = await self._db.read(queue.look, self._clock())
        now = self._clock()
        done = {} if self._last_minute is None else await self._last_minute(now)
        return self._render(request, "queue.html", queue=found, done=done)

    async def politeness(self, request: Request) -> Response:
        window = request.query_params.get("window", "1h")
        window = window if window in _WINDOWS else "1h"
        since = self._clock() - _WINDOWS[window]
        proof = await self._db.read(prove, self._fetch, since=since)
        hosts = sorted(proof.hosts, key=lambda each: (-each.broken, -each.requests))
        return self._render(
            request,
            "politeness.html",
            proof=proof,
            hosts=hosts[:_MOST_HOSTS],
            rules=_rules(proof),
            window=window,
            windows=list(_WINDOWS),
            names_operator=self._fetch.names_operator,
        )

    async def settings(self, request: Request) -> Response:
        sections: dict[str, list[Setting]] = {}
        for each in self._settings():
            sections.setdefault(each.key.partition(".")[0], []).append(each)
        return self._render(request, "settings.html", sections=sections)

    async def audited(self, request: Request) -> Response:
        params = request.query_params
        who, what = params.get("who", "")[:100], params.get("what", "")[:100]
        cursor = params.get("after", "")
        entries = await self._db.read(audit_list, cursor, who=who, what=what)
        return self._render(request, "audit.html", entries=entries, who_asked=who, what=what)


def _rules(proof: PolitenessProof) -> Mapping[PolitenessRule, tuple[int, int]]:
    """Count, for each rule, the lines that prove it and those that break it."""
    broken = [each.rule for each in proof.broken]
    return {rule: (proof.proved.get(rule, 0), broken.count(rule)) for rule in PolitenessRule}
