"""What the product gives for a case, in the terms that cases speak of, by the case's kind."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from typer.testing import CliRunner

from crawler.articles.pipeline import with_listing
from crawler.extract.article import extract_article
from crawler.listings.formats.listing import read_listing
from crawler.settings import ExtractSettings
from scheduler.actions.recipients import address_check, new_recipient
from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle, RecipientNote
from scheduler.alerts.links import MessageLinks
from scheduler.cli.app import app
from scheduler.config.settings import Settings
from scheduler.query.language.parser import parse_with_notes
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, match_query
from scheduler.wording.routing_text import RoutingChange
from storage.errors import DeliveryError, ExtractError, InputError, QueryError, WirewatchError
from storage.models.alerts import Alert
from storage.models.articles import Article, ArticleDates, ArticleProvenance
from storage.models.matches import Highlight, QueryMatch
from storage.models.recipients import Channel, Recipient
from storage.models.sources import SourceKind
from storage.models.stories import Story, StoryMember
from storage.models.topics import Topic
from tests.scheduler.alerts.relay import Relay, running
from tests.scheduler.alerts.test_smtp import sender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage.models.deliveries import Delivery, Draft
    from storage.models.pages import PageListing

Case = dict[str, Any]
Answer = dict[str, Any]

_NOW = "2026-11-30T16:00:00Z"
_NOON = "2026-11-30T12:00:00Z"
_MOST_ITEMS = 2_000
_TEXT = "Crews voted on Monday to stop work. The company said that it would answer within a week."


def of_page(case: Case) -> Answer:
    """Return what is read of a page, and with what its listing says of it."""
    try:
        article = extract_article(
            _body(case),
            url=case["url"],
            content_type=case.get("content_type"),
            settings=ExtractSettings(),
            now=_time(case.get("now", _NOW)),
        )
    except ExtractError as error:
        return {"refused": error.problem.value}
    if listed := case.get("listed"):
        published = listed.get("published")
        listing = SimpleNamespace(
            title=listed.get("title", ""),
            published=_time(published) if published else None,
            credited_source=None,
        )
        article = with_listing(article, cast("PageListing", listing))
    return {
        "refused": None,
        "title": article.title,
        "published": _written(article.dates.published),
        "authors": list(article.authors),
        "language": article.language,
        "text": article.text,
    }


def of_listing(case: Case) -> Answer:
    """Return the items of a feed, a sitemap or a section page."""
    try:
        listing = read_listing(
            _body(case),
            url=case["url"],
            content_type=case.get("content_type"),
            max_items=_MOST_ITEMS,
            now=_time(case.get("now", _NOW)),
            kind=SourceKind.SECTION if case["kind"] == "section" else None,
        )
    except ExtractError as error:
        return {"refused": error.problem.value}
    return {
        "refused": None,
        "title": listing.title,
        "degraded": listing.degraded,
        "items": [
            {"url": item.url, "title": item.title, "published": _written(item.published)}
            for item in listing.items
        ],
    }


def of_query(case: Case) -> Answer:
    """Return whether a query matches a text, what is noted of it, or why it is refused."""
    try:
        parsed = parse_with_notes(case["query"])
    except QueryError as error:
        return {"refused": f"{error} | {error.suggestion or ''}", "matches": None, "notes": []}
    document = Document(
        title=case.get("title", ""),
        text=case["text"],
        language=case.get("language"),
        source=case.get("source", ""),
        host=case.get("host", ""),
        url=case.get("url", ""),
    )
    matched = match_query(parsed.query, AnalysedDocument(document))
    return {"refused": None, "matches": matched is not None, "notes": list(parsed.notes)}


def of_mail(case: Case) -> Answer:
    """Return the bytes of an alert by e-mail."""
    try:
        draft = _draft(case, case.get("recipient", "desk@newsroom.example"))
    except WirewatchError as error:
        return {"refused": str(error)}
    return {"refused": None, "raw": draft.payload}


def of_address(case: Case) -> Answer:
    """Return an address as it is kept when it is typed, and as a relay without SMTPUTF8 gets it."""
    try:
        new = new_recipient(
            Channel.EMAIL, case["address"], RoutingChange(), address_check(Settings())
        )
    except InputError as error:
        return {"refused": str(error), "stored": None}
    plain = new.address.isascii() and new.address == case["address"]
    sent = None if plain else asyncio.run(_relayed(case, new.address))
    return {"refused": None, "stored": sent or new.address}


def of_config(case: Case) -> Answer:
    """Return whether `config check` finds a file right, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wirewatch.toml"
        path.write_text(case["toml"], encoding="utf-8")
        result = CliRunner().invoke(
            app,
            ["--config", str(path), "--data", folder, "config", "check"],
            env={"NO_COLOR": "1", "COLUMNS": "300"},
        )
    error = result.exception
    if error is not None and not isinstance(error, SystemExit | WirewatchError):
        raise error
    says = f"{result.output} {error if isinstance(error, WirewatchError) else ''}"
    return {"ok": result.exit_code == 0, "says": " ".join(says.split())}


def _body(case: Case) -> bytes:
    if "body_b64" in case:
        return base64.b64decode(case["body_b64"])
    return str(case["body"]).encode("utf-8", "surrogatepass")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _given(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return one setting, if the case has it; else it is left at its default."""
    return {name: settings[name]} if settings.get(name) else {}


def _draft(case: Case, address: str) -> Draft:
    """Return the mail of an alert on a story of one article."""
    given, told = case.get("settings", {}), case.get("story", {})
    settings = Settings.model_validate(
        {"email": _given(given, "sender"), "web": _given(given, "public_url")}
    )
    article = _article(told)
    recipient = Recipient(case.get("recipient_id", 12), 7, Channel.EMAIL, address)
    note = RecipientNote(follows="alert_266f14cc9c92a0ddaf78799b_11" if case.get("follows") else "")
    links = MessageLinks(
        settings.web.url, b"the key of these cases", public=settings.web.public_url is not None
    )
    at = article.first_seen
    matched = QueryMatch(("crews",), (Highlight("text", 0, 5),))
    [draft] = compose(
        alert=Alert(3, "alert_266f14cc9c92a0ddaf78799b", 7, 12, 1, at, matched),
        topic=Topic(7, case.get("topic", "ferries"), "crews", at, (recipient,)),
        story=Story(12, 1, at, at, 0.9),
        members=[StoryMember(article, None)],
        article=article,
        style=MessageStyle(settings.email.sender, links, stale_days=10),
        notes={recipient.id: note},
    )
    return draft


def _article(told: Mapping[str, str]) -> Article:
    at = _time(told.get("published", _NOON))
    host = told.get("host", "meridian-wire.example")
    url = told.get("url", f"https://{host}/news/1")
    return Article(
        id=1,
        story_id=12,
        url=url,
        host=host,
        site=host,
        title=told.get("headline", "Crews vote to stop work"),
        text=_TEXT,
        authors=(),
        language="en",
        dates=ArticleDates(published=at, published_from="jsonld"),
        first_seen=at,
        revision=1,
        backlog=False,
        provenance=ArticleProvenance(
            page_id=1, source_id=1, canonical_url=url, fetched_at=at, text_hash="x"
        ),
    )


async def _relayed(case: Case, address: str) -> str | None:
    """Return the recipient that a relay without SMTPUTF8 is given; None when it is given none."""
    draft = _draft(case, address)
    async with running(Relay(), smtputf8=False) as relay:
        delivery = SimpleNamespace(address=draft.address, payload=draft.payload)
        try:
            await sender(relay).send(cast("Delivery", delivery))
        except DeliveryError:
            return None
        return relay.letters[0][1][0]


ANSWERS: Mapping[str, Callable[[Case], Answer]] = {
    "page": of_page,
    "feed": of_listing,
    "sitemap": of_listing,
    "section": of_listing,
    "query": of_query,
    "mail": of_mail,
    "address": of_address,
    "config": of_config,
}
"""By the kind of a case."""
