"""Why a page gave no article or a source no listing. Pure."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """Why a page gave no article or a source no listing: the names that operators see."""

    BLOCKED_ADDRESS = "blocked_address"
    BAD_URL = "bad_url"
    DNS_NOT_FOUND = "dns_not_found"
    DNS_FAILURE = "dns_failure"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_LOST = "connection_lost"
    TLS_ERROR = "tls_error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    BAD_RESPONSE = "bad_response"
    REDIRECT_LOOP = "redirect_loop"
    ROBOTS_DISALLOWED = "robots_disallowed"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_HTML = "not_html"
    NOT_A_FEED = "not_a_feed"
    NOT_AN_ARTICLE = "not_an_article"
    SOFT_404 = "soft_404"  # a page that says "not found" and answers 200
    CONSENT_WALL = "consent_wall"
    LOGIN_WALL = "login_wall"
    BOT_WALL = "bot_wall"
    PAYWALL = "paywall"
    PARKED = "parked"  # a domain that is for sale
    TOO_DEEP = "too_deep"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_CRASHED = "parse_crashed"
    SET_ASIDE = "set_aside"  # it failed twice, or ended the process that read it
