"""How long the daemon's event loop is silent at most, beside one that does nothing.

`python -m tests.bench.neighbours.probe URL` asks until its input ends, then prints both in seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time

import aiohttp
from aiohttp import web

_EVERY = 0.05


async def main(url: str) -> None:
    """Ask both until standard input ends."""

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    idle = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    tasks = [asyncio.create_task(_longest(each)) for each in (url, idle)]
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    print(json.dumps([await task for task in tasks]))
    await runner.cleanup()


async def _longest(url: str) -> float:
    """Ask until cancelled, from the first answer on; the longest wait for one."""
    longest: float | None = None
    async with aiohttp.ClientSession(trust_env=False) as session:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                asked = time.perf_counter()
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(url) as response:
                        await response.read()
                    waited = time.perf_counter() - asked
                    longest = 0.0 if longest is None else max(longest, waited)
                await asyncio.sleep(_EVERY)
    return longest or 0.0


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
