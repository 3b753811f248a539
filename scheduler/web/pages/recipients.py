"""A topic's page: who is told of it and how, its hits over time, tests, feeds, and previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from scheduler.access.guarded_route import GuardedRoute, form_fields
from scheduler.access.identity import identity_of
from scheduler.actions import access
from scheduler.actions import recipients as recipient_actions
from scheduler.actions import topics as topic_actions
from scheduler.actions.audit_log import Actor
from scheduler.actions.recipients import AddressCheck
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.preview import preview
from scheduler.calendar.digest_schedule import read_digest
from scheduler.diagnosis.topic_health import TopicHealth, topic_health
from scheduler.lists.deliveries import email_part, message_text
from scheduler.query.language.parser import parse_query
from scheduler.web.pages.feeds import FEEDS
from scheduler.web.render.charts import ChartColumn, by_day
from scheduler.web.render.renderer import PageDeps, back_to
from scheduler.wording.formatters import recipient as named
from scheduler.wording.routing_text import (
    RoutingChange,
    read_mode,
    read_quiet,
    read_until,
    read_zone,
    routing_words,
)
from storage.delivery import alerts
from storage.errors import InputError, NotFoundError, QueryError
from storage.models.alerts import Alert
from storage.models.deliveries import Draft
from storage.models.recipients import Channel, Recipient, WatchMode
from storage.models.topics import Topic
from storage.operators import tokens
from storage.operators.accounts import AccountRole
from storage.operators.tokens import Token, TokenScope
from storage.topics import matches, named_queries, topic_activity, topics

_MONTH = timedelta(days=30)
_MOST_SHOWN = 10  # alerts
_MOST_DIGITS = 18  # of an id
_INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class TopicView:
    """All of one topic; `recipients` are (recipient, its name, when it is told)."""

    topic: Topic
    health: TopicHealth
    recipients: tuple[tuple[Recipient, str, str], ...]
    made: tuple[Alert, ...]
    days: tuple[ChartColumn, ...]
    matches: int
    tokens: tuple[Token, ...]


class RecipientPages:
    """The pages, over their dependencies; previews have a `style`, and `url` is where our pages are."""

    def __init__(
        self,
        deps: PageDeps,
        *,
        style: MessageStyle,
        url: str,
        check: AddressCheck,
    ) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        self._style = style
        self._url = url
        self._check = check

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        topic = "/topics/{topic_id:int}"
        of_one = f"{topic}/recipients/{{recipient_id:int}}"
        return [
            GuardedRoute(topic, self.topic, AccountRole.VIEWER),
            GuardedRoute(topic, self.change, AccountRole.EDITOR, ("POST",)),
            GuardedRoute(f"{topic}/recipients", self.tell, AccountRole.EDITOR, ("POST",)),
            GuardedRoute(f"{of_one}/remove", self.untell, AccountRole.EDITOR, ("POST",)),
            GuardedRoute(f"{of_one}/test", self.test, AccountRole.EDITOR, ("POST",)),
            GuardedRoute(f"{topic}/feeds", self.make_feed, AccountRole.EDITOR, ("POST",)),
            GuardedRoute("/stories/{story_id:int}/preview", self.previewed, AccountRole.VIEWER),
            GuardedRoute("/stories/{story_id:int}/preview/letter", self.letter, AccountRole.VIEWER),
        ]

    async def topic(self, request: Request) -> Response:
        return await self._page(request)

    async def change(self, request: Request) -> Response:
        """Do what a form of the topic's page asks for. Raises InputError for what it does not know."""
        form, topic_id = form_fields(request), request.path_params["topic_id"]
        actor, now = identity_of(request).actor, self._clock()
        match form.get("what", ""):
            case "mute":
                await self._db.write(topic_actions.mute, actor, topic_id, now)
            case "unmute":
                await self._db.write(topic_actions.unmute, actor, topic_id, now)
            case "snooze":
                until = read_until(form.get("until", ""), now)
                await self._db.write(topic_actions.snooze, actor, topic_id, until, now)
            case "remove":
                await self._db.write(topic_actions.remove_topic, actor, topic_id, now)
                done = "The topic is removed; alerts that were made are still delivered."
                return back_to("/topics", done)
            case _:
                raise InputError("that can't be done to a topic")
        return back_to(f"/topics/{topic_id}", "It is done.")

    async def tell(self, request: Request) -> Response:
        form, topic_id = form_fields(request), request.path_params["topic_id"]
        try:
            channel = recipient_actions.read_channel(form.get("channel", ""))
            change = _routing_change(form)
            typed = self._check(channel, form.get("address", ""))
            wanted = recipient_actions.new_recipient(channel, typed.address, change, self._check)
            [stored] = await self._db.write(
                recipient_actions.add_recipients,
                identity_of(request).actor,
                topic_id,
                [wanted],
                change,
                now=self._clock(),
            )
        except NotFoundError:
            raise
        except InputError as error:
            return await self._page(request, HTTPStatus.BAD_REQUEST, says=str(error), form=form)
        if stored.secret:
            return await self._page(request, secret=stored.secret)
        says = " ".join([f"{named(stored)} is told from now on.", *typed.notes])
        return back_to(f"/topics/{topic_id}", says)

    async def untell(self, request: Request) -> Response:
        topic_id, number = (request.path_params[each] for each in ("topic_id", "recipient_id"))
        await self._db.write(
            recipient_actions.remove_recipients,
            identity_of(request).actor,
            topic_id,
            [number],
            self._clock(),
        )
        return back_to(f"/topics/{topic_id}", "It is told no more.")

    async def make_feed(self, request: Request) -> Response:
        topic_id, now = request.path_params["topic_id"], self._clock()
        topic = await self._db.read(topics.by_id, topic_id)
        _, secret = await self._db.write(
            access.create_token,
            identity_of(request).actor,
            name=f"feed of {topic.name}",
            scope=TokenScope.FEED,
            topic_id=topic_id,
            expires_at=None,
            now=now,
        )
        base = self._url.rstrip("/")
        feeds = [f"{base}/feeds/{secret}/topics/{topic_id}.{each}" for each in FEEDS]
        return await self._page(request, feeds=feeds)

    async def test(self, request: Request) -> Response:
        topic_id, number = (request.path_params[each] for each in ("topic_id", "recipient_id"))
        try:
            uid = await self._db.write(
                self._send_test, identity_of(request).actor, topic_id, number
            )
        except NotFoundError:
            raise
        except InputError as error:
            return self._render.refuse(request, HTTPStatus.TOO_MANY_REQUESTS, str(error))
        return back_to(f"/topics/{topic_id}", f"The test {uid} is on its way; see Deliveries.")

    async def _page(
        self,
        request: Request,
        status: int = HTTPStatus.OK,
        *,
        says: str = "",
        secret: str = "",
        feeds: Sequence[str] = (),
        form: Mapping[str, str] | None = None,
    ) -> Response:
        view = await self._db.read(topic_view, request.path_params["topic_id"], self._clock())
        return self._render(
            request,
            "topic.html",
            status,
            view=view,
            channels=list(Channel),
            modes=list(WatchMode),
            says=says,
            secret=secret,
            feeds=feeds,
            form=form or {},
        )

    async def previewed(self, request: Request) -> Response:
        try:
            drafts = [await self._previewed(request, channel) for channel in Channel]
        except NotFoundError:
            raise
        except InputError as error:
            return self._render.refuse(request, HTTPStatus.BAD_REQUEST, str(error))
        texts = [(each.channel.value, message_text(each.channel, each.payload)) for each in drafts]
        return self._render(
            request,
            "preview.html",
            story_id=request.path_params["story_id"],
            topic_id=request.query_params["topic"],
            shown=texts,
        )

    async def letter(self, request: Request) -> Response:
        """Show the letter's HTML by itself, as a mail program would: with its own style, and inert."""
        draft = await self._previewed(request, Channel.EMAIL)
        return HTMLResponse(
            email_part(draft.payload, "html"), headers={"Content-Security-Policy": _INERT}
        )

    async def _previewed(self, request: Request, channel: Channel) -> Draft:
        topic_id = request.query_params.get("topic", "")
        if not (topic_id.isascii() and topic_id.isdecimal() and len(topic_id) <= _MOST_DIGITS):
            raise NotFoundError("say of which topic: ?topic=ID")
        story_id = request.path_params["story_id"]
        return await self._db.read(self._preview, story_id, int(topic_id), channel)

    def _send_test(self, conn: Connection, actor: Actor, topic_id: int, recipient_id: int) -> str:
        topic = topics.by_id(conn, topic_id)
        recipient = recipient_actions.recipient_of(topic, recipient_id)
        now = self._clock()
        return recipient_actions.send_test(
            conn, actor, topic, recipient, sender=self._style.sender, now=now
        ).uid

    def _preview(self, conn: Connection, story_id: int, topic_id: int, channel: Channel) -> Draft:
        return preview(
            conn,
            story_id,
            topics.by_id(conn, topic_id),
            channel,
            style=self._style,
            now=self._clock(),
        )


def topic_view(conn: Connection, topic_id: int, now: datetime) -> TopicView:
    """Read all of one topic. Raises NotFoundError."""
    topic = topics.by_id(conn, topic_id)
    active = topic_activity.of_topic(conn, topic, now)
    counted = matches.by_day(conn, topic_id, now - _MONTH)
    try:
        parse_query(topic.query, named_queries.texts(conn))
        unreadable = ""
    except QueryError as error:
        unreadable = str(error)
    return TopicView(
        topic=topic,
        health=topic_health(active, now, unreadable),
        recipients=tuple((r, named(r), routing_words(r.routing, now)) for r in topic.recipients),
        made=tuple(alerts.of_topic(conn, topic_id, _MOST_SHOWN)),
        days=by_day(counted, now=now),
        matches=sum(counted.values()),
        tokens=tuple(tokens.of_topic(conn, topic_id)),
    )


def _routing_change(form: Mapping[str, str]) -> RoutingChange:
    """Read the fields of a recipient's form; an empty one says nothing. Raises InputError."""
    most = form.get("most_an_hour", "")
    if most and not (most.isascii() and most.isdecimal() and len(most) < 6):  # noqa: PLR2004 - digits
        raise InputError("at most so many an hour: write a number, or nothing for no limit")
    given = {name: text for name, text in form.items() if text}
    return RoutingChange(
        mode=read_mode(given["mode"]) if "mode" in given else None,
        updates="updates" in form,
        time_zone=read_zone(given["time_zone"]) if "time_zone" in given else None,
        quiet=read_quiet(given["quiet"]) if "quiet" in given else None,
        digest=read_digest(given["digest"]) if "digest" in given else None,
        most_an_hour=int(most) if most else None,
    )
