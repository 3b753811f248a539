"""What one source did to another's stories, each as a case that the true daemon is to pass.

Each has hosts and a topic of its own, so that many are played at one time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.neighbours import prose
from tests.neighbours.neighbourhood import Feed, Neighbourhood
from tests.neighbours.prose import Text
from tests.neighbours.web import Answer, moved

YEARS = timedelta(days=7 * 365)
FORTY_DAYS = timedelta(days=40)
REFUSED = Answer(b"busy", 503, "text/plain")
MISSING = Answer(b"not found", 404, "text/plain")
_AFTER_REFUSAL = 120  # beats: the address rests for 30 s and more
_REFUSALS = 12
_HALF_A_MEGABYTE = 522_000  # bytes
_SLOW_PAGES, _SLOW_PAGE_BYTES = 24, 650_000
_REPORTS, _REPORTS_AT_ONCE = 60, 20
_LITTLE_WORK = (
    40.0  # seconds of the processor: of what was a minute and more, and grew with the square
)


@dataclass(frozen=True)
class Case:
    """A named case; one that keeps the whole daemon busy is played `alone`, after the others."""

    name: str
    play: Callable[[Neighbourhood, str], Awaitable[None]]
    alone: bool = False

    @property
    def key(self) -> str:
        """Return the case's number: the word of its topic, and a part of its hosts' names."""
        return self.name.partition(" ")[0].lower()

    def __str__(self) -> str:
        return self.name


CASES: list[Case] = []
Play = Callable[[Neighbourhood, str], Awaitable[None]]


def _case(name: str, *, alone: bool = False) -> Callable[[Play], Play]:
    def add(play: Play) -> Play:
        CASES.append(Case(name, play, alone))
        return play

    return add


def _pair(n: Neighbourhood, key: str) -> tuple[Feed, Feed]:
    """Add a topic, and two sources: the one that publishes, and the other one."""
    n.topic(key, key)
    return n.source(f"herald-{key}.example"), n.source(f"mirror-{key}.example")


async def _is_told_once(
    n: Neighbourhood, key: str, url: str, *feeds: Feed, beats: int = 40
) -> None:
    """See a topic's only alert come soon, of this article, and no other after it."""
    assert await n.soon(lambda: n.told(key), beats), "nobody is told"
    await n.settled(*feeds)
    assert [told.url for told in n.told(key)] == [url]


# --- A: whose page is it ------------------------------------------------------------------


@_case("A1a an address that another source lists with an old date is told when its own lists it")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    news = n.page(herald.address("news"), prose.text(key, key))
    n.list_on(mirror, prose.Item(news.url, news.title, _ago(YEARS)))
    await n.settled(mirror)
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald, mirror)


@_case("A1b an address that another source's redirect led to is told when its own lists it")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    news = n.page(herald.address("news"), prose.text(key, key))
    n.list_on(mirror, n.redirect(mirror.address("go"), news, published=_ago(YEARS)))
    await n.settled(mirror)
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald, mirror)


@_case("A2 an address that another source lists before it exists is told when its own lists it")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    text, url = prose.text(key, key), herald.address("news")
    n.list_on(mirror, prose.Item(url, text.title, _ago(timedelta(0))))
    await n.until(lambda: n.web.asked[url])
    await n.settled(mirror)
    n.list_on(herald, n.page(url, text))
    await _is_told_once(n, key, url, herald, mirror, beats=_AFTER_REFUSAL)


@_case("A3a a page that was busy once is visited for its own source when the other is paused")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    news = n.page(herald.address("news"), prose.text(key, key), before=(REFUSED,))
    n.list_on(mirror, news)
    await n.until(lambda: n.web.asked[news.url])
    n.pause(mirror)
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald, beats=_AFTER_REFUSAL)


@_case(
    "A3b a page that was busy once is visited for its own source when the other's budget is spent"
)
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    news = n.page(herald.address("news"), prose.text(key, key), before=(REFUSED,))
    n.list_on(mirror, news)
    await n.until(lambda: n.web.asked[news.url])
    n.spend_budget(mirror)
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald, beats=_AFTER_REFUSAL)


@_case("A4 news of a watched site is no backlog of an aggregator that is added meanwhile")
async def _(n: Neighbourhood, key: str) -> None:
    n.topic(key, key)
    herald = n.source(f"herald-{key}.example")
    await n.settled(herald)
    news = n.page(herald.address("news"), prose.text(key, key), age=timedelta(minutes=2))
    aggregator = n.source(f"mirror-{key}.example", news)
    await n.settled(aggregator)
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald, aggregator)


# --- B: what was told or held swallows what is new ----------------------------------------


@_case("B5 a story is told though a page that is dated years back carried its text first")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    text = prose.text(key, key)
    n.list_on(mirror, n.page(mirror.address("old-news"), text, age=YEARS))
    await n.settled(mirror)
    assert n.told(key) == []
    n.list_on(herald, n.page(herald.address("news"), text))
    assert await n.soon(lambda: n.told(key)), "nobody is told"
    await n.settled(herald, mirror)
    assert len(n.told(key)) == 1


@_case("B6 a page that holds a told text and a new one does not swallow the new one's story")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    dull, text = prose.text(f"{key} dull", key), prose.text(key, key)
    first = n.page(mirror.address("dull"), dull)
    n.list_on(mirror, first)
    assert await n.soon(lambda: n.told(key)), "the dull text is not told"
    bridge = n.page(mirror.address("bridge"), dull + text)
    n.list_on(mirror, bridge)
    await n.settled(mirror)
    news = n.page(herald.address("news"), text)
    n.list_on(herald, news)
    await n.soon(lambda: any(told.url == news.url for told in n.told(key)))
    await n.settled(herald, mirror)
    urls = [told.url for told in n.told(key)]
    assert (urls.count(first.url), urls.count(news.url)) == (1, 1), urls


# --- C: recurrence as a weapon ------------------------------------------------------------


@_case("C7 pages of one host that hold a told story inside noise do not take it apart")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    reprints = [n.source(f"reprint-{key}-{number}.example") for number in range(3)]
    await n.settled(herald, mirror, *reprints)
    text = prose.text(key, key)
    news = n.page(herald.address("news"), text)
    n.list_on(herald, news)
    await n.settled(herald)
    credit = f"This article was first published by {herald.host}."
    copies = [n.page(feed.address("news"), text, credit=credit) for feed in reprints]
    for feed, item in zip(reprints, copies, strict=True):
        n.list_on(feed, item)
    await n.settled(*reprints)
    noisy = [
        n.page(mirror.address(f"live-{number}"), _in_noise(f"{key} {number}", text))
        for number in range(5)
    ]
    for item in noisy:
        n.list_on(mirror, item)
        await n.settled(mirror)
    await n.settled(herald, mirror, *reprints)
    assert [told.url for told in n.told(key)] == [news.url]
    assert len({n.story_of(item.url) for item in (news, *copies, *noisy)}) == 1


# --- D: origin and time -------------------------------------------------------------------


@_case("D8a a copy that claims to be forty days old is no original, and its original not stale")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    text = prose.text(key, key)
    news = n.page(herald.address("news"), text)
    n.list_on(herald, news)
    await n.settled(herald)
    copy = n.page(mirror.address("copy"), text, age=FORTY_DAYS)
    n.list_on(mirror, copy)
    await n.settled(mirror)
    assert n.story_of(copy.url) == n.story_of(news.url)
    assert n.original_of(news.url) == news.url
    assert [(told.url, told.stale) for told in n.told(key)] == [(news.url, False)]


@_case("D8b a copy that claims an hour less is no original when it is seen later")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    text = prose.text(key, key)
    news = n.page(herald.address("news"), text)
    n.list_on(herald, news)
    await n.settled(herald)
    copy = n.page(mirror.address("copy"), text, age=timedelta(hours=1))
    n.list_on(mirror, copy)
    await n.settled(mirror)
    assert n.story_of(copy.url) == n.story_of(news.url)
    assert n.original_of(news.url) == news.url


@_case("D8c an article is not stale because a copy that was seen before claims forty days")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    text = prose.text(key, key)
    n.list_on(mirror, n.page(mirror.address("copy"), text, age=FORTY_DAYS))
    await n.settled(mirror)
    n.list_on(herald, n.page(herald.address("news"), text))
    assert await n.soon(lambda: n.told(key)), "nobody is told"
    await n.settled(herald, mirror)
    assert [told.stale for told in n.told(key)] == [False]


@_case("D9 an article that a redirect of another site led to has the address that answered")
async def _(n: Neighbourhood, key: str) -> None:
    _, mirror = _pair(n, key)
    await n.settled(mirror)
    news = n.page(f"http://paper-{key}.example/news", prose.text(key, key))
    n.list_on(mirror, n.redirect(mirror.address("go"), news, published=_ago(timedelta(0))))
    assert await n.soon(lambda: n.told(key)), "nobody is told"
    n.web.put(mirror.address("go"), moved(mirror.address("elsewhere")))
    await n.settled(mirror)
    assert [told.url for told in n.told(key)] == [news.url]


@_case(
    "D10 an agency's own page with its own dateline is the original of a copy that was seen before"
)
async def _(n: Neighbourhood, key: str) -> None:
    n.topic(key, key)
    agency, paper = n.source("www.reuters.com"), n.source(f"paper-{key}.example")
    await n.settled(agency, paper)
    told = prose.text(key, key)
    text = Text(
        told.title,
        (
            f"ANSEL, {_ago(timedelta(0)):%b %d} (Reuters) - {told.paragraphs[0]}",
            *told.paragraphs[1:],
        ),
    )
    copy = n.page(paper.address("copy"), text)
    n.list_on(paper, copy)
    await n.settled(paper)
    news = n.page(agency.address("world/news"), text)
    n.list_on(agency, news)
    await n.settled(agency, paper)
    assert n.story_of(copy.url) == n.story_of(news.url)
    assert n.original_of(news.url) == news.url
    assert len(n.told(key)) == 1


# --- E: one page stops all ----------------------------------------------------------------


@_case("E11 a page of half a megabyte that a NEAR query half matches stops nobody", alone=True)
async def _(n: Neighbourhood, key: str) -> None:
    query = '("car ferry" OR ferr*) NEAR/10 (strike OR walkout) title:ansel -lang:de'
    n.topic(f"{key}-near", query)
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    words = "ferry strike crew " * (_HALF_A_MEGABYTE // 18)
    n.list_on(mirror, n.page(mirror.address("long"), Text("Ansel ferries", (words,))))
    await n.until(lambda: n.web.asked[mirror.address("long")])
    spent = n.processor_seconds()
    news = n.page(herald.address("news"), prose.text(key, key))
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald, mirror)
    assert n.processor_seconds() - spent < _LITTLE_WORK


@_case("E12 pages that take long to read keep nobody waiting for more than one of them", alone=True)
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    slow = [mirror.address(f"slow-{number}") for number in range(_SLOW_PAGES)]
    for number, url in enumerate(slow):
        n.web.put(url, Answer(_nested_authors(f"{key} {number}")))
    n.list_on(mirror, *(prose.Item(url, f"Slow {url}", _ago(timedelta(0))) for url in slow))
    await n.until(lambda: n.web.asked[slow[0]])
    news = n.page(herald.address("news"), prose.text(key, key))
    n.list_on(herald, news)
    assert await n.soon(lambda: n.told(key)), "nobody is told"
    read = [url for url in slow if n.are_visited([url])]
    n.pause(mirror)
    assert len(read) < len(slow) // 2, f"told after {len(read)} of {len(slow)} slow pages"


@_case("E13 reports of one form that come one by one are not regrouped for each", alone=True)
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    spent = n.processor_seconds()
    for part in range(_REPORTS // _REPORTS_AT_ONCE):
        numbers = range(part * _REPORTS_AT_ONCE, (part + 1) * _REPORTS_AT_ONCE)
        reports = [
            n.page(mirror.address(f"report-{number}"), _report(key, number)) for number in numbers
        ]
        n.list_on(mirror, *reports)
        await n.settled(mirror)
    assert n.log_lines("story_divided") <= _REPORTS // 10
    news = n.page(herald.address("news"), prose.text(key, key))
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald)
    assert n.processor_seconds() - spent < _LITTLE_WORK


# --- F: refusals by proxy -----------------------------------------------------------------


@_case("F14 addresses that another source lists do not close a host for its own listing")
async def _(n: Neighbourhood, key: str) -> None:
    herald, mirror = _pair(n, key)
    await n.settled(herald, mirror)
    urls = [herald.address(f"search?q={number}") for number in range(_REFUSALS)]
    for url in urls:
        n.web.put(url, REFUSED)
    n.list_on(mirror, *(prose.Item(url, f"Found {url}", _ago(timedelta(0))) for url in urls))
    assert await n.soon(lambda: any(n.web.asked[url] for url in urls))
    await n.soon(lambda: all(n.web.asked[url] for url in urls), beats=5)
    news = n.page(herald.address("news"), prose.text(key, key))
    n.list_on(herald, news)
    await _is_told_once(n, key, news.url, herald)


def _in_noise(seed: str, text: Text) -> Text:
    """Put a text into one of the same length that is about nothing."""
    noise = prose.text(f"noise {seed}")
    half = len(noise.paragraphs) // 2
    return Text(noise.title, (*noise.paragraphs[:half], *text.paragraphs, *noise.paragraphs[half:]))


def _nested_authors(seed: str) -> bytes:
    """Return a page whose bylines stand inside each other, so that each holds the texts of many."""
    deep = '<div class="author">By Ada Low ' * 200 + "</div>" * 200
    page = prose.page(prose.text(seed)).decode()
    return page.replace("</body>", deep * (_SLOW_PAGE_BYTES // len(deep)) + "</body>").encode()


def _report(key: str, number: int) -> Text:
    """Return a report whose sentences are those of the one before, but for a few and the figures."""
    whole = [prose.text(f"{key} form {at}", sentences=3).paragraphs[0] for at in range(8)]
    own = prose.text(f"{key} report {number}", sentences=3).paragraphs[0]
    figures = f"On day {number} the gauge stood at {number * 37 % 911} and {number * 53 % 877}."
    return Text(f"Report {number} of the gauge", (*whole, figures, own))


def _ago(age: timedelta) -> datetime:
    return datetime.now(UTC) - age
