"""What the log's lines look like, whoever wrote them and whatever a remote site put in."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog

from scheduler.config.settings import LogSettings
from scheduler.observability import logs

Format = Literal["console", "json"]
HOSTILE = "a\nb\x1b[31m\u202ec"


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def configured(form: Format, level: Literal["debug", "info", "error"] = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(LogSettings(format=form, level=level), stream, colours=False)
    return stream


def rows(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_json_event_is_one_line_that_says_who_when_and_how_grave() -> None:
    stream = configured("json")
    structlog.get_logger("daemon").info("page_failed", title=HOSTILE)
    [row] = rows(stream)
    assert (row["event"], row["logger"], row["level"]) == ("page_failed", "daemon", "info")
    assert row["timestamp"].endswith("Z")
    assert row["title"] == "a\\nb\\x1b[31m\\u202ec"


def test_a_traceback_is_part_of_its_json_line() -> None:
    stream = configured("json")
    structlog.get_logger("x").error("round_failed", exc_info=ZeroDivisionError(HOSTILE))
    [row] = rows(stream)
    assert "ZeroDivisionError" in row["exception"]
    assert "\x1b" not in row["exception"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_remote_text_can_neither_begin_a_line_nor_drive_a_terminal(form: Format) -> None:
    stream = configured(form)
    structlog.get_logger("x").warning("odd", title=HOSTILE)
    logging.getLogger("library").warning("odd %s", HOSTILE)
    assert len(stream.getvalue().splitlines()) == 2
    assert "\x1b" not in stream.getvalue()
    assert "\u202e" not in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_credentials_in_urls_are_not_written(form: Format) -> None:
    stream = configured(form)
    structlog.get_logger("x").warning("odd", url="https://ann:pw@example.org/x?page=2")
    assert "ann" not in stream.getvalue()
    assert "[filtered]@example.org/x?page=2" in stream.getvalue(), "operators need the rest"


def test_libraries_are_heard_in_the_same_form_but_not_their_talk() -> None:
    stream = configured("json")
    logging.getLogger("scrapy.core.engine").info("Crawled (200)")
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    [row] = rows(stream)
    assert (row["event"], row["logger"]) == ("Task exception was never retrieved", "asyncio")


def test_the_level_is_the_one_that_is_set() -> None:
    stream = configured("json", level="error")
    structlog.get_logger("x").info("quiet")
    structlog.get_logger("x").error("loud")
    logging.getLogger("library").warning("quiet")
    assert [row["event"] for row in rows(stream)] == ["loud"]


def test_a_logger_made_before_the_settings_were_read_follows_them() -> None:
    early = structlog.get_logger("early")
    stream = configured("json")
    early.info("heard")
    assert rows(stream)[0]["logger"] == "early"
