"""What monitoring asks, also of a process without pages: the metrics, and whether it lives and is ready."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from http import HTTPStatus

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scheduler.access.client_address import Network
from scheduler.access.guarded_route import GuardedRoute
from scheduler.access.identity import identity_of
from scheduler.diagnosis.facts import FactsReader, Readiness
from scheduler.diagnosis.metrics_collector import MetricsCollector
from scheduler.observability.metrics import Metrics
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope


def headless_app(facts: FactsReader, metrics: Metrics) -> Starlette:
    """Return the app; whoever reaches its port may read it, so bind it where only machines do.

    The metrics are the process's own: what all of them did is counted where the pages are.
    """

    async def readyz(_request: Request) -> Response:
        return readiness_response(await facts.readiness())

    async def read_metrics(_request: Request) -> Response:
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return Response(generate_latest(metrics.registry), headers=headers)

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", read_metrics),
        ]
    )


class Monitoring:
    """The paths, over what gathers; `networks` may read the metrics without a token."""

    def __init__(self, metrics_collector: MetricsCollector, networks: Sequence[Network]) -> None:
        self._metrics_collector = metrics_collector
        self._networks = networks

    def routes(self) -> list[GuardedRoute]:
        """Return their routes; who may read the metrics is judged here."""
        return [GuardedRoute("/metrics", self.metrics, None)]

    async def metrics(self, request: Request) -> Response:
        """Return the metrics as Prometheus reads them. Raises HTTPException 401 for strangers."""
        if not self._may(request):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "Send a token of the scope metrics.")
        body, media_type = await self._metrics_collector.text(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    def _may(self, request: Request) -> bool:
        identity = identity_of(request)
        if identity.may(AccountRole.VIEWER) or (
            identity.token is not None and identity.token.scope is TokenScope.METRICS
        ):
            return True
        if not identity.client.is_known:
            return False
        try:
            address = ipaddress.ip_address(identity.client.address)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def readiness_response(readiness: Readiness) -> Response:
    """Return what `/readyz` answers to who may know why: 503 when this process can't do its work."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if readiness.reasons else HTTPStatus.OK
    return JSONResponse(readiness.as_json(), status)


async def livez(_request: Request) -> Response:
    """Return that the loop turns: who can answer lives."""
    return PlainTextResponse("alive\n")
