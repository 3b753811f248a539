"""What an operator can set of the store: [storage], [retention]."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storage.retention import Rules


class RetentionSettings(BaseModel):
    """[retention]: after how many days what is forgotten; 0 keeps it for ever.

    An emptied text leaves its title, addresses, verdict and evidence. A story goes as a whole, once
    nothing of it waits any more; its addresses stay, so that it can't come back as news.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ledger_days: int = Field(default=45, ge=2, description="Of the request ledger.")
    text_days: int = Field(default=0, ge=0)
    revision_days: int = Field(default=0, ge=0, description="Of earlier texts of articles.")
    story_days: int = Field(default=0, ge=0)
    delivery_days: int = Field(default=400, ge=0, description="Of what was delivered.")
    audit_days: int = Field(default=400, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.story_days and self.text_days > self.story_days:
            raise ValueError("text_days can't be longer than story_days: the text goes with it")
        return self

    @property
    def rules(self) -> Rules:
        """The rules, as they are applied."""
        return Rules(**self.model_dump())


class StorageSettings(BaseModel):
    """[storage]: where the truth is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = Field(
        default=None, description="The data directory; the platform's own place by default."
    )
