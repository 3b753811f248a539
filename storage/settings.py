"""What an operator can set of the store: [storage]."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class StorageSettings(BaseModel):
    """[storage]: where the truth is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = Field(
        default=None, description="The data directory; the platform's own place by default."
    )
