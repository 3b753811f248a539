"""What an operator can set of the crawl: [fetch], [extract], [copies]."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class FetchSettings(BaseModel):
    """[fetch]: how pages are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str = Field(
        default="https://github.com/wirewatch/wirewatch",
        description="An address or page where publishers reach you; part of the user agent.",
    )
    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    max_bytes: int = Field(default=10_000_000, ge=10_000, description="Of a decoded body.")
    max_redirects: int = Field(default=10, ge=0, le=20)
    concurrency: int = Field(default=16, ge=1, le=256)
    host_delay_seconds: float = Field(
        default=1.0, ge=0, description="Least gap between two requests to a host."
    )
    max_crawl_delay_seconds: float = Field(
        default=300.0, ge=0, description="A longer Crawl-delay is cut to this."
    )
    daily_requests_per_source: int = Field(
        default=2000,
        ge=0,
        description="Requests in 24 hours for a source's listing and pages; 0 sets no limit.",
    )
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Private networks that may be reached all the same."
    )
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    proxy: str | None = Field(default=None, description="An HTTP proxy for the crawl.")
    ca_file: Path | None = Field(
        default=None, description="More certificate authorities to trust (PEM)."
    )

    @property
    def names_operator(self) -> bool:
        """Whether the contact is the operator's own, and not the project's page."""
        return bool(self.contact != type(self).model_fields["contact"].default)


class ExtractSettings(BaseModel):
    """[extract]: how bodies are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=1, ge=1, le=64, description="Parser processes.")
    deadline_seconds: float = Field(default=10.0, gt=0, le=120)
    memory_mb: int = Field(default=1024, ge=128)
    recycle_after: int = Field(default=1000, ge=1, description="Bodies before a fresh process.")
    max_depth: int = Field(default=2000, ge=100, description="Open tags, before a page is refused.")
    max_items: int = Field(default=2000, ge=1, description="Of a listing; the newest are kept.")
    learn: bool = Field(default=True, description="Read pages with what was learned of their site.")
    rules_dir: Path | None = Field(
        default=None,
        description="A folder of TOML files: rules for single sites; else `rules` beside the data.",
    )
    min_words: int = Field(default=40, ge=1, description="A shorter text is no article.")


class CopySettings(BaseModel):
    """[copies]: when two texts are one story."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_days: int = Field(default=45, ge=1, description="Older texts are not compared.")
    threshold: float = Field(
        default=0.6, gt=0, le=1, description="Share of one text found in the other."
    )
    min_words: int = Field(default=25, ge=10, description="Shared words, at least, for a copy.")
    stale_days: int = Field(
        default=10,
        ge=1,
        description="A text this much older than the date under which it appears is a stale repost.",
    )
