"""Scrapy's settings for the long-lived crawl: what it must not do by itself, and our components."""

from __future__ import annotations

from typing import Any

from crawler.fetch.content_decoder import ACCEPT_ENCODING
from crawler.fetch.services import FetchServices

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/rss+xml,*/*;q=0.5"
_ROOM = "scrapy.downloadermiddlewares"


def scrapy_settings(services: FetchServices) -> dict[str, Any]:
    """Build the settings. Each default that we turn off is one that a daemon can't live with."""
    settings = services.settings
    handler = "crawler.fetch.handler.GuardedDownloadHandler"
    return {
        "TWISTED_REACTOR_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "USER_AGENT": services.user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING},
        "DOWNLOAD_HANDLERS": {
            "http": handler,
            "https": handler,
            "file": None,
            "data": None,
            "ftp": None,
            "s3": None,
        },
        "SCHEDULER": "crawler.visits.buffer_scheduler.BufferScheduler",
        # Of one answer; our spider yields none, and Scrapy makes a task for each of a hundred.
        "CONCURRENT_ITEMS": 1,
        "CONCURRENT_REQUESTS": settings.concurrency * 2,  # requests that wait for a slot count too
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.concurrency * 2,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "REFERER_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.fetch.allowed_middleware.AllowedMiddleware": 100,
            "crawler.fetch.robots_middleware.RobotsMiddleware": 200,
            f"{_ROOM}.defaultheaders.DefaultHeadersMiddleware": 300,
            f"{_ROOM}.useragent.UserAgentMiddleware": 310,
            "crawler.fetch.conditional_middleware.ConditionalMiddleware": 400,
            "crawler.fetch.redirects_middleware.RedirectsMiddleware": 600,
            "crawler.fetch.slots_middleware.SlotsMiddleware": 900,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "STATS_DUMP": False,
    }
