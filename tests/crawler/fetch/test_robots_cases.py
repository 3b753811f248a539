"""What robots.txt files mean: the statements of RFC 9309 and of Google's published cases, each tried."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.robots import parse_robots
from crawler.fetch.robots_text import plain

HOST = "http://foo.bar"

# Each: what it shows; the file, its lines parted by "|"; then who may (+) or may not (-) fetch what.
CASES = """
a colon parts name and value      | ua: FooBot | dis: /                       ; FooBot -/x/y
other names are no rules          | foo: FooBot | bar: /                      ; FooBot +/x/y
a missing colon is understood     | user-agent FooBot | disallow /            ; FooBot -/x/y
misspelt rules are rules          | ua: FooBot | dissallow: /a | dissalow: /b | disalow: /c | diasllow: /d | disallaw: /e ; FooBot -/a -/b -/c -/d -/e +/f
misspelt agents are agents        | useragent: FooBot | dis: /                ; FooBot -/x
two words for one                 | user agent: FooBot | dis: /               ; FooBot -/x
an empty file                     |                                           ; FooBot +/x/y
groups of the same agent are one  | all: /foo/bar/ | | ua: FooBot | dis: / | all: /x/ | ua: BarBot | dis: / | all: /y/ | | | all: /w/ | ua: BazBot | | ua: FooBot | all: /z/ | dis: / ; FooBot +/x/b +/z/d -/y/c -/foo/bar/ ; BarBot +/y/c +/w/a -/z/d -/foo/bar/ ; BazBot +/z/d -/foo/bar/
names in capitals                 | USER-AGENT: FooBot | ALLOW: /x/ | DISALLOW: / ; FooBot +/x/y -/a/b
names in both                     | uSeR-aGeNt: FooBot | AlLoW: /x/ | dIsAlLoW: / ; FooBot +/x/y -/a/b
agents in capitals                | ua: FOO BAR | all: /x/ | dis: /            ; Foo +/x/y -/a/b ; foo +/x/y -/a/b
agents in small letters           | ua: foo bar | all: /x/ | dis: /            ; Foo +/x/y -/a/b ; foo +/x/y -/a/b
agents in both                    | ua: FoO bAr | all: /x/ | dis: /            ; Foo +/x/y -/a/b ; foo +/x/y -/a/b
an agent ends at a space          | ua: * | dis: / | ua: Foo Bar | all: /x/ | dis: / ; Foo +/x/y
an agent ends at its version      | ua: FooBot/2.1 | dis: /                    ; FooBot -/x
all others are a star             | ua: * | all: / | ua: FooBot | dis: /       ; FooBot -/x/y ; BarBot +/x/y
a star with words behind it       | ua: * # all of you | dis: /                ; FooBot -/x/y
without a star nothing is said    | ua: FooBot | all: / | ua: BarBot | dis: / | ua: BazBot | dis: / ; QuxBot +/x/y
one's own group goes before a star| ua: * | dis: /x/ | ua: FooBot | dis: /y/   ; FooBot +/x/page -/y/page
what is unknown ends no group     | ua: FooBot | noindex: /z | ua: BarBot | dis: / ; FooBot -/x ; BarBot -/x
what is unknown parts no agents   | ua: BarBot | foo: /z | ua: FooBot | all: /y | dis: / ; BarBot -/x +/y
paths know capitals               | ua: FooBot | dis: /x/                      ; FooBot -/x/y
paths know capitals: others       | ua: FooBot | dis: /X/                      ; FooBot +/x/y
the longest forbids               | ua: FooBot | dis: /x/page.html | all: /x/  ; FooBot -/x/page.html
the longest allows                | ua: FooBot | all: /x/page.html | dis: /x/  ; FooBot +/x/page.html -/x/
of empty rules none counts        | ua: FooBot | dis: | all:                   ; FooBot +/x/page.html
of equal rules to allow wins      | ua: FooBot | dis: / | all: /               ; FooBot +/x/page.html
of equal rules, longer            | ua: FooBot | dis: /x/page.html | all: /x/page.html ; FooBot +/x/page.html
a slash more is longer            | ua: FooBot | dis: /x | all: /x/            ; FooBot -/x +/x/
a pattern's length counts         | ua: FooBot | all: /page | dis: /*.html     ; FooBot -/page.html +/page
a longer prefix goes before it    | ua: FooBot | all: /x/page. | dis: /*.html  ; FooBot +/x/page.html -/x/y.html
a query is of the path            | ua: FooBot | dis: / | all: /foo/bar?qux=taz&baz=http://foo.bar?tar&par ; FooBot +/foo/bar?qux=taz&baz=http://foo.bar?tar&par
letters beyond ASCII are encoded  | ua: FooBot | dis: / | all: /foo/bar/ツ     ; FooBot +/foo/bar/%E3%83%84
encoded ones are the same         | ua: FooBot | dis: / | all: /foo/bar/%E3%83%84 ; FooBot +/foo/bar/%E3%83%84
encoding knows no capitals        | ua: FooBot | dis: /%aa                     ; FooBot -/%AA
a star in the middle              | ua: FooBot | dis: /foo/bar/quz | all: /foo/*/qux ; FooBot -/foo/bar/quz +/foo/quz +/foo//quz +/foo/bax/quz
a dollar at the end               | ua: FooBot | dis: /foo/bar$ | all: /foo/bar/qux ; FooBot -/foo/bar +/foo/bar/qux +/foo/bar/ +/foo/bar/baz
comments are left out             | ua: FooBot | # dis: / | dis: /foo/quz#qux | all: / ; FooBot +/foo/bar -/foo/quz
an index is its directory         | ua: * | all: /allowed-slash/index.html | dis: / ; foobot +/allowed-slash/ -/allowed-slash/index.htm +/allowed-slash/index.html -/anyother-url
a path is a beginning             | ua: FooBot | dis: / | all: /fish           ; FooBot -/bar +/fish +/fish.html +/fish/salmon.html +/fishheads +/fishheads/yummy.html +/fish.html?id=anything -/Fish.asp -/catfish -/?id=fish
a star at the end says nothing    | ua: FooBot | dis: / | all: /fish*          ; FooBot -/bar +/fish +/fish.html +/fish/salmon.html +/fishheads +/fishheads/yummy.html +/fish.html?id=anything -/Fish.bar -/catfish -/?id=fish
a slash at the end says much      | ua: FooBot | dis: / | all: /fish/          ; FooBot -/bar +/fish/ +/fish/salmon +/fish/?salmon +/fish/salmon.html +/fish/?id=anything -/fish -/fish.html -/Fish/Salmon.html
a pattern anywhere                | ua: FooBot | dis: / | all: /*.php          ; FooBot -/bar +/filename.php +/folder/filename.php +/folder/filename.php?parameters +//folder/any.php.file.html +/filename.php/ +/index?f=filename.php/ -/php/ -/index?php -/windows.PHP
a pattern to the end              | ua: FooBot | dis: / | all: /*.php$         ; FooBot -/bar +/filename.php +/folder/filename.php -/filename.php?parameters -/filename.php/ -/filename.php5 -/php/ -/filename?php -/aaaphpaaa -//windows.PHP
a pattern with a beginning        | ua: FooBot | dis: / | all: /fish*.php      ; FooBot -/bar +/fish.php +/fishheads/catfish.php?parameters -/Fish.PHP
precedence: longer                | ua: FooBot | all: /p | dis: /              ; FooBot +/page
precedence: equal                 | ua: FooBot | all: /folder | dis: /folder   ; FooBot +/folder/page
precedence: pattern               | ua: FooBot | all: /page | dis: /*.htm      ; FooBot -/page.htm
precedence: the front page        | ua: FooBot | all: /$ | dis: /              ; FooBot +/ -/page.html
rules before any agent            | dis: /                                     ; FooBot +/x
a BOM                             | \ufeffua: FooBot | dis: /                  ; FooBot -/x
spaces before a name              |    ua: FooBot |    dis: /                  ; FooBot -/x
a tab for a space                 | ua:\tFooBot | dis:\t/                      ; FooBot -/x
"""


LONG_NAMES = {"ua": "user-agent", "dis": "disallow", "all": "allow"}


@dataclass(frozen=True)
class Asked:
    shows: str
    text: str
    agent: str
    path: str
    allowed: bool

    def __str__(self) -> str:
        return f"{self.shows}: {self.agent} {'+' if self.allowed else '-'}{self.path}"


def asked() -> list[Asked]:
    """Read the table."""
    found = []
    for line in CASES.strip().splitlines():
        told, *answers = line.split(" ; ")
        shows, *lines = re.split(r"\s*\|(?: |$)", told)
        text = re.sub(
            r"(?m)^((?:\ufeff| |# )*)(ua|dis|all):",
            lambda begun: f"{begun.group(1)}{LONG_NAMES[begun.group(2)]}:",
            "\n".join(lines).replace("\\ufeff", "\ufeff").replace("\\t", "\t"),
        )
        for answer in answers:
            agent, *paths = answer.split()
            found += [Asked(shows, text, agent, each[1:], each[0] == "+") for each in paths]
    return found


@pytest.mark.parametrize("case", asked(), ids=str)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_rule_means_what_the_standard_says(case: Asked, end: str) -> None:
    rules = parse_robots(case.text.replace("\n", end).encode())
    assert bool(rules.can_fetch(HOST + case.path, case.agent)) is case.allowed


def test_the_table_is_whole() -> None:
    assert len(asked()) >= 142


@pytest.mark.parametrize("bom", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
def test_a_cut_bom_is_one(bom: bytes) -> None:
    rules = parse_robots(bom + b"User-Agent: foo\nDisallow: /")
    assert not rules.can_fetch(HOST + "/x", "foo")


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\x11\xbfUser-Agent: foo\nDisallow: /",
        b"User-Agent: foo\n\xef\xbb\xbfDisallow: /",
    ],
)
def test_what_is_no_bom_makes_a_line_unknown(body: bytes) -> None:
    assert parse_robots(body).can_fetch(HOST + "/x", "foo")


LONG = "/x/" + "a" * (2083 * 8 - len("/x/") - len("disallow: "))


def test_a_line_too_long_is_cut_and_what_is_left_of_it_is_a_rule() -> None:
    rules = parse_robots(f"user-agent: FooBot\ndisallow: {LONG}/qux".encode())
    assert rules.can_fetch(HOST + "/fux", "FooBot")
    assert not rules.can_fetch(f"{HOST}{LONG}/fux", "FooBot")


@pytest.mark.parametrize("where", ["first", "last"])
def test_a_sitemap_stands_anywhere(where: str) -> None:
    line, rest = "Sitemap: http://foo.bar/sitemap.xml\n", "User-Agent: foo\nAllow: /p\n\n"
    body = line + rest if where == "first" else rest + line
    assert list(parse_robots(body.encode()).sitemaps) == ["http://foo.bar/sitemap.xml"]


def test_a_sitemap_line_ends_no_group() -> None:
    rules = parse_robots(
        b"User-agent: a\nSitemap: http://foo.bar/s.xml\nUser-agent: b\nDisallow: /"
    )
    assert not rules.can_fetch(HOST + "/x", "a")


@given(st.binary(max_size=2000))
def test_whatever_the_bytes_are_they_are_read(body: bytes) -> None:
    assert parse_robots(body).can_fetch(HOST + "/x", "foo") in (True, False)


@given(st.text(max_size=500))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    once = plain(text.encode("utf-8", "replace"))
    assert parse_robots(once.encode()).can_fetch(HOST + "/x", "foo") == parse_robots(
        plain(once.encode()).encode()
    ).can_fetch(HOST + "/x", "foo")
