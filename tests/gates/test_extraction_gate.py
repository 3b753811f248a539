"""The floor under extraction: eight small pages of as many templates, with what they hold.

The pages are made up. A change that takes the mean below a floor is a loss, whatever else it wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

from crawler.extract.article import extract_article
from crawler.settings import ExtractSettings
from storage.models.articles import ExtractedArticle
from tests.bench.scores import date_exact, ngram_f1, title_loose

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
TEXT_FLOOR = 0.98
LEAST_PAGE = 0.9

ENGLISH = (
    "The night ferry between Eastmere and the islands will stop running in October, its owner said on Tuesday, ending a service that has carried mail and travellers since 1907.",
    "Fuel now costs the company twice what it did three years ago, and fewer than thirty passengers a night have bought a cabin since the new bridge was opened in the spring.",
    "\u201cWe looked at every way of keeping her at sea,\u201d said Cy Tan, who captains the ship, \u201cbut an empty ship earns nothing, and this one is mostly empty from September to May.\u201d",
    "The islands\u2019 council will meet on Friday to decide whether to pay for two sailings a week, as it did once before, in the winter that followed the storm of 1987.",
)
GERMAN = (
    "Die Nachtfähre zwischen Ostmeer und den Inseln wird im Oktober eingestellt, wie die Reederei am Dienstag mitteilte; seit 1907 hatte sie Post und Reisende befördert.",
    "Der Treibstoff kostet das Unternehmen inzwischen das Doppelte, und seit der Eröffnung der neuen Brücke buchen weniger als dreißig Fahrgäste je Nacht eine Kabine.",
    "Der Rat der Inseln berät am Freitag darüber, ob er zwei Fahrten in der Woche bezahlt, wie er es schon einmal im Winter nach dem großen Sturm getan hat.",
)
JAPANESE = (
    "東海と島々を結ぶ夜行フェリーが十月で運航を終えると、運航会社が火曜日に発表した。この航路は一九〇七年から郵便と旅客を運んできた。",
    "燃料費は三年前の二倍になり、春に新しい橋が開通してからは、一晩の乗客が三十人に満たない日が続いているという。",
    "島の議会は金曜日に会合を開き、週に二便の運航費用を負担するかどうかを決める予定である。",
)


@dataclass(frozen=True)
class Sample:
    name: str
    html: str
    text: str
    title: str
    published: str


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


TEASERS = "".join(
    f"<li><a href='/{n}'>Another headline, number {n}, of something that happened elsewhere</a></li>"
    for n in range(12)
)
SAMPLES = (
    Sample(
        "a newspaper with structured data, teasers and a footer",
        "<html lang=en><head><title>Night ferry to stop in October | Post</title>"
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Night ferry to stop in October",'
        '"datePublished":"2026-05-19T10:00:00Z"}</script></head><body><nav><ul>'
        f"{TEASERS}</ul></nav><article><h1>Night ferry to stop in October</h1>{paragraphs(ENGLISH)}</article>"
        f"<aside><h2>Most read</h2><ul>{TEASERS}</ul></aside><footer><p>© Post 2026</p></footer></body></html>",
        "\n".join(ENGLISH),
        "Night ferry to stop in October",
        "2026-05-19",
    ),
    Sample(
        "a blog of divs and meta tags",
        "<html><head><meta property='og:title' content='Farewell to the night ferry'>"
        "<meta property='article:published_time' content='2026-05-18T21:00:00+00:00'></head><body><div class=top>"
        f"<a href='/'>Home</a></div><div class=post><h2>Farewell to the night ferry</h2><div class='entry-content'>{paragraphs(ENGLISH)}"
        "</div></div><div id=comments><p>First!</p><p>I shall miss her a lot, she was a fine ship.</p></div></body></html>",
        "\n".join(ENGLISH),
        "Farewell to the night ferry",
        "2026-05-18",
    ),
    Sample(
        "a page of the nineties: tables, no declaration, unclosed tags",
        "<html><head><title>Night ferry to stop</title></head><body bgcolor=white><table width=100%><tr><td width=20%>"
        f"<a href=a.html>Home<br><a href=b.html>News</td><td><h1>Night ferry to stop</h1><i>19 May 2026</i><p>{'<p>'.join(ENGLISH)}</td></tr></table></body></html>",
        "\n".join(ENGLISH),
        "Night ferry to stop",
        "2026-05-19",
    ),
    Sample(
        "a German portal with a byline, a standfirst and an appeal",
        "<html lang=de><head><title>Nachtfähre wird eingestellt - Ostpost</title><meta property='og:site_name' content='Ostpost'>"
        "<meta name=description content='Nach mehr als hundert Jahren fährt das letzte Schiff im Oktober zu den Inseln.'>"
        "<meta name=date content='2026-05-19T12:00:00+02:00'></head><body><article><header><h1>Nachtfähre wird eingestellt</h1>"
        "<div class=lead>Nach mehr als hundert Jahren fährt das letzte Schiff im Oktober zu den Inseln.</div>"
        f"<p>Stand: 19.05.2026, 12:00 Uhr</p></header>{paragraphs(GERMAN)}<p>Hier können Sie unseren Newsletter abonnieren.</p></article></body></html>",
        "Nach mehr als hundert Jahren fährt das letzte Schiff im Oktober zu den Inseln.\n"
        + "\n".join(GERMAN),
        "Nachtfähre wird eingestellt",
        "2026-05-19",
    ),
    Sample(
        "a Japanese page",
        "<html lang=ja><head><title>夜行フェリー、十月で終了へ</title></head><body><main><h1>夜行フェリー、十月で終了へ</h1>"
        f"<p>2026年5月19日 10時00分</p>{paragraphs(JAPANESE)}</main></body></html>",
        "\n".join(JAPANESE),
        "夜行フェリー、十月で終了へ",
        "2026-05-19",
    ),
    Sample(
        "a list and subheadings inside the article",
        "<html lang=en><head><title>What the end of the ferry means</title><meta name=date content=2026-05-19></head><body><article>"
        f"<h1>What the end of the ferry means</h1>{paragraphs(ENGLISH[:2])}<h2>What happens now</h2>{paragraphs(ENGLISH[2:])}</article></body></html>",
        "\n".join((*ENGLISH[:2], "What happens now", *ENGLISH[2:])),
        "What the end of the ferry means",
        "2026-05-19",
    ),
    Sample(
        "links to other articles between the paragraphs",
        "<html lang=en><head><title>Night ferry to stop</title><meta name=date content=2026-05-19></head><body><article>"
        f"<h1>Night ferry to stop</h1><p>{ENGLISH[0]}</p><p><strong>Read more: <a href=/1>The bridge, a year on</a></strong></p>"
        f"{paragraphs(ENGLISH[1:])}<h3>Related</h3><ul>{TEASERS[:300]}</ul></article></body></html>",
        "\n".join(ENGLISH),
        "Night ferry to stop",
        "2026-05-19",
    ),
    Sample(
        "a script page whose text is only in its structured data",
        "<html lang=en><head><title>Night ferry to stop</title><script type='application/ld+json'>"
        '{"@type":"NewsArticle","headline":"Night ferry to stop","datePublished":"2026-05-19","articleBody":"'
        + "\\n".join(ENGLISH)
        + '"}</script></head><body><div id=app>Please enable scripts.</div></body></html>',
        "\n".join(ENGLISH),
        "Night ferry to stop",
        "2026-05-19",
    ),
)


def extracted(sample: Sample) -> ExtractedArticle:
    return extract_article(
        sample.html.encode(),
        url="https://news.example.com/night-ferry",
        content_type="text/html; charset=utf-8",
        settings=ExtractSettings(),
        now=NOW,
    )


def test_texts_titles_and_days_stay_above_their_floors() -> None:
    articles = {sample.name: (sample, extracted(sample)) for sample in SAMPLES}
    scores = {name: ngram_f1(found.text, s.text) for name, (s, found) in articles.items()}
    assert fmean(scores.values()) >= TEXT_FLOOR, scores
    assert min(scores.values()) >= LEAST_PAGE, scores
    assert not [n for n, (s, found) in articles.items() if not title_loose(found.title, s.title)]
    assert not [
        n
        for n, (s, found) in articles.items()
        if not date_exact(found.dates.published, s.published)
    ]
