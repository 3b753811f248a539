"""What an operator can set of the store: [storage], [retention]."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """After how many days what goes; 0 keeps it for ever."""

    ledger_days: int = 45
    text_days: int = 0
    revision_days: int = 0
    story_days: int = 0
    delivery_days: int = 400
    audit_days: int = 400


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
    def rules(self) -> RetentionRules:
        """The rules, as they are applied."""
        return RetentionRules(**self.model_dump())


_POSTGRES = ("postgresql", "postgres")
_REDIS = ("redis", "rediss", "unix")
_KINDS = ("", "+sentinel", "+cluster")


class StorageSettings(BaseModel):
    """[storage]: where the truth is kept, and the heat where several processes share it.

    Without a `database` the truth is a file in the data directory, and one daemon works on it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = Field(
        default=None, description="The data directory; the platform's own place by default."
    )
    database: SecretStr | None = Field(
        default=None, description="postgresql://USER:PASSWORD@HOST/NAME, shared by all processes."
    )
    redis: SecretStr | None = Field(
        default=None, description="redis://HOST, rediss://, redis+sentinel:// or redis+cluster://."
    )
    redis_prefix: str = Field(
        default="wirewatch", pattern=r"^[\w.-]+$", description="Begins the name of every key."
    )

    min_free_mb: int = Field(
        default=200,
        ge=0,
        description="With less room on the database's disk nothing is fetched; alerts are sent.",
    )

    @field_validator("database")
    @classmethod
    def _of_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in _POSTGRES:
            raise ValueError("write postgresql://USER:PASSWORD@HOST:PORT/NAME")
        return value

    @field_validator("redis")
    @classmethod
    def _of_redis(cls, value: SecretStr | None) -> SecretStr | None:
        known = {scheme + kind for scheme in _REDIS for kind in _KINDS}
        if value is not None and urlsplit(value.get_secret_value()).scheme not in known:
            raise ValueError(
                "write redis://HOST:PORT/0, rediss:// for TLS, "
                "redis+sentinel://HOST:PORT,HOST:PORT/0?service=NAME or redis+cluster://HOST:PORT"
            )
        return value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.redis is not None and self.database is None:
            raise ValueError(
                "redis is for processes that share a database: set storage.database too, "
                "or leave storage.redis out"
            )
        return self
