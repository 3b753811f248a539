"""A Sentry on loopback that takes envelopes and keeps what is in them."""

from __future__ import annotations

import gzip
import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


def decoded(body: bytes, encoding: str | None) -> str:
    """Undo what the SDK did to a body: brotli where it finds that package, else gzip."""
    if encoding == "br":
        return str(importlib.import_module("brotli").decompress(body), "utf-8")
    return (gzip.decompress(body) if encoding == "gzip" else body).decode()


class EnvelopeReceiver:
    """Listens while it is entered; `envelopes` are the bodies as text, in order of arrival."""

    def __init__(self) -> None:
        self.envelopes: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def dsn(self) -> str:
        return f"http://0123456789abcdef@127.0.0.1:{self._server.server_address[1]}/7"

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events among what came."""
        found = []
        for envelope in self.envelopes:
            lines = envelope.splitlines()
            for header, body in zip(lines[1::2], lines[2::2], strict=False):
                if json.loads(header).get("type") == "event":
                    found.append(json.loads(body))
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        taken = self.envelopes

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.append(decoded(body, self.headers.get("Content-Encoding")))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        return Handler
