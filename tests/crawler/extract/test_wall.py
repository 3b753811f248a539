"""What stands in an article's place is named, and an article that speaks of such things is kept."""

from __future__ import annotations

import pytest

from crawler.extract.article import extract_article
from crawler.settings import ExtractSettings
from storage.errors import ExtractError
from storage.models.articles import WrapperKind
from storage.models.problems import Problem
from tests.crawler.extract.pages import NOW, PARAGRAPHS, URL, page

_NOT_FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Harbour wall", "isAccessibleForFree": false%s}</script>'


def wall(source: str) -> tuple[Problem, str]:
    with pytest.raises(ExtractError) as caught:
        text_of(source)
    return caught.value.problem, caught.value.detail


def teaser(source: str) -> list[str]:
    """Return what the wrapper says of the paywall behind a page's text."""
    article = extract_article(
        source.encode(), url=URL, content_type="text/html", settings=ExtractSettings(), now=NOW
    )
    return [each.text for each in article.wrapper if each.kind is WrapperKind.PAYWALL]


def text_of(source: str) -> str:
    return extract_article(
        source.encode(), url=URL, content_type="text/html", settings=ExtractSettings(), now=NOW
    ).text


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("404 - Page not found", Problem.SOFT_404),
        ("Seite nicht gefunden | Eastmere Bote", Problem.SOFT_404),
        ("Página no encontrada", Problem.SOFT_404),
        ("Nie znaleziono strony", Problem.SOFT_404),
        ("Страница не найдена", Problem.SOFT_404),
        ("ページが見つかりません", Problem.SOFT_404),
        ("페이지를 찾을 수 없습니다", Problem.SOFT_404),
        ("الصفحة غير موجودة", Problem.SOFT_404),
        ("Just a moment...", Problem.BOT_WALL),
        ("Access denied", Problem.BOT_WALL),
        ("Before you continue to the Courier", Problem.CONSENT_WALL),
        ("Sign in", Problem.LOGIN_WALL),
        ("eastmere.example: this domain is for sale", Problem.PARKED),
        ("503 Service Unavailable", Problem.NOT_AN_ARTICLE),
    ],
)
def test_a_wall_is_known_by_its_title(title: str, problem: Problem) -> None:
    found, detail = wall(page(head=f"<title>{title}</title>", paragraphs=PARAGRAPHS[:2]))
    assert found is problem
    assert detail.startswith("the title says")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p>Please verify you are human</p>", Problem.BOT_WALL),
        ("<noscript>Enable JavaScript to run this app.</noscript>", Problem.NOT_AN_ARTICLE),
        ("<form><input type='password'></form>", Problem.LOGIN_WALL),
        ("<p>We and our 842 partners store information on a device</p>", Problem.CONSENT_WALL),
    ],
)
def test_a_page_without_a_text_is_known_by_what_it_shows(body: str, problem: Problem) -> None:
    assert wall(page(paragraphs=(), after=body))[0] is problem


@pytest.mark.parametrize(
    "title",
    [
        "Why the page not found message became the best loved joke of the web",
        "404 Media wins prize for its reporting on surveillance",
        "Just a moment of silence for the drowned of Eastmere",
        "Access denied: how the council keeps its letters from the public",
        "Are you a robot? What captchas ask of us",
    ],
)
def test_an_article_about_walls_is_kept(title: str) -> None:
    assert text_of(page(head=f"<title>{title}</title>", paragraphs=PARAGRAPHS))


def test_a_cookie_banner_over_an_article_is_no_wall() -> None:
    banner = "<div>We and our 842 partners store information on a device</div>"
    assert text_of(page(before=banner)).endswith("Thursday evening.")


def test_an_article_left_within_a_button_that_was_never_closed_is_read() -> None:
    source = page(head="<title>Harbour wall</title>", before="<h1>Harbour wall</h1>")
    assert text_of(source.replace("<main>", "<button class='menu'><main>")).endswith("evening.")


def test_a_short_article_with_the_banners_words_in_it_is_no_wall() -> None:
    banner = "<p>We and our 842 partners store information on a device, such as cookies.</p>"
    source = page(before="<h1>Harbour wall</h1>" + banner, paragraphs=PARAGRAPHS[:3])
    assert "gave way" in text_of(source)


def test_a_consent_wall_of_many_words_is_one_all_the_same() -> None:
    said = (
        "We and our 842 partners store information on a device, such as cookies, and process personal data.",
        "With your permission we and our partners may use precise data and identification by your device.",
        "You may click to consent to our processing, or change your preferences before consenting or refusing.",
        "Your preferences will apply to this website only. You can withdraw your consent at any time here.",
    )
    assert wall(page(paragraphs=said))[0] is Problem.CONSENT_WALL


def test_a_text_of_few_words_is_an_article_where_its_page_states_so_with_its_day() -> None:
    said = (
        "Two trawlers ran aground off Eastmere this morning, the coast guard says. More follows here.",
    )
    stated = '<meta property="og:type" content="article">'
    day = '<meta property="article:published_time" content="2026-05-19T08:00:00Z">'
    assert text_of(page(head=stated + day, paragraphs=said)) == said[0]
    assert wall(page(head=stated, paragraphs=said))[0] is Problem.NOT_AN_ARTICLE
    assert wall(page(paragraphs=said))[0] is Problem.NOT_AN_ARTICLE


def test_a_teaser_that_declares_more_words_than_it_shows_is_kept_as_one() -> None:
    source = page(head=_NOT_FREE % ', "wordCount": 900', paragraphs=PARAGRAPHS[:2])
    assert text_of(source) == "\n".join(PARAGRAPHS[:2])
    (says,) = teaser(source)
    assert "of 900 words" in says


def test_a_teaser_that_is_cut_off_before_an_appeal_is_kept_as_one() -> None:
    cut = (PARAGRAPHS[0], PARAGRAPHS[1][:80] + " …")
    appeal = "<div><b>To continue reading</b>, choose a plan</div>"
    assert teaser(page(head=_NOT_FREE % "", paragraphs=cut, after=appeal))


def test_a_page_that_shows_nothing_before_its_paywall_is_refused() -> None:
    appeal = "<div><b>To continue reading</b>, choose a plan</div>"
    problem, _ = wall(page(head=_NOT_FREE % ', "wordCount": 900', paragraphs=(), after=appeal))
    assert problem is Problem.PAYWALL


def test_a_whole_text_that_is_declared_not_free_is_an_article() -> None:
    source = page(head=_NOT_FREE % "", paragraphs=PARAGRAPHS)
    assert text_of(source)
    assert not teaser(source)


_TEASER = (PARAGRAPHS[0], PARAGRAPHS[1][:80] + " …")
_APPEAL = "<div><b>To continue reading</b>, choose a plan</div>"


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ('<meta name="isAccessibleForFree" content="False">', _APPEAL),
        ('<meta property="article:content_tier" content="locked">', _APPEAL),
        ("", f'<div class="article-paywall">{_APPEAL}</div>'),
        ("", f'<section class="c-regwall-top x">{_APPEAL}</section>'),
    ],
)
def test_a_teaser_is_behind_a_paywall_that_only_the_markup_tells_of(head: str, after: str) -> None:
    assert teaser(page(head=head, paragraphs=_TEASER, after=after))


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ('<meta property="article:content_tier" content="free">', _APPEAL),
        ('<meta property="article:content_tier" content="locked">', ""),
        ("", '<div class="paywall"></div>'),
        ("", _APPEAL),
    ],
)
def test_a_short_text_is_whole_where_less_speaks_for_a_paywall(head: str, after: str) -> None:
    assert not teaser(page(head=head, paragraphs=_TEASER, after=after))


def test_a_gate_left_in_a_page_that_is_declared_free_is_none() -> None:
    free = _NOT_FREE.replace("false", "true") % ""
    gate = f'<div class="paywall">{_APPEAL}</div>'
    assert not teaser(page(head=free, paragraphs=_TEASER, after=gate))
