"""R01 to R09: what a site may answer for its robots.txt."""

from __future__ import annotations

from collections.abc import Iterator

from storage.models.problems import Problem
from tests.crawler.fetch.site import answer
from tests.hostile.case import Case, Fails, Lists, Make, Reads, good_page, ok, says
from tests.hostile.cases.answers import raw, resets, trickle

CLOSED = "User-agent: *\nDisallow: /feed\n"
FORBIDS = Fails(Problem.ROBOTS_DISALLOWED)
UNREACHABLE = Fails(Problem.ROBOTS_UNREACHABLE)
READ = Reads(("harbour master",))


def text(body: str | bytes, content_type: str = "text/plain") -> Make:
    return says(ok(body, content_type))


def statuses() -> Iterator[Case]:
    for status in (404, 410):
        yield Case("R01", f"{status}", READ, robots=says(answer(status, CLOSED.encode())))
    for status in (400, 401, 403, 418, 451):
        yield Case("R02", f"{status}", READ, robots=says(answer(status, CLOSED.encode())))
    for status in (500, 502, 503, 504, 599):
        yield Case("R03", f"{status}", UNREACHABLE, robots=says(answer(status, b"<h1>down</h1>")))
    yield Case("R03", "silence", Fails(Problem.TIMEOUT), robots=says(trickle(b"", b"")))
    yield Case("R03", "a reset", Fails(Problem.CONNECTION_LOST), robots=says(resets(b"")))
    yield Case("R03", "nothing", Fails(Problem.CONNECTION_LOST), robots=raw(""))
    yield Case("R03", "garbage", UNREACHABLE, robots=says(bytes(range(256))))
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nUser-agent: *\n"
    yield Case("R03", "a file that is cut", UNREACHABLE, robots=says(cut))


def sizes() -> Iterator[Case]:
    filler = "# " + "a" * 98 + "\n"
    yield Case("R04", "600 KiB, and a rule at the end", READ, robots=text(filler * 6144 + CLOSED))
    yield Case(
        "R04", "600 KiB, and a rule at the start", FORBIDS, robots=text(CLOSED + filler * 6144)
    )
    yield Case(
        "R04",
        "200,000 rules",
        READ,
        robots=text("User-agent: *\n" + "Disallow: /private\n" * 200_000),
    )
    yield Case(
        "R04",
        "200,000 agents",
        READ,
        robots=text("User-agent: bot%d\n" * 20_000 % tuple(range(20_000)) + "Disallow: /"),
    )
    yield Case(
        "R04",
        "a line of a megabyte",
        READ,
        robots=text("User-agent: *\nDisallow: /" + "a" * 1_000_000),
    )
    stars = "*a" * 5000
    yield Case(
        "R04",
        "a rule of ten thousand stars",
        READ,
        robots=text(f"User-agent: *\nDisallow: /{stars}b$\n"),
    )
    yield Case(
        "R04",
        "a hundred rules of stars",
        READ,
        robots=text("User-agent: *\n" + ("Disallow: /" + "*f" * 40 + "*z$\n") * 100),
    )


def redirects() -> Iterator[Case]:
    def to(target: str) -> Make:
        return says(answer(301, location=target))

    for hops in (1, 5):
        more = {f"/r{n}": to(f"/r{n + 1}") for n in range(hops)}
        yield Case(
            "R05",
            f"{hops} redirects, then rules",
            FORBIDS,
            robots=to("/r1"),
            more={**more, f"/r{hops}": text(CLOSED)},
        )
    chain = {f"/r{n}": to(f"/r{n + 1}") for n in range(9)}
    yield Case("R05", "more redirects than five", READ, robots=to("/r0"), more=chain)
    yield Case("R05", "a redirect to itself", READ, robots=to("/robots.txt"))
    yield Case(
        "R05",
        "a redirect inside",
        Fails(Problem.BLOCKED_ADDRESS),
        robots=lambda stage: answer(301, location=f"http://{stage.inside}/"),
    )
    yield Case(
        "R05", "a redirect to a file", Fails(Problem.BAD_URL), robots=to("file:///etc/passwd")
    )


def contents() -> Iterator[Case]:
    page = "<!doctype html><html><title>Not found</title><body><p>Disallow: /</p></body></html>"
    yield Case("R06", "a web page", READ, robots=text(page, "text/html"))
    yield Case("R06", "the front page", READ, robots=says(good_page()))
    yield Case(
        "R06", "a picture", READ, robots=text(b"\x89PNG\r\n\x1a\n" + bytes(500), "image/png")
    )
    for name, body in {
        "a BOM": "\ufeff" + CLOSED,
        "CR only": CLOSED.replace("\n", "\r"),
        "CR and LF": CLOSED.replace("\n", "\r\n"),
        "NULs": CLOSED.replace(":", ":\0"),
        "NEL and LS": "# a\u0085b\u2028c\n" + CLOSED,
        "spaces everywhere": "  User-agent :  *  \n\tDisallow :\t/feed  ",
        "capitals": CLOSED.upper().replace("/FEED", "/feed"),
        "no newline at the end": CLOSED.strip(),
        "a comment on each line": CLOSED.replace("\n", " # hello\n"),
        "an unknown line between": "User-agent: *\nSignal: ai-train=no\nDisallow: /feed\n",
        "our own name": "User-agent: *\nAllow: /\n\nUser-agent: Wirewatch\nDisallow: /feed\n",
        "our name and version": "User-agent: Wirewatch/9.9\nDisallow: /feed\n",
    }.items():
        yield Case("R07", f"rules with {name}", FORBIDS, robots=text(body))
    yield Case("R07", "UTF-16", READ, robots=text(CLOSED.encode("utf-16")))
    yield Case("R07", "an empty file", READ, robots=text(""))
    yield Case("R07", "a rule that is empty", READ, robots=text("User-agent: *\nDisallow:\n"))
    yield Case("R07", "another's name", READ, robots=text("User-agent: Wirewatcher\nDisallow: /\n"))
    slow = "User-agent: *\nCrawl-delay: {}\n"
    for value in ("-1", "nan", "inf", "soon", "0", "1e-9", "9" * 400):
        yield Case("R09", f"a delay of {value[:9]}", Lists(1), robots=text(slow.format(value)))


def cases() -> list[Case]:
    """Return them all."""
    return [*statuses(), *sizes(), *redirects(), *contents()]
