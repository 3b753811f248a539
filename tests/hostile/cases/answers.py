"""N20 to N36: answers that are too large, too slow, cut, garbage, or no answer at all."""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import brotli  # type: ignore[import-untyped]

from storage.models.problems import Problem
from tests.crawler.fetch.site import Writer, answer
from tests.hostile.case import (
    Case,
    Fails,
    Lists,
    Make,
    PageFails,
    Reads,
    Stage,
    Tls,
    good_page,
    ok,
    says,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEGABYTE = 1_000_000
HTML = "Content-Type: text/html"


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=5)
    return packed


BOMBS: dict[str, tuple[tuple[Callable[[bytes], bytes], ...], str]] = {
    "gzip": ((gzip.compress,), "gzip"),
    "deflate": ((zlib.compress,), "deflate"),
    "brotli": ((_brotli,), "br"),
    "zstd": ((zstd.compress,), "zstd"),
    "gzip twice": ((gzip.compress, gzip.compress), "gzip, gzip"),
    "gzip, gzip, brotli": ((gzip.compress, gzip.compress, _brotli), "gzip, gzip, br"),
}


def bomb_of(name: str) -> Make:
    """Return what answers with 100 MB, packed when it is first played: that takes half a second."""

    @cache
    def packed() -> bytes:
        encoders, encoding = BOMBS[name]
        body = b"<p>" + b"a" * (100 * MEGABYTE)
        for encode in encoders:
            body = encode(body)
        return encoded(body, encoding)

    return lambda _stage: packed()


def encoded(body: bytes, encoding: str) -> bytes:
    return ok(body, content_encoding=encoding)


def raw(text: str | bytes) -> Make:
    return says(text.encode("latin-1") if isinstance(text, str) else text)


def trickle(head: bytes, piece: bytes, pause: float = 0.1) -> Writer:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(1000):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return write


def endless(head: bytes, piece: bytes) -> Writer:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(4000):  # more than anybody takes
            writer.write(piece)
            await writer.drain()

    return write


def resets(said: bytes) -> Writer:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    return write


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"


def bombs() -> Iterator[Case]:
    for name in BOMBS:
        bomb = bomb_of(name)
        yield Case("N20", f"a bomb of {name}, in a page", PageFails(Problem.TOO_LARGE), page=bomb)
        yield Case("N20", f"a bomb of {name}, in a feed", Fails(Problem.TOO_LARGE), feed=bomb)
        yield Case("N20", f"a bomb of {name}, in robots.txt", Lists(1), robots=bomb)
    zipped = gzip.compress
    deep = b"<p>" + b"a" * 1000
    for _ in range(10):
        deep = zipped(deep)
    yield Case(
        "N20",
        "ten encodings, one in the other",
        PageFails(Problem.BAD_RESPONSE),
        page=says(encoded(deep, ", ".join(["gzip"] * 10))),
    )
    body = good_page().partition(b"\r\n\r\n")[2]
    yield Case(
        "N20",
        "a gzip that is cut",
        PageFails(Problem.TRUNCATED),
        page=says(encoded(zipped(body)[:-20], "gzip")),
    )
    yield Case(
        "N20",
        "said to be gzip and is not",
        PageFails(Problem.BAD_RESPONSE),
        page=says(encoded(body, "gzip")),
    )
    yield Case(
        "N20",
        "said to be brotli and is not",
        PageFails(Problem.BAD_RESPONSE),
        page=says(encoded(b"\xff" * 500, "br")),
    )
    yield Case(
        "N20",
        "garbage behind a gzip",
        Reads(("harbour master",)),
        page=says(encoded(zipped(body) + b"garbage", "gzip")),
    )
    yield Case(
        "N20",
        "an encoding nobody knows",
        Reads(("harbour master",)),
        page=says(encoded(body, "lzma7")),
    )
    yield Case(
        "N20", "several gzips in a row", Reads(("harbour master",)),
        page=says(encoded(zipped(body[:500]) + zipped(body[500:]), "gzip")),
    )  # fmt: skip


def sizes() -> Iterator[Case]:
    yield Case(
        "N21",
        "a body without an end",
        PageFails(Problem.TOO_LARGE),
        page=says(endless(OK + b"\r\n", b"a" * 65536)),
    )
    yield Case(
        "N21",
        "chunks without an end",
        PageFails(Problem.TOO_LARGE),
        page=says(endless(CHUNKED, CHUNK)),
    )
    yield Case(
        "N21",
        "a feed without an end",
        Fails(Problem.TOO_LARGE),
        feed=says(endless(OK + b"\r\n", b"<item/>" * 9000)),
    )
    yield Case(
        "N21",
        "a robots.txt without an end",
        Lists(1),
        robots=says(endless(OK + b"\r\n", b"Disallow: /private\n" * 3000)),
    )
    yield Case(
        "N22",
        "a head that comes by letters",
        PageFails(Problem.TIMEOUT),
        page=says(trickle(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n")),
    )
    yield Case("N22", "silence", PageFails(Problem.TIMEOUT), page=says(trickle(b"", b"")))
    yield Case(
        "N22",
        "silence where a feed should be",
        Fails(Problem.TIMEOUT),
        feed=says(trickle(b"", b"")),
    )
    yield Case(
        "N23",
        "a body that comes by letters",
        PageFails(Problem.TIMEOUT),
        page=says(trickle(OK + b"Content-Length: 9000\r\n\r\n", b"a")),
    )
    yield Case(
        "N23",
        "chunks that come by letters",
        PageFails(Problem.TIMEOUT),
        page=says(trickle(CHUNKED, b"1\r\na\r\n")),
    )
    yield Case(
        "N23",
        "a feed that comes by letters",
        Fails(Problem.TIMEOUT),
        feed=says(trickle(OK + b"\r\n", b"<")),
    )
    many = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200_000)) + b"\r\n"
    yield Case("N24", "200,000 headers", PageFails(Problem.BAD_RESPONSE), page=says(many))
    yield Case(
        "N24",
        "a header of a megabyte",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 200 OK\r\nX: " + "a" * MEGABYTE + "\r\n\r\n"),
    )
    yield Case(
        "N24",
        "headers without an end",
        PageFails(Problem.BAD_RESPONSE),
        page=says(endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 9000)),
    )
    yield Case(
        "N24",
        "a NUL in a header",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n<p>"),
    )
    yield Case(
        "N24",
        "a name of a header with spaces",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 200 OK\r\nX Y: a\r\n\r\n<p>"),
    )
    yield Case(
        "N24",
        "a reason of a megabyte",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 200 " + "a" * MEGABYTE + "\r\n\r\n"),
    )
    yield Case(
        "N25",
        "a page of 100 MB",
        PageFails(Problem.TOO_LARGE),
        page=says(endless(OK + b"Content-Length: 100000000\r\n\r\n", b"a" * 65536)),
    )
    yield Case(
        "N25",
        "a feed of 100 MB",
        Fails(Problem.TOO_LARGE),
        feed=says(endless(OK + b"Content-Length: 100000000\r\n\r\n", b"a" * 65536)),
    )


def lies() -> Iterator[Case]:
    body = "<p>Some words.</p>"
    length = f"HTTP/1.1 200 OK\r\n{HTML}\r\nConnection: close\r\nContent-Length: "
    yield Case(
        "N26",
        "shorter than it says",
        PageFails(Problem.TRUNCATED),
        page=raw(f"{length}5000\r\n\r\n{body}"),
    )
    yield Case(
        "N26",
        "a feed shorter than it says",
        Fails(Problem.TRUNCATED),
        feed=raw(f"{length}5000\r\n\r\n<rss>"),
    )
    yield Case(
        "N26",
        "a page longer than it says",
        PageFails(Problem.BAD_RESPONSE),
        page=raw(f"{length}10\r\n\r\n{body}"),
    )
    yield Case(
        "N26", "cut in a chunk", PageFails(Problem.TRUNCATED), page=says(CHUNKED + b"500\r\nabc")
    )
    yield Case(
        "N26",
        "without its last chunk",
        PageFails(Problem.TRUNCATED),
        page=says(CHUNKED + b"3\r\nabc\r\n"),
    )
    for name, number in {
        "negative": "-5",
        "no number": "many",
        "of 200 digits": "9" * 200,
        "with a plus": "+5",
        "in hex": "0x10",
    }.items():
        yield Case(
            "N26",
            f"a length {name}",
            PageFails(Problem.BAD_RESPONSE),
            page=raw(f"{length}{number}\r\n\r\n{body}"),
        )
    yield Case(
        "N26",
        "two lengths",
        PageFails(Problem.BAD_RESPONSE),
        page=raw(f"{length}5\r\nContent-Length: 9\r\n\r\n{body}"),
    )
    yield Case(
        "N26",
        "a length and chunks",
        PageFails(Problem.BAD_RESPONSE),
        page=raw(f"{length}5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"),
    )
    yield Case("N27", "garbage", PageFails(Problem.BAD_RESPONSE), page=says(bytes(range(256)) * 20))
    yield Case(
        "N27",
        "garbage where a feed should be",
        Fails(Problem.BAD_RESPONSE),
        feed=says(bytes(range(256)) * 20),
    )
    yield Case(
        "N27", "HTTP/0.9", PageFails(Problem.BAD_RESPONSE), page=raw("<html><p>Words.</p></html>")
    )
    yield Case(
        "N27",
        "a greeting of SSH",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("SSH-2.0-OpenSSH_9.9\r\n"),
    )
    yield Case(
        "N27",
        "a greeting of SMTP",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("220 relay ESMTP\r\n"),
    )
    yield Case(
        "N27", "a radio's answer", PageFails(Problem.BAD_RESPONSE), page=raw("ICY 200 OK\r\n\r\n")
    )
    yield Case(
        "N27",
        "no version that there is",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/9.9 200 OK\r\n\r\n"),
    )
    yield Case(
        "N27",
        "a version that is none",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/x.y 200 OK\r\n\r\n"),
    )
    for name, size in {"negative": "-5", "no number": "zz", "larger than memory": "F" * 40}.items():
        yield Case(
            "N27",
            f"a chunk {name}",
            PageFails(Problem.BAD_RESPONSE),
            page=says(CHUNKED + f"{size}\r\nabc\r\n0\r\n\r\n".encode()),
        )
    yield Case(
        "N27",
        "a chunk's extension of a megabyte",
        PageFails(Problem.NOT_HTML),
        page=says(CHUNKED + b"5;" + b"x" * MEGABYTE + b"\r\nabcde\r\n0\r\n\r\n"),
    )
    for number in ("000", "42", "1000", "abc", "-1", "99999"):
        yield Case(
            "N27",
            f"status {number}",
            PageFails(Problem.BAD_RESPONSE),
            page=raw(f"HTTP/1.1 {number} Odd\r\n{HTML}\r\nContent-Length: 0\r\n\r\n"),
        )
    yield Case("N27", "nothing at all", PageFails(Problem.CONNECTION_LOST), page=raw(""))
    yield Case(
        "N27", "nothing where a feed should be", Fails(Problem.CONNECTION_LOST), feed=raw("")
    )
    yield Case(
        "N27",
        "only a status line",
        PageFails(Problem.CONNECTION_LOST),
        page=raw("HTTP/1.1 200 OK\r\n"),
    )
    yield Case(
        "N27",
        "a hundred times 100",
        PageFails(Problem.TIMEOUT),
        page=says(trickle(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, b"")),
    )
    yield Case(
        "N27",
        "an early hint, then the page",
        Reads(("harbour master",)),
        page=says(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + good_page()),
    )
    yield Case(
        "N27",
        "a switch of protocols",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"),
    )


def refusals() -> Iterator[Case]:
    for status, problem in {
        400: Problem.CLIENT_ERROR,
        401: Problem.FORBIDDEN,
        402: Problem.CLIENT_ERROR,
        403: Problem.FORBIDDEN,
        404: Problem.NOT_FOUND,
        405: Problem.CLIENT_ERROR,
        407: Problem.CLIENT_ERROR,
        410: Problem.GONE,
        418: Problem.CLIENT_ERROR,
        425: Problem.CLIENT_ERROR,
        429: Problem.RATE_LIMITED,
        431: Problem.CLIENT_ERROR,
        451: Problem.FORBIDDEN,
        500: Problem.SERVER_ERROR,
        501: Problem.SERVER_ERROR,
        502: Problem.SERVER_ERROR,
        503: Problem.SERVER_ERROR,
        504: Problem.SERVER_ERROR,
        511: Problem.SERVER_ERROR,
        599: Problem.SERVER_ERROR,
    }.items():
        number = {401: "N32", 403: "N32", 451: "N32", 410: "N33", 429: "N31", 503: "N31"}.get(
            status, "N27"
        )
        yield Case(
            number,
            f"a page that answers {status}",
            PageFails(problem),
            page=says(answer(status, b"no")),
        )
        yield Case(
            number,
            f"a feed that answers {status}",
            Fails(problem),
            feed=says(answer(status, b"no")),
        )
    for status in (204, 205):
        yield Case(
            "N27",
            f"a page that answers {status}",
            PageFails(Problem.NOT_HTML),
            page=raw(f"HTTP/1.1 {status} Nothing\r\nConnection: close\r\n\r\n"),
        )
    yield Case(
        "N27",
        "a page that answers 206",
        PageFails(Problem.TRUNCATED),
        page=says(good_page().replace(b" 200 ", b" 206 ", 1)),
    )
    yield Case(
        "N27",
        "a page that answers 300",
        PageFails(Problem.BAD_RESPONSE),
        page=says(answer(300, b"choose")),
    )
    yield Case(
        "N34",
        "a 304 that nobody asked for",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 304 Not Modified\r\n\r\n"),
    )
    yield Case(
        "N34",
        "a 304 for a feed that was never read",
        Fails(Problem.BAD_RESPONSE),
        feed=raw('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'),
    )
    later = format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    for name, value in {
        "seconds": "120",
        "a date": later,
        "a date that is past": "Fri, 31 Dec 1999 23:59:59 GMT",
        "the year 9999": "Fri, 31 Dec 9999 23:59:59 GMT",
        "garbage": "soon, dear",
        "a negative number": "-9",
        "a number without end": "9" * 300,
        "a fraction": "1.5",
        "nothing": "",
    }.items():
        for status, problem in ((429, Problem.RATE_LIMITED), (503, Problem.SERVER_ERROR)):
            yield Case(
                "N31",
                f"{status} and Retry-After: {name}",
                Fails(problem),
                feed=says(answer(status, b"", retry_after=value)),
            )


def redirects() -> Iterator[Case]:
    def to(target: str, status: int = 302) -> Make:
        return says(answer(status, location=target))

    yield Case("N28", "a redirect to itself", PageFails(Problem.REDIRECT_LOOP), page=to("/page"))
    yield Case(
        "N28",
        "a circle of two",
        PageFails(Problem.REDIRECT_LOOP),
        page=to("/b"),
        more={"/b": to("/page")},
    )
    chain = {f"/{n}": to(f"/{n + 1}") for n in range(20)}
    yield Case("N28", "twenty hops", PageFails(Problem.REDIRECT_LOOP), page=to("/0"), more=chain)
    yield Case(
        "N28", "a feed of twenty hops", Fails(Problem.REDIRECT_LOOP), feed=to("/0"), more=chain
    )
    for status in (301, 302, 303, 307, 308):
        yield Case(
            "N28",
            f"{status} and the page",
            Reads(("harbour master",)),
            page=to("/there", status),
            more={"/there": says(good_page())},
        )
    for name, target in {
        "no host": "http://",
        "a host of dots": "http://../",
        "a port that is none": "http://a.example:99999/",
        "a bracket": "http://[::1/",
        "a name and password": "http://a:b@elsewhere.example/",
        "too long": "/" + "a" * 9000,
    }.items():
        yield Case(
            "N28",
            f"a redirect to what is no address: {name}",
            PageFails(Problem.BAD_URL),
            page=to(target),
        )
    yield Case(
        "N28",
        "a redirect without a target",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
    )
    yield Case(
        "N28",
        "a redirect to nothing",
        PageFails(Problem.BAD_RESPONSE),
        page=raw("HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 0\r\n\r\n"),
    )
    yield Case(
        "N28",
        "letters that are not escaped",
        Reads(("harbour master",)),
        page=raw("HTTP/1.1 302 Found\r\nLocation: /f\u00c3\u00a4hre\r\nContent-Length: 0\r\n\r\n"),
        more={"/f%C3%A4hre": says(good_page())},
    )
    for hop in (1, 5):
        more = {f"/{n}": to(f"/{n + 1}") for n in range(1, hop)}

        def inside(stage: Stage) -> bytes:
            return answer(302, location=f"http://{stage.inside}/latest/meta-data")

        first = inside if hop == 1 else to("/1")
        yield Case(
            "N05",
            f"inside at hop {hop}",
            PageFails(Problem.BLOCKED_ADDRESS),
            page=first,
            more={**more, f"/{hop - 1}": inside},
        )
        yield Case(
            "N05",
            f"a feed inside at hop {hop}",
            Fails(Problem.BLOCKED_ADDRESS),
            feed=first,
            more={**more, f"/{hop - 1}": inside},
        )
    for target in (
        "file:///etc/passwd",
        "data:text/html,<p>words",
        "ftp://files.example/a",
        "javascript:alert(1)",
        "gopher://a.example/",
        "s3://bucket/key",
        "dict://127.0.0.1:11211/",
        "ldap://a.example/",
        "view-source:http://a.example/",
        "blob:http://a.example/x",
    ):
        yield Case(
            "N06",
            f"a redirect to {target.partition(':')[0]}:",
            PageFails(Problem.BAD_URL),
            page=to(target),
        )
        yield Case(
            "N06",
            f"a feed that redirects to {target.partition(':')[0]}:",
            Fails(Problem.BAD_URL),
            feed=to(target),
        )
    for port in (22, 25, 6379, 11211, 3306, 5432):
        yield Case(
            "N08",
            f"a redirect to port {port}",
            PageFails(Problem.BLOCKED_ADDRESS),
            page=to(f"http://a.example:{port}/"),
        )


def broken_connections() -> Iterator[Case]:
    yield Case("N35", "nobody listens", Fails(Problem.CONNECTION_REFUSED), listens=False)
    yield Case(
        "N35", "reset before an answer", PageFails(Problem.CONNECTION_LOST), page=says(resets(b""))
    )
    yield Case(
        "N35",
        "reset in the head",
        PageFails(Problem.CONNECTION_LOST),
        page=says(resets(b"HTTP/1.1 200 OK\r\nX")),
    )
    yield Case(
        "N35",
        "reset in the body",
        PageFails(Problem.TRUNCATED),
        page=says(resets(OK + b"Content-Length: 900\r\n\r\nabc")),
    )
    yield Case(
        "N35",
        "a feed that is reset",
        Fails(Problem.TRUNCATED),
        feed=says(resets(OK + b"Content-Length: 900\r\n\r\nabc")),
    )
    for kind in (
        Tls.EXPIRED,
        Tls.NOT_YET,
        Tls.SELF_SIGNED,
        Tls.WRONG_HOST,
        Tls.UNKNOWN,
        Tls.SHA1,
    ):
        yield Case("N29", f"a certificate {kind}", Fails(Problem.TLS_ERROR), tls=kind)
    # It says nothing to a client that is too new for it, and hangs up.
    yield Case("N29", "a server of TLS 1.1", Fails(Problem.CONNECTION_LOST), tls=Tls.OLD)
    yield Case("N29", "a certificate that is good", Lists(1), tls=Tls.GOOD)

    async def frames(writer: asyncio.StreamWriter) -> None:
        writer.write(b"\0\0\0\4\0\0\0\0\0" + b"\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\1")

    yield Case(
        "N36",
        "a site that speaks HTTP/2 only",
        Fails(Problem.BAD_RESPONSE),
        tls=Tls.HTTP2,
        feed=says(frames),
        robots=says(answer(404)),
    )


def names() -> Iterator[Case]:
    yield Case(
        "N30",
        "a name that is not there",
        Fails(Problem.DNS_NOT_FOUND),
        names=("nothing",),
        listens=False,
    )
    yield Case(
        "N30",
        "a name server that fails",
        Fails(Problem.DNS_FAILURE),
        names=("servfail",),
        listens=False,
    )
    yield Case(
        "N30",
        "a name server that is broken",
        Fails(Problem.DNS_FAILURE),
        names=("broken",),
        listens=False,
    )
    yield Case(
        "N30",
        "a name server that is silent",
        Fails(Problem.TIMEOUT),
        names=("silence",),
        listens=False,
    )
    for ip in (
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "0.0.0.0",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "100.64.0.1",
    ):
        yield Case(
            "N04",
            f"a name that is {ip}",
            Fails(Problem.BLOCKED_ADDRESS),
            names=(ip,),
            listens=False,
        )
    yield Case(
        "N03", "a name with an address inside and one outside", Lists(1), names=("10.0.0.1,here",)
    )
    yield Case("N03", "the same in the other order", Lists(1), names=("here,169.254.169.254",))
    yield Case(
        "N03",
        "a name with two addresses inside",
        Fails(Problem.BLOCKED_ADDRESS),
        names=("10.0.0.1,192.168.0.1",),
        listens=False,
    )
    yield Case("N04", "a name that is inside the second time", Lists(1), names=("here", "10.0.0.1"))


def cases() -> list[Case]:
    """Return them all."""
    kinds = (bombs, sizes, lies, refusals, redirects, broken_connections, names)
    return [case for kind in kinds for case in kind()]
