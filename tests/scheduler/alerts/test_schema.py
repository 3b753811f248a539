"""The published schema holds for every body that is posted, and its own examples."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scheduler.alerts.content import RecipientNote
from scheduler.alerts.links import MessageLinks
from scheduler.alerts.service_message import ServiceMessage, to_recipient
from scheduler.alerts.webhook_body import published_schema
from tests.scheduler.alerts.drafts import (
    NOON,
    SENDER,
    STYLE,
    WEBHOOK,
    a_story,
    a_topic,
    an_alert,
    article,
    drafts,
    member,
)

SCHEMA = json.loads(published_schema())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
PUBLIC = MessageLinks("https://wire.newsroom.example/", b"a key", public=True)


def body(**changes: Any) -> Any:
    [draft] = drafts(topic=a_topic(WEBHOOK), **changes)
    return json.loads(draft.payload)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["examples"]


@pytest.mark.parametrize("example", SCHEMA["examples"])
def test_its_examples_are_right(example: object) -> None:
    VALIDATOR.validate(example)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"style": replace(STYLE, links=PUBLIC)},
        {"alert": replace(an_alert(), change="1/2", changes=("The headline changed.",))},
        {"story": a_story(named_publisher="Reuters")},
        {"notes": {2: RecipientNote("3 stories today", "alert_first_2")}},
        {"article": article(2, "News 24"), "members": [member(article(1)), member(article(2))]},
        {"members": [member(article(1, published=None))], "article": article(1, published=None)},
    ],
)
def test_what_is_posted_keeps_to_the_schema(changes: dict[str, Any]) -> None:
    VALIDATOR.validate(body(**changes))


def test_a_test_and_a_notice_keep_to_the_schema() -> None:
    for kind in ("test", "endpoint.failing"):
        short = ServiceMessage(kind, "Subject", ("One.", "Two."), NOON, topic="ferries")
        VALIDATOR.validate(json.loads(to_recipient(short, WEBHOOK, uid="u", sender=SENDER).payload))


def test_a_body_of_another_shape_does_not() -> None:
    wrong = body()
    del wrong["data"]["copies"]
    assert list(VALIDATOR.iter_errors(wrong))


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_pages_say_the_body_keeps_to_the_schema(title: str, site: str) -> None:
    VALIDATOR.validate(
        body(members=[member(article(1, title=title, site=site))], article=article(1, title=title))
    )
