"""The demo's installation of Wirewatch: a data directory, its wirewatch.toml, CLI and daemon.

All that is done here, an operator could type.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.config.loader import PREFIX, environment
from scheduler.demo.orphan_guard import guarded
from storage.errors import WirewatchError
from storage.process.lock import holder

_COMMAND = (sys.executable, "-m", "scheduler.cli")
_STOP_SECONDS = 12.0  # the daemon drains within 10
_LOG_LINES = 15
_MARK = "# Written by `wirewatch demo`."
_CONFIG = """\
{mark} A real installation needs far less: see README.

[fetch]
contact = "http://newsroom.example/bot"
proxy = {proxy}              # in production: your way out; here: the small web itself
host_delay_seconds = 0.05    # its publishers do not mind; real ones do
allow_networks = ["127.0.0.0/8"]
allow_ports = [80, 443, {webhook_port}]

[recrawl]
min_minutes = 0.015          # a day of news in some seconds
max_hours = 0.0003
price_article_minutes = 0.000001
requests_per_hour = 100000
revisit_minutes = [0.07, 0.14, 0.28]

[email]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
sender = "wirewatch@newsroom.example"

[web]
port = {web_port}
"""


class DemoError(WirewatchError):
    """The demo could not be played to its end; the text says which step failed and how."""


@dataclass(frozen=True, slots=True)
class DemoPorts:
    """Where the demo's own servers listen on loopback."""

    proxy_url: str
    smtp: int
    webhook: int
    web: int


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command answered."""

    status: int
    out: str
    err: str


class Installation:
    """A data directory with a configuration file, and the commands that work on it.

    `wirewatch` is how that is started.
    """

    def __init__(self, data: Path, wirewatch: Sequence[str] = _COMMAND) -> None:
        self._wirewatch = wirewatch
        self.data = data
        self.config = data / "wirewatch.toml"
        self.log = data / "daemon.log"

    async def take_over(self) -> None:
        """Make sure that the directory is the demo's, and stop the daemon of a killed demo.

        Raises DemoError when something else is in it.
        """
        if self.data.exists() and any(self.data.iterdir()) and not self._is_a_demo():
            raise DemoError(f"{self.data} is not empty and holds no demo; give it a new --data")
        pid = holder(self.data) if self.data.exists() else None
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            async with asyncio.timeout(_STOP_SECONDS):
                while holder(self.data) is not None:  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(0.1)

    def configure(self, text: str, **storage: str | int) -> None:
        """Write the configuration file: these settings, and where the data is."""
        self.data.mkdir(parents=True, exist_ok=True)
        where: dict[str, str | int] = {"data": str(self.data), **storage}
        lines = [f"{name} = {json.dumps(value)}" for name, value in where.items()]
        text = "\n".join([text, "[storage]", *lines, ""])
        self.config.write_text(text, encoding="utf-8")

    async def command(self, *arguments: str) -> CommandResult:
        """Run one command of the CLI and wait for its end."""
        process = await asyncio.create_subprocess_exec(
            *guarded(*self._wirewatch, *arguments),
            cwd=self.data,  # where it finds its wirewatch.toml
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        return CommandResult(process.returncode or 0, out.decode(), err.decode())

    async def must(self, *arguments: str) -> str:
        """Run one command that has to succeed; what it printed. Raises DemoError."""
        said = await self.command(*arguments)
        if said.status != 0:
            shown = " ".join(arguments)
            raise DemoError(f"wirewatch {shown} exited {said.status}:\n{said.err}{said.out}")
        return said.out

    async def start_daemon(self, *options: str) -> asyncio.subprocess.Process:
        """Start `wirewatch run` with options."""
        return await self.start("run", *options)

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command that runs on, while we do; its log goes to a file in the data directory."""
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *guarded(*self._wirewatch, *arguments),
                cwd=self.data,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is the demo's to handle, which then stops the daemon.
                start_new_session=True,
            )

    @contextlib.asynccontextmanager
    async def daemon(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Keep a daemon running; it is stopped on leaving, however that happens."""
        process = await self.start_daemon()
        try:
            yield process
        finally:
            await stop(process)

    def last_words(self) -> str:
        """Return the end of the daemon's log, for when something went wrong."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES:])

    def _is_a_demo(self) -> bool:
        return self.config.exists() and self.config.read_text("utf-8").startswith(_MARK)

    def _environment(self) -> dict[str, str]:
        # What the operator's own installation is told by its environment is not for the demo.
        kept = {k: v for k, v in environment().items() if not k.startswith(PREFIX)}
        return kept | {"NO_COLOR": "1"}


def config_text(ports: DemoPorts) -> str:
    """Write out the demo's configuration."""
    return _CONFIG.format(
        mark=_MARK,
        proxy=json.dumps(ports.proxy_url),
        smtp_port=ports.smtp,
        webhook_port=ports.webhook,
        web_port=ports.web,
    )


async def stop(process: asyncio.subprocess.Process) -> int:
    """Ask a daemon to drain, wait, and kill it when it does not; its exit status."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
    return await process.wait()


def free_port() -> int:
    """Find a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
