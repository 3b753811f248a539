"""An HTTP proxy on loopback that answers for recorded pages under their own host names.

Plain requests come in absolute form, encrypted ones through CONNECT; each host then gets a
certificate of its own, signed by an authority that is thrown away with the proxy.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from crawler.urls.canonical import canonical_url

LISTING_URL = "http://listing.replay.example/rss.xml"
_LOOPBACK = "127.0.0.1"
_ROBOTS = b"User-agent: *\nAllow: /\n"
_PHRASES = {200: "OK", 404: "Not Found"}


class Authority:
    """A certificate authority that lives as long as its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._host_key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Replay CA")])
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.ca_file = folder / "replay-ca.pem"
        self.ca_file.write_bytes(self._own_certificate().public_bytes(_PEM))

    def context(self, host: str) -> ssl.SSLContext:
        """Return the server's side of TLS for a host."""
        if host not in self._contexts:
            chain = self._folder / f"host-{len(self._contexts)}.pem"
            chain.write_bytes(
                self._host_key.private_bytes(
                    _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                + self._host_certificate(host).public_bytes(_PEM)
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
            self._contexts[host] = context
        return self._contexts[host]

    def _own_certificate(self) -> x509.Certificate:
        builder = _begin(self._name, self._name, self._key.public_key())
        return (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

    def _host_certificate(self, host: str) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recorded page")])
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = _begin(subject, self._name, self._host_key.public_key())
        return (
            builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(self._key, hashes.SHA256())
        )


class ReplayProxy:
    """Serves recorded pages (URL to body) and one feed, at `LISTING_URL`, that lists them all."""

    def __init__(self, pages: Mapping[str, bytes], folder: Path) -> None:
        self._pages = {canonical_url(url): body for url, body in pages.items()}
        self._authority = Authority(folder)
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self.requests: list[str] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, _LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.close()
        conversations = [task for task in self._open.values() if task is not None]
        if conversations:
            await asyncio.wait(conversations)

    @property
    def url(self) -> str:
        return f"http://{_LOOPBACK}:{self.port}"

    @property
    def ca_file(self) -> Path:
        return self._authority.ca_file

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        try:
            await self._converse(reader, writer, origin="")
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            pass  # the client went away or spoke no HTTP; it will see that for itself
        finally:
            writer.close()
            del self._open[writer]

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, origin: str
    ) -> None:
        """Answer the requests of a connection; `origin` is known once it was made by CONNECT."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            if method == "CONNECT":
                origin = await self._encrypt(writer, target)
                continue
            status, kind, body = self._answer(f"{origin}{target}")
            writer.write(_response(status, kind, body))
            await writer.drain()

    async def _encrypt(self, writer: asyncio.StreamWriter, target: str) -> str:
        host, _, port = target.rpartition(":")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(self._authority.context(host))
        return f"https://{host}" if port == "443" else f"https://{target}"

    def _answer(self, url: str) -> tuple[int, str, bytes]:
        self.requests.append(url)
        if url == LISTING_URL:
            return 200, "application/rss+xml; charset=utf-8", self._listing()
        if url.endswith("/robots.txt"):
            return 200, "text/plain", _ROBOTS
        body = self._pages.get(canonical_url(url))
        if body is None:
            return 404, "text/plain", b"not recorded\n"
        return 200, "text/html; charset=utf-8", body

    def _listing(self) -> bytes:
        items = "".join(f"<item><link>{escape(url)}</link></item>" for url in self._pages)
        channel = f"<channel><title>Recorded pages</title>{items}</channel>"
        return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


_PEM = serialization.Encoding.PEM


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _response(status: int, kind: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} {_PHRASES[status]}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
