"""What an operator can set of the crawl: [fetch], [extract], [copies]."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

SITEMAP_BYTES = 50_000_000
"""What the sitemap protocol allows a file, unpacked: more than `fetch.max_bytes` allows a page."""


class FetchSettings(BaseModel):
    """[fetch]: how pages are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str = Field(
        default="https://github.com/wirewatch/wirewatch",
        description=(
            "An e-mail address or page where publishers reach you; it is a part of the user agent."
        ),
    )
    timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="Seconds after which a request is given up; each redirect is a request.",
    )
    max_bytes: int = Field(
        default=10_000_000,
        ge=10_000,
        description="Bytes that a decoded body may have; a page with more is refused.",
    )
    max_redirects: int = Field(
        default=10, ge=0, le=20, description="Redirects that one visit follows; 0 follows none."
    )
    concurrency: int = Field(
        default=16,
        ge=1,
        le=256,
        description="Requests that are under way at the same time, to all hosts together.",
    )
    host_delay_seconds: float = Field(
        default=1.0,
        ge=0,
        description="Seconds, at least, between two requests to a host; 0 leaves no gap of ours.",
    )
    max_crawl_delay_seconds: float = Field(
        default=300.0,
        ge=0,
        description="Seconds to which a longer Crawl-delay of robots.txt is cut; 0 obeys none.",
    )
    daily_requests_per_source: int = Field(
        default=2000,
        ge=0,
        description="Requests in 24 hours for a source's listing and pages; 0 sets no limit.",
    )
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        description=(
            "Private networks, such as 10.0.0.0/8, that may be reached all the same; empty "
            "allows none."
        ),
    )
    allow_ports: tuple[int, ...] = Field(
        default=(80, 443, 8080, 8443),
        description="Ports at which servers may be reached; empty allows none.",
    )
    proxy: str | None = Field(
        default=None,
        description=(
            "The HTTP proxy through which pages are fetched; empty fetches them directly. It resolves "
            "names itself: let it refuse addresses inside your network."
        ),
    )
    ca_file: Path | None = Field(
        default=None,
        description=(
            "A PEM file of certificate authorities to trust beside the system's; empty adds none."
        ),
    )

    @property
    def names_operator(self) -> bool:
        """Whether the contact is the operator's own, and not the project's page."""
        return bool(self.contact != type(self).model_fields["contact"].default)


class ExtractSettings(BaseModel):
    """[extract]: how bodies are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=1, ge=1, le=64, description="Processes that parse pages.")
    deadline_seconds: float = Field(
        default=10.0,
        gt=0,
        le=120,
        description="Seconds after which the parsing of one page is broken off.",
    )
    memory_mb: int = Field(
        default=1024,
        ge=128,
        description="Megabytes that parsing may take on top of the process itself (Linux).",
    )
    recycle_after: int = Field(
        default=1000,
        ge=1,
        description="Pages that one process parses before a fresh one takes its place.",
    )
    max_depth: int = Field(
        default=2000,
        ge=100,
        description="Elements that may be open inside each other; a page with more is refused.",
    )
    max_items: int = Field(
        default=2000,
        ge=1,
        description="Items that are read of one listing; of more the newest are kept.",
    )
    learn: bool = Field(
        default=True, description="Whether pages are read with what was learned of their site."
    )
    rules_dir: Path | None = Field(
        default=None,
        description=(
            "The folder of TOML files with rules for single sites; empty takes `rules` beside "
            "the data."
        ),
    )
    min_words: int = Field(
        default=40,
        ge=1,
        description="Words that a text has at least; a page with fewer is no article.",
    )


class CopySettings(BaseModel):
    """[copies]: when two texts are one story."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_days: int = Field(
        default=45, ge=1, description="Days for which a text is compared with newer ones."
    )
    threshold: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="Share of one text, from 0 to 1, that must be found in the other for a copy.",
    )
    min_words: int = Field(
        default=25, ge=10, description="Words that two texts share at least where one is a copy."
    )
    stale_days: int = Field(
        default=10,
        ge=1,
        description=(
            "Days by which a text is older than the date under which it appears, for a stale "
            "repost."
        ),
    )
