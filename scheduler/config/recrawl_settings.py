"""[recrawl]: how often sources and pages are visited."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RecrawlSettings(BaseModel):
    """[recrawl]: how often sources and pages are visited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_minutes: float = Field(default=5.0, gt=0, description="Least gap between two polls.")
    max_hours: float = Field(default=24.0, gt=0, description="Longest gap between two polls.")
    requests_per_hour: float = Field(
        default=2000.0,
        gt=0,
        description=(
            "Polls and second looks at articles, all sources together, on the mean of a day; "
            "the first fetch of an article is not counted."
        ),
    )
    price_article_minutes: float = Field(
        default=5.0,
        gt=0,
        description=(
            "A source is polled when its unseen articles have waited this long together, and later "
            "when requests are short."
        ),
    )
    revisit_minutes: tuple[float, ...] = Field(
        default=(30, 120, 480, 1440),
        description="Ages at which an article is fetched again where that is worth a request.",
    )
    page_tries: int = Field(default=5, ge=1, description="Tries before a page is given up.")
