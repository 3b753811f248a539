"""What is written to standard error, ours and the libraries': an event a line, for people or JSON."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from scheduler.config.settings import LogSettings
from scheduler.observability.scrub import without_credentials

Event = MutableMapping[str, Any]

# They tell of every request, or of what is an everyday matter to a crawler.
_TALKATIVE = ("scrapy", "twisted", "uvicorn", "apscheduler", "aiohttp", "trafilatura", "htmldate")
_MUTE = ("scrapy.core.scraper", "trafilatura", "htmldate", "charset_normalizer", "py.warnings")


def configure(
    settings: LogSettings, stream: TextIO, *, colours: bool, also: Processor | None = None
) -> None:
    """Send all logging to a stream; `also` sees each event of ours that is logged, first of all.

    A traceback is part of its line in JSON, and follows its line in the console's form.
    """
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.processors.format_exc_info,
        _printable,
        _renderer(settings, colours=colours),
    ]
    structlog.configure(
        processors=[*([also] if also else []), *common, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda name="wirewatch": _NamedLogger(name, stream),
        cache_logger_on_first_use=False,
    )
    _configure_libraries(level, stream, common, last)


class _NamedLogger(structlog.PrintLogger):
    """Prints lines, and knows for which part of the daemon."""

    def __init__(self, name: str, stream: TextIO) -> None:
        super().__init__(stream)
        self.name = name


def _configure_libraries(
    level: int, stream: TextIO, common: list[Processor], last: list[Processor]
) -> None:
    handler = logging.StreamHandler(stream)
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=common, processors=[strip, *last])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in _MUTE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)


def _renderer(settings: LogSettings, *, colours: bool) -> Processor:
    if settings.format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=colours)


def _printable(_logger: object, _method: str, event: Event) -> Event:
    """Make remote text harmless: it can't begin a line, drive a terminal, or show a password."""
    for key, value in event.items():
        if isinstance(value, str):
            lines = value.split("\n") if key == "exception" else [value]
            event[key] = "\n".join(_escaped(without_credentials(line)) for line in lines)
    return event


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
