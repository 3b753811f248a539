"""C05 to C10: feeds that are broken, booby-trapped, too long, or lie about their items."""

from __future__ import annotations

from collections.abc import Iterator

from storage.models.problems import Problem
from tests.hostile.case import (
    Case,
    Fails,
    Lists,
    Make,
    Play,
    Reads,
    Stage,
    feed_of,
    item,
    ok,
    rss,
    says,
)

XML = "application/rss+xml"
NOT_A_FEED = Fails(Problem.NOT_A_FEED)


def body(text: str | bytes, content_type: str = XML) -> Make:
    return says(ok(text, content_type))


def around(before: str, after: str = "", title: str = "Ferries stand still") -> Make:
    """Put text round a good feed."""

    def make(stage: Stage) -> Play:
        return ok(before + rss(item(stage.url("/page"), title)) + after, XML)

    return make


def listing(*items: str) -> Make:
    """List items, with `@` for the site's own address."""
    return lambda stage: feed_of(*(each.replace("@", stage.url("")) for each in items))


def entities() -> Iterator[Case]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield Case(
        "C05",
        "a billion laughs",
        Lists(0),
        feed=body(
            f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]><rss version="2.0"><channel><title>&l9;</title></channel></rss>'
        ),
    )
    big = "a" * 100_000
    yield Case(
        "C05",
        "a quadratic blow-up",
        Lists(0),
        feed=body(
            f'<!DOCTYPE r [<!ENTITY a "{big}">]><rss version="2.0"><channel><title>{"&a;" * 5000}</title></channel></rss>'
        ),
    )
    for name, entity in {
        "a file": 'SYSTEM "file:///etc/passwd"',
        "a web address": 'SYSTEM "http://169.254.169.254/"',
        "a public name": 'PUBLIC "x" "http://169.254.169.254/"',
        "an expectation": 'SYSTEM "expect://id"',
    }.items():
        yield Case(
            "C05",
            f"an entity of {name}",
            Lists(1),
            feed=around(f"<!DOCTYPE r [<!ENTITY x {entity}>]>", title="&x;"),
        )
        yield Case(
            "C05",
            f"a parameter entity of {name}",
            Lists(1),
            feed=around(f"<!DOCTYPE r [<!ENTITY % x {entity}> %x;]>"),
        )
    yield Case(
        "C05",
        "an XInclude",
        Lists(1),
        feed=listing(
            item(
                "@/page",
                '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>News',
            )
        ),
    )
    yield Case(
        "C05",
        "a style sheet that is a program",
        Lists(1),
        feed=around('<?xml-stylesheet type="text/xsl" href="http://169.254.169.254/x.xsl"?>'),
    )
    yield Case(
        "C05",
        "a document type elsewhere",
        Lists(1),
        feed=around('<!DOCTYPE rss SYSTEM "http://169.254.169.254/rss.dtd">'),
    )


def broken() -> Iterator[Case]:
    yield Case(
        "C06",
        "cut in an item",
        Lists(1, "not well-formed"),
        feed=lambda stage: ok(
            rss(item(stage.url("/page")), "<item><title>cu").partition("cu")[0], XML
        ),
    )
    yield Case(
        "C06",
        "cut in a tag",
        Lists(1, "not well-formed"),
        feed=lambda stage: ok(
            '<rss version="2.0"><channel>' + item(stage.url("/page")) + "<ite", XML
        ),
    )
    yield Case("C06", "an ampersand", Lists(1), feed=listing(item("@/page", "Fish & chips")))
    yield Case(
        "C06",
        "an entity of HTML",
        Lists(1),
        feed=listing(item("@/page", "Caf&eacute; &nbsp; news")),
    )
    yield Case(
        "C06",
        "tags that cross",
        Lists(1),
        feed=listing("<item><title><b><i>x</b></i></title><link>@/page</link></item>"),
    )
    yield Case(
        "C06", "words before the declaration", Lists(1), feed=around('\n\n  <?xml version="1.0"?>')
    )
    yield Case(
        "C06",
        "a warning of PHP before it",
        Lists(1),
        feed=around("<br />\n<b>Warning</b>: undefined index in <b>/www/feed.php</b><br />\n"),
    )
    yield Case(
        "C06",
        "a script behind it",
        Lists(1),
        feed=around("", "<script>track()</script><!-- cached -->"),
    )
    yield Case(
        "C06",
        "two feeds, one after the other",
        Lists(2),
        feed=lambda stage: ok(rss(item(stage.url("/page"))) + rss(item(stage.url("/2"))), XML),
    )
    yield Case(
        "C06",
        "two declarations",
        Lists(1),
        feed=around('<?xml version="1.0"?><?xml version="1.0"?>'),
    )
    yield Case(
        "C06", "a version of XML that is none", Lists(1), feed=around('<?xml version="9.9"?>')
    )
    yield Case(
        "C06", "control characters", Lists(1), feed=listing(item("@/page", "a\x00b\x08c\x1fd"))
    )
    yield Case(
        "C06",
        "prefixes of no namespace",
        Lists(1),
        feed=listing(item("@/page", "News", "<media:content url='x'/><zz:y>1</zz:y>")),
    )
    yield Case("C06", "a comment with two hyphens", Lists(1), feed=around("<!-- a -- b -->"))
    yield Case(
        "C06",
        "an attribute without quotes",
        Lists(1),
        feed=lambda stage: ok(
            rss(item(stage.url("/page"))).replace('version="2.0"', "version=2.0"), XML
        ),
    )
    yield Case(
        "C06",
        "CDATA without an end",
        Lists(1),
        feed=lambda stage: ok(
            rss(item(stage.url("/page"))).replace(
                "</channel>", "<item><title><![CDATA[x</title></item></channel>"
            ),
            XML,
        ),
    )
    for name, text in {
        "nothing": "",
        "spaces": " \n ",
        "a web page": "<!doctype html><html><body><p>Words.</p></body></html>",
        "plain text": "Words.",
        "a picture": "\x89PNG\r\n",
        "an XML of something else": '<?xml version="1.0"?><note><to>You</to></note>',
        "a JSON of something else": '{"a": [1, 2]}',
        "JSON that is cut": '{"version": "https://jsonfeed.org/version/1.1", "items": [',
        "JSON that nests": "[" * 100_000,
    }.items():
        yield Case("C06", f"in place of a feed: {name}", NOT_A_FEED, feed=body(text))
    slow = Fails(Problem.PARSE_TIMEOUT)  # off the loop, and its process is ended
    yield Case("C06", "an open tag, 300,000 times", slow, feed=body("<a>" * 300_000))
    # As many as are read in a quarter of a second: there is no time to spare in a room.
    deep = "<x>" * 10_000 + "</x>" * 10_000
    yield Case(
        "C06",
        "an item of ten thousand elements, each in the other",
        Lists(1),
        feed=listing(item("@/page", "News", deep)),
    )


def long() -> Iterator[Case]:
    def items(number: int, of: str = "http://many.example/{}") -> str:
        return "".join(
            f"<item><title>n</title><link>{of.format(n)}</link></item>" for n in range(number)
        )

    yield Case(
        "C07",
        "100,000 items",
        Lists(2000, "more than 2000 items"),
        feed=body(rss(items(100_000))),
    )
    yield Case(
        "C07",
        "3,000 items",
        Lists(2000, "more than 2000 items"),
        feed=body(rss(items(3000, "http://b.example/{}"))),
    )
    yield Case(
        "C07",
        "a hundred thousand items of one address",
        Lists(1),
        feed=body(rss(items(100_000, "http://same.example/same"))),
    )
    yield Case(
        "C07", "a title of a megabyte", Lists(1), feed=listing(item("@/page", "a" * 1_000_000))
    )
    yield Case(
        "C07",
        "an item of nine megabytes",
        Lists(1),
        feed=listing(item("@/page", "News", f"<description>{'b' * 9_000_000}</description>")),
    )
    yield Case(
        "C07",
        "ten thousand categories",
        Lists(1),
        feed=listing(item("@/page", "News", "<category>c</category>" * 10_000)),
    )
    yield Case(
        "C07",
        "a hundred thousand attributes",
        Fails(Problem.PARSE_TIMEOUT),
        feed=listing(
            item("@/page", "News", "<x " + " ".join(f"a{n}='1'" for n in range(100_000)) + "/>")
        ),
    )
    yield Case(
        "C07",
        "a link of a megabyte",
        Lists(0),
        feed=listing(item("http://a.example/" + "a" * 1_000_000)),
    )
    yield Case(
        "C07",
        "a GUID of a megabyte",
        Lists(1),
        feed=listing(item("@/page", "News", f"<guid>{'g' * 1_000_000}</guid>")),
    )


def identities() -> Iterator[Case]:
    same = "<guid isPermaLink='false'>same</guid>"
    yield Case(
        "C08",
        "one GUID for two items",
        Lists(2),
        feed=listing(item("@/a", "A", same), item("@/b", "B", same)),
    )
    yield Case(
        "C08", "a GUID that is empty", Lists(1), feed=listing(item("@/page", "A", "<guid></guid>"))
    )
    yield Case(
        "C08",
        "a GUID of control characters",
        Lists(1),
        feed=listing(item("@/page", "A", "<guid>\x00\x01</guid>")),
    )
    yield Case("C08", "one item, four times", Lists(1), feed=listing(*[item("@/page")] * 4))
    yield Case(
        "C08",
        "one page under tracking parameters",
        Lists(1),
        feed=listing(item("@/page?utm_source=a"), item("@/page?utm_source=b"), item("@/page#c")),
    )


def dates() -> Iterator[Case]:
    for name, date in {
        "nothing": "",
        "the epoch": "Thu, 01 Jan 1970 00:00:00 GMT",
        "the year 0": "Sat, 01 Jan 0000 00:00:00 GMT",
        "the year 9999": "Fri, 31 Dec 9999 23:59:59 GMT",
        "the year 99999": "Fri, 31 Dec 99999 23:59:59 GMT",
        "the 30th of February": "Mon, 30 Feb 2026 10:00:00 GMT",
        "the 25th hour": "Mon, 02 Feb 2026 25:00:00 GMT",
        "a month that is none": "lun, 02 fxvr. 2026 10:00:00",
        "words": "yesterday",
        "a number of 400 digits": "9" * 400,
        "a time zone that is none": "Mon, 02 Feb 2099 10:00:00 +9999",
    }.items():
        yield Case(
            "C09",
            f"a date: {name}",
            Lists(1, undated=True),
            feed=listing(item("@/page", "A", f"<pubDate>{date}</pubDate>")),
        )
    for name, date in {
        "a month of another language": "lun, 02 févr. 2026 10:00:00",
        "seconds since the epoch": "1769990400",
    }.items():
        yield Case(
            "C09",
            f"a date: {name}",
            Lists(1),
            feed=listing(item("@/page", "A", f"<pubDate>{date}</pubDate>")),
        )


def links() -> Iterator[Case]:
    for name, link in {
        "relative": "/page",
        "relative to the feed": "page",
        "protocol-relative": "//{host}/page",
        "with spaces": " @/page ",
        "with a newline inside": "@/pa\nge",
        "with a tab inside": "@/pa\tge",
        "with a backslash": "@\\page",
        "with dots": "@/x/../page",
        "in CDATA": "<![CDATA[@/page]]>",
        "with a fragment": "@/page#top",
        "with tracking": "@/page?utm_source=rss&amp;fbclid=1",
        "in capitals": "HTTP://{HOST}/page",
    }.items():

        def make(stage: Stage, link: str = link) -> Play:
            host = stage.url("").removeprefix("http://")
            full = (
                link.replace("@", stage.url(""))
                .replace("{host}", host)
                .replace("{HOST}", host.upper())
            )
            return feed_of(item(full))

        yield Case("C10", f"a link {name}", Lists(1, url="/page"), feed=make)
    for link in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "ftp://a.example/x",
        "about:blank",
        "http://user:password@a.example/",
        "http://a..b.example/",
        "http://[::1",
        "http://a.example:99999/",
        "http://%00/",
        "tel:112",
    ):
        yield Case("C10", f"a link that is none: {link}", Lists(0), feed=listing(item(link)))
    for name, link in {
        "a name and an @": r"http://169.254.169.254:80\@public.example/x",
        "a dotted host": "http://dotted.example./x",
        "an international name": "http://bücher.example/x",
        "punycode": "http://xn--bcher-kva.example/y",
    }.items():
        yield Case("N07", f"a link of {name}", Lists(1), feed=listing(item(link)))


def charsets() -> Iterator[Case]:
    title = "Škoda für Łódź"

    def told(encoding: str, declared: str | None, header: str | None, **how: bytes) -> Make:
        def make(stage: Stage) -> Play:
            declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
            text = declaration + rss(item(stage.url("/page"), title))
            raw = how.get("bom", b"") + text.encode(encoding)
            return ok(raw, XML + (f"; charset={header}" if header else ""))

        return make

    for name, make in {
        "UTF-8, undeclared": told("utf-8", None, None),
        "UTF-8 with a BOM": told("utf-8-sig", None, None),
        "UTF-8, said to be Latin-1 by the server": told("utf-8", "utf-8", "iso-8859-1"),
        "UTF-16 with a BOM": told("utf-16", "utf-16", None),
        "UTF-16, said to be UTF-8": told("utf-16", "utf-8", "utf-8"),
        "windows-1250": told("cp1250", "windows-1250", None),
        "ISO 8859-2": told("iso8859-2", "iso-8859-2", None),
        "windows-1250, said to be a thing that is none": told(
            "cp1250", "windows-1250", "klingon-8"
        ),
    }.items():
        yield Case("C01", f"a feed in {name}", Lists(1), feed=make)
    yield Case(
        "C01",
        "a feed of mixed bytes",
        Lists(1),
        feed=lambda stage: ok(
            rss(item(stage.url("/page"), "ä@@")).encode().replace(b"@@", b"\xe4\xff\xc0"), XML
        ),
    )
    yield Case(
        "C01",
        "a feed in UTF-7",
        Lists(1),
        feed=lambda stage: ok(
            rss(item(stage.url("/page"))).encode("utf-7"), XML + "; charset=utf-7"
        ),
    )


def bidi() -> Iterator[Case]:
    yield Case(
        "C02",
        "a title of controls",
        Reads(title="Ferries stand still"),
        feed=listing(item("@/page", "\x01\x02\x9f\ufffe")),
    )


def cases() -> list[Case]:
    """Return them all."""
    kinds = (entities, broken, long, identities, dates, links, charsets, bidi)
    return [case for kind in kinds for case in kind()]
