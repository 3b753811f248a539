"""C01 to C15: pages whose text is hard to get at, dangerous, or no news at all."""

from __future__ import annotations

from collections.abc import Iterator

from storage.models.problems import Problem
from tests.crawler.fetch.site import answer
from tests.crawler.news import STORY, html
from tests.hostile.case import Case, Make, PageFails, Reads, ok, says

HARBOUR = "said harbour master Ines Quell"
READ = Reads((HARBOUR, "Salt Basin"), title="Ferries stand still")
SENTENCES = STORY.split(". ")
PARAGRAPHS = "".join(f"<p>{sentence}.</p>" for sentence in SENTENCES)


def page(inside: str, *, head: str = "", lang: str = "en") -> Make:
    """Return a page of this body."""
    return says(
        ok(
            f'<!doctype html><html lang="{lang}"><head><title>Ferries stand still</title>{head}</head>'
            f"<body>{inside}</body></html>"
        )
    )


def article(before: str = "", middle: str = "", after: str = "") -> Make:
    """Return the article with something before it, in its middle, or after it."""
    half = len(SENTENCES) // 2
    first = "".join(f"<p>{sentence}.</p>" for sentence in SENTENCES[:half])
    second = "".join(f"<p>{sentence}.</p>" for sentence in SENTENCES[half:])
    return page(
        f"{before}<article><h1>Ferries stand still</h1>{first}{middle}{second}</article>{after}"
    )


LETTERS = {
    "utf-8": "Škoda für Łódź – „Grüße“, naïve café № 5 — 東京 пароход",
    "windows-1252": "Grüße aus Köln – “naïve” café, 5 € für Übermorgen",
    "iso-8859-15": "Grüße aus Köln, naïve café, 5 € für Übermorgen",
    "windows-1251": "Пароход ушёл из гавани в шесть часов утра, сказал капитан порта",
    "koi8-r": "Пароход ушел из гавани в шесть часов утра, сказал капитан порта",
    "shift_jis": "港の責任者は、最初の船が朝六時に出発したと述べた",
    "euc-jp": "港の責任者は、最初の船が朝六時に出発したと述べた",
    "gbk": "港口负责人表示，第一艘船于早上六点离开",
    "gb18030": "港口负责人表示，第一艘船于早上六点离开𠀀",
    "big5": "港口負責人表示，第一艘船於早上六點離開",
    "euc-kr": "항구 책임자는 첫 배가 아침 여섯 시에 떠났다고 말했다",
    "windows-1250": "Škoda přijela do Łodzi ráno v šest hodin, řekl správce přístavu",
    "windows-1253": "Το πλοίο έφυγε από το λιμάνι στις έξι το πρωί",
    "windows-1254": "Gemi sabah altıda limandan ayrıldı, dedi liman müdürü Işık",
    "windows-1255": "הספינה יצאה מהנמל בשש בבוקר, אמר מנהל הנמל",
    "windows-1256": "غادرت السفينة الميناء في السادسة صباحا، قال مدير الميناء",
    "utf-16": "Škoda für Łódź – „Grüße“",
    "utf-16-le": "Škoda für Łódź – „Grüße“",
}


def charsets() -> Iterator[Case]:
    def written(letters: str, charset: str, *, meta: str, header: str, bom: bytes = b"") -> bytes:
        tag = f'<meta charset="{meta}">' if meta else ""
        body = (
            f"<html><head>{tag}<title>Ferries stand still</title></head><body><article>"
            f"<h1>Ferries stand still</h1>{PARAGRAPHS}<p>{letters}. {letters}.</p></article></body></html>"
        )
        sent = "text/html" + (f"; charset={header}" if header else "")
        return ok(bom + body.encode(charset), sent)

    for charset, letters in LETTERS.items():
        read = Reads((letters,))
        said = {"utf-16-le": "utf-16"}.get(charset, charset)
        yield Case(
            "C01",
            f"{charset}, said by the server",
            read,
            page=says(written(letters, charset, meta="", header=said)),
        )
        if not charset.startswith("utf-16"):
            yield Case(
                "C01",
                f"{charset}, said by the page",
                read,
                page=says(written(letters, charset, meta=charset, header="")),
            )
    accents = LETTERS["windows-1252"]
    yield Case(
        "C01",
        "windows-1252, said to be Latin-1",
        Reads((accents,)),
        page=says(written(accents, "cp1252", meta="iso-8859-1", header="")),
    )
    utf8 = LETTERS["utf-8"]
    yield Case(
        "C01",
        "UTF-8 with a BOM, said to be Latin-1",
        Reads((utf8,)),
        page=says(
            written(utf8, "utf-8", meta="iso-8859-1", header="iso-8859-1", bom=b"\xef\xbb\xbf")
        ),
    )
    yield Case(
        "C01",
        "UTF-8, said to be nothing",
        Reads((utf8,)),
        page=says(written(utf8, "utf-8", meta="", header="")),
    )
    yield Case(
        "C01",
        "UTF-8, said to be a thing that is none",
        Reads((utf8,)),
        page=says(written(utf8, "utf-8", meta="klingon", header="x-unknown")),
    )
    yield Case(
        "C01",
        "UTF-8, which the page says to be windows-1251",
        Reads((utf8,)),
        page=says(written(utf8, "utf-8", meta="windows-1251", header="utf-8")),
    )
    yield Case(
        "C01",
        "UTF-16 with a BOM, said to be UTF-8",
        Reads((LETTERS["utf-16"],)),
        page=says(written(LETTERS["utf-16"], "utf-16", meta="utf-8", header="utf-8")),
    )
    yield Case(
        "C01",
        "a byte that is none of UTF-8",
        Reads((HARBOUR,)),
        page=says(
            ok(
                html("Ferries", STORY)
                .encode()
                .replace(b"</article>", b"<p>\xff\xfe\xc0</p></article>")
            )
        ),
    )


def characters() -> Iterator[Case]:
    for name, text, sent in (
        ("NULs", "har\0bour master", ""),
        ("C0 controls", "har\x01bour\x08 master", ""),
        ("C1 controls", "har\x85bour master", ""),
        ("surrogates, escaped", "harbour &#xD800; master", ""),
        ("noncharacters", "harbour \ufffe\uffff master", ""),
        ("numbers of no character", "harbour &#x110000; &#99999999999; master", ""),
        ("a NUL, escaped", "harbour &#0; master", ""),
    ):
        del sent
        bad = ("\0", "\x01", "\x08", "\ufffe", "\uffff")
        yield Case(
            "C02",
            f"text with {name}",
            Reads((HARBOUR,), bad),
            page=article(
                middle=f"<p>The {text} stood at the quay with his {text} and said so.</p>"
            ),
        )
    marks = "\u202e\u202d\u2066\u2067\u200b\u2060\ufeff"
    yield Case(
        "C15",
        "a title with marks of direction",
        Reads((HARBOUR,), ("\u202e", "\u2066")),
        page=says(ok(html(f"Ferries {marks}stand still", STORY))),
    )
    yield Case(
        "C15",
        "text with zero width",
        Reads((HARBOUR,)),
        page=article(
            middle="<p>Fer\u200bri\u200ces st\u00adand still in the har\u2060bour, it was said there on Monday.</p>"
        ),
    )
    yield Case(
        "C15",
        "letters that look alike",
        Reads(("раураl",)),
        page=article(
            middle="<p>Money went through раураl accounts of the ferry line, it was said there on Monday morning.</p>"
        ),
    )
    yield Case(
        "C15",
        "a thousand accents on a letter",
        Reads((HARBOUR,)),
        page=article(
            middle=f"<p>The z{chr(0x301) * 1000} stood at the quay, it was said there on Monday.</p>"
        ),
    )
    yield Case(
        "C15",
        "emoji of families",
        Reads((HARBOUR, "👩‍👩‍👧‍👦")),
        page=article(
            middle="<p>The 👩‍👩‍👧‍👦 family of five stood at the quay, it was said there on Monday.</p>"
        ),
    )


def depths() -> Iterator[Case]:
    for depth, expected in (
        (250, READ),
        (255, READ),
        (256, READ),
        (1000, READ),
        (1900, READ),
        (2100, PageFails(Problem.TOO_DEEP)),
        (100_000, PageFails(Problem.TOO_DEEP)),
        (1_000_000, PageFails(Problem.TOO_DEEP)),
    ):
        inside = "<div>" * depth + "x" + ("</div>" * depth if depth < 500_000 else "")
        yield Case(
            "C03",
            f"{depth:,} elements, each in the other, before the text",
            expected,
            page=article(before=inside),
        )
    for tag in (
        "b",
        "font",
        "table",
        "ul><li",
        "blockquote",
        "svg",
        "template",
        "select",
        "button",
    ):
        yield Case(
            "C03",
            f"50,000 open <{tag}>",
            PageFails(Problem.TOO_DEEP),
            page=article(before=f"<{tag}>" * 50_000),
        )
    yield Case("C03", "50,000 open <a>", READ, page=article(before="<a>" * 50_000))
    yield Case("C03", "50,000 closing tags", READ, page=article(before="</div>" * 50_000))
    yield Case("C03", "50,000 open paragraphs", READ, page=article(before="<p>" * 50_000))


def widths() -> Iterator[Case]:
    yield Case(
        "C04",
        "a hundred thousand siblings",
        READ,
        page=article(after="<i>x</i>" * 100_000),
    )
    yield Case(
        "C04",
        "three hundred thousand empty siblings",
        READ,
        page=article(after="<i/>" * 300_000),
    )
    yield Case(
        "C04",
        "a hundred thousand attributes",
        PageFails(Problem.PARSE_TIMEOUT),
        page=article(before="<i " + " ".join(f"a{n}=1" for n in range(100_000)) + "></i>"),
    )
    yield Case(
        "C04",
        "an attribute of two megabytes",
        READ,
        page=article(before=f"<i a='{'x' * 2_000_000}'></i>"),
    )
    yield Case(
        "C04",
        "a title of a megabyte",
        Reads((HARBOUR,)),
        page=says(ok(html("a" * 1_000_000, STORY))),
    )
    yield Case(
        "C04",
        "a script of five megabytes",
        READ,
        page=article(before=f"<script>{'x=1;' * 1_250_000}</script>"),
    )
    yield Case(
        "C04",
        "a comment of five megabytes",
        READ,
        page=article(before=f"<!--{'x' * 5_000_000}-->"),
    )
    yield Case(
        "C04",
        "fifty thousand links",
        READ,
        page=article(after="<a href='/x'>more</a> " * 50_000),
    )
    yield Case(
        "C04",
        "a data address of two megabytes",
        READ,
        page=article(middle=f"<img src='data:image/png;base64,{'A' * 2_000_000}'>"),
    )
    yield Case(
        "C04",
        "a word of a megabyte",
        Reads((HARBOUR,)),
        page=article(middle=f"<p>{'w' * 1_000_000}</p>"),
    )
    yield Case(
        "C04",
        "JSON-LD that nests",
        READ,
        page=article(before=f'<script type="application/ld+json">{"[" * 100_000}</script>'),
    )
    yield Case(
        "C04",
        "JSON-LD of a huge number",
        READ,
        page=article(
            before=f'<script type="application/ld+json">{{"a": {"9" * 100_000}}}</script>'
        ),
    )
    yield Case(
        "C04",
        "JSON-LD that is cut",
        READ,
        page=article(
            before='<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x</script>'
        ),
    )
    yield Case(
        "C04",
        "a thousand blocks of JSON-LD",
        READ,
        page=article(before='<script type="application/ld+json">{"@type":"Thing"}</script>' * 1000),
    )


def traps() -> Iterator[Case]:
    yield Case(
        "C05",
        "an entity of XML in a page",
        READ,
        page=says(
            ok(
                '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                + html("Ferries stand still", STORY + " &x;")
            )
        ),
    )
    yield Case(
        "C05",
        "XHTML with laughs",
        READ,
        page=says(
            ok(
                '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
                + html("Ferries stand still", STORY)
            )
        ),
    )
    for name, inside in {
        "a script": "<script>document.write('x')</script>",
        "an event": "<img src=x onerror=alert(1)>",
        "a frame": "<iframe src='http://169.254.169.254/'></iframe>",
        "an object": "<object data='file:///etc/passwd'></object>",
        "a base": "<base href='http://169.254.169.254/'>",
        "a refresh": "<meta http-equiv=refresh content='0;url=http://169.254.169.254/'>",
        "a link to a style": "<link rel=stylesheet href='http://169.254.169.254/x.css'>",
        "a template's braces": "<p>{{ 7*7 }} ${7*7} #{7*7} are on board, the harbour master said.</p>",
        "a vector picture": "<svg><script>alert(1)</script><text>x</text></svg>",
        "a form": "<form action='http://169.254.169.254/'><input name=a autofocus onfocus=alert(1)></form>",
        "a shadow root": "<div><template shadowrootmode=open><p>x</p></template></div>",
        "a noscript that breaks out": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "a text area that is open": "<textarea></textarea>",
        "a processing instruction": "<?php system('id') ?>",
        "CDATA": "<![CDATA[<script>alert(1)</script>]]>",
    }.items():
        yield Case(
            "C05",
            f"a page with {name}",
            Reads((HARBOUR, "Salt Basin"), ("alert(1)", "<script")),
            page=article(middle=inside),
        )
    yield Case(
        "C05",
        "a title that is a script",
        Reads((HARBOUR,)),
        page=says(ok(html("&lt;script&gt;alert(1)&lt;/script&gt;", STORY))),
    )


def no_news() -> Iterator[Case]:
    def short(title: str, *paragraphs: str, head: str = "") -> Make:
        inside = "".join(f"<p>{each}</p>" for each in paragraphs)
        return says(
            ok(
                f"<html lang=en><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{inside}</body></html>"
            )
        )

    for title, text in {
        "Page not found": "Sorry, the page you are looking for could not be found. It may have been moved or deleted.",
        "404": "The requested page does not exist.",
        "Seite nicht gefunden": "Die angeforderte Seite wurde leider nicht gefunden.",
        "Page introuvable": "La page que vous recherchez est introuvable.",
        "Página no encontrada": "Lo sentimos, la página que busca no existe.",
        "ページが見つかりません": "お探しのページは見つかりませんでした。",
    }.items():
        yield Case(
            "C11", f"a soft 404: {title}", PageFails(Problem.SOFT_404), page=short(title, text)
        )
    yield Case(
        "C11",
        "a wall of consent",
        PageFails(Problem.CONSENT_WALL),
        page=short(
            "Before you continue",
            "We and our 842 partners use cookies to store and access information on your device. Accept all cookies to continue to our site.",
            "Accept all",
            "Reject all",
        ),
    )
    yield Case(
        "C11",
        "a wall of a log-in",
        PageFails(Problem.LOGIN_WALL),
        page=says(
            ok(
                "<html><head><title>Log in</title></head><body><h1>Log in to continue</h1><form><input type=email name=email><input type=password name=password><button>Log in</button></form></body></html>"
            )
        ),
    )
    yield Case(
        "C11",
        "a check for robots",
        PageFails(Problem.BOT_WALL),
        page=short(
            "Just a moment...",
            "Checking your browser before accessing the site. Enable JavaScript and cookies to continue.",
            head="<script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>",
        ),
    )
    yield Case(
        "C11",
        "a domain for sale",
        PageFails(Problem.PARKED),
        page=short(
            "hostile.example is for sale", "This domain is for sale. Buy this domain today."
        ),
    )
    yield Case(
        "C11",
        "the front page in its place",
        PageFails(Problem.SOFT_404),
        page=lambda stage: answer(302, location=stage.url("/")),
        more={"/": says(ok(html("Home", STORY)))},
    )
    for name, make, problem in (
        ("nothing", says(ok("")), Problem.NOT_HTML),
        ("spaces", says(ok("   \n ")), Problem.NOT_HTML),
        ("plain text", says(ok(STORY, "text/plain")), Problem.NOT_HTML),
        ("a PDF", says(ok(b"%PDF-1.7" + bytes(900), "application/pdf")), Problem.NOT_HTML),
        (
            "a picture that is said to be a page",
            says(ok(b"\x89PNG\r\n\x1a\n" + bytes(900))),
            Problem.NOT_HTML,
        ),
        ("a ZIP that is said to be a page", says(ok(b"PK\x03\x04" + bytes(900))), Problem.NOT_HTML),
        ("JSON", says(ok('{"text": "words"}', "application/json")), Problem.NOT_HTML),
        ("a short note", says(ok(html("Ferries", "They stand still."))), Problem.NOT_AN_ARTICLE),
        (
            "a page of links",
            says(
                ok(
                    "<html><body>"
                    + "<li><a href='/x'>Read this story now</a></li>" * 300
                    + "</body></html>"
                )
            ),
            Problem.NOT_AN_ARTICLE,
        ),
        (
            "a shell that scripts fill",
            says(ok("<html><body><div id=root></div><script src=/app.js></script></body></html>")),
            Problem.NOT_AN_ARTICLE,
        ),
    ):
        yield Case("C11", f"in place of a page: {name}", PageFails(problem), page=make)


def dates() -> Iterator[Case]:
    for name, date in {
        "the epoch": "1970-01-01T00:00:00Z",
        "the year 0": "0000-01-01T00:00:00Z",
        "the year 9999": "9999-12-31T23:59:59Z",
        "the 30th of February": "2026-02-30T10:00:00Z",
        "words": "yesterday",
        "a number of 400 digits": "9" * 400,
        "a zone that is none": "2026-02-02T10:00:00+99:99",
    }.items():
        head = f'<meta property="article:published_time" content="{date}">'
        yield Case(
            "C09",
            f"a page's date: {name}",
            Reads((HARBOUR,), dated=date.startswith("9999-")),
            page=page(f"<article><h1>Ferries stand still</h1>{PARAGRAPHS}</article>", head=head),
        )


def cases() -> list[Case]:
    """Return them all."""
    kinds = (charsets, characters, depths, widths, traps, no_news, dates)
    return [case for kind in kinds for case in kind()]
