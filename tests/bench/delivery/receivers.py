"""Webhook receivers on loopback, each under an address of its own; one of them never answers.

`python -m tests.bench.delivery.receivers COUNT PORT` prints "ready", and on a line from standard
input what was received until then, one JSON line: [webhook-id, time of receipt] each.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from aiohttp import web

HANGING = 0  # the number of the one that never answers


def address_of(receiver: int) -> str:
    """Return the loopback address of a receiver."""
    return f"127.0.2.{1 + receiver}"


async def serve(count: int, port: int) -> None:
    """Serve until standard input ends."""
    received: list[tuple[str, float]] = []

    async def take(request: web.Request) -> web.Response:
        await request.read()
        received.append((request.headers["webhook-id"], time.time()))
        if request.host.partition(":")[0] == address_of(HANGING):
            await asyncio.sleep(3600)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for number in range(count):
        await web.TCPSite(runner, address_of(number), port).start()
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(received), flush=True)
        received.clear()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
