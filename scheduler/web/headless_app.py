"""What a process without pages answers: that it lives, whether it is ready, and its metrics."""

from __future__ import annotations

from http import HTTPStatus

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scheduler.diagnosis.facts import FactsReader
from scheduler.observability.metrics import Metrics
from scheduler.web.pages.monitoring import livez


def headless_app(facts: FactsReader, metrics: Metrics) -> Starlette:
    """Return the app; whoever reaches its port may read it, so bind it where only machines do.

    The metrics are the process's own: what all of them did is counted where the pages are.
    """

    async def readyz(_request: Request) -> Response:
        reasons = [finding.reason for finding in await facts.unready()]
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return JSONResponse({"ready": not reasons, "reasons": reasons}, status)

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
