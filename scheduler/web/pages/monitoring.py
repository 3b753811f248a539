"""What monitoring asks: the metrics, and whether the process lives."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from scheduler.access.client_address import Network
from scheduler.access.guarded_route import Door
from scheduler.access.identity import who_of
from scheduler.observability.collector import Gathering
from storage.operators.accounts import Role
from storage.operators.tokens import Scope


class Monitoring:
    """The paths, over what gathers; `networks` may read the metrics without a token."""

    def __init__(self, gathering: Gathering, networks: Sequence[Network]) -> None:
        self._gathering = gathering
        self._networks = networks

    def doors(self) -> list[Door]:
        """Return their doors; who may read the metrics is judged here."""
        return [Door("/metrics", self.metrics, None)]

    async def metrics(self, request: Request) -> Response:
        if not self._may(request):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "Send a token of the scope metrics.")
        body, media_type = await self._gathering.text(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    def _may(self, request: Request) -> bool:
        who = who_of(request)
        if who.may(Role.VIEWER) or (who.token is not None and who.token.scope is Scope.METRICS):
            return True
        if not who.peer.is_known:
            return False
        try:
            address = ipaddress.ip_address(who.peer.address)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


async def livez(_request: Request) -> Response:
    """Say that the loop turns: who can answer lives."""
    return PlainTextResponse("alive\n")
