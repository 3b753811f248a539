"""What an operator can set of the store: [storage], [retention]."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class RetentionSettings(BaseModel):
    """[retention]: after how many days what is forgotten; 0 keeps it for ever.

    An emptied text leaves its title, addresses, verdict and evidence. A story goes as a whole, once
    nothing of it waits any more; its addresses stay, so that it can't come back as news.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ledger_days: int = Field(
        default=45, ge=2, description="Days for which the ledger keeps each request."
    )
    text_days: int = Field(
        default=0,
        ge=0,
        description="Days after which an article's text is emptied; 0 keeps it for ever.",
    )
    revision_days: int = Field(
        default=0,
        ge=0,
        description="Days for which earlier texts of articles are kept; 0 keeps them for ever.",
    )
    story_days: int = Field(
        default=0,
        ge=0,
        description=(
            "Days after which a story goes with its articles, once nothing of it waits; "
            "0 keeps it for ever."
        ),
    )
    delivery_days: int = Field(
        default=400,
        ge=0,
        description="Days for which deliveries are kept; 0 keeps them for ever.",
    )
    audit_days: int = Field(
        default=400,
        ge=0,
        description="Days for which the audit log is kept; 0 keeps it for ever.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.story_days and self.text_days > self.story_days:
            raise ValueError("text_days can't be longer than story_days: the text goes with it")
        return self


_POSTGRES = ("postgresql", "postgres")
_REDIS = ("redis", "rediss", "unix")
_KINDS = ("", "+sentinel", "+cluster")


class StorageSettings(BaseModel):
    """[storage]: where the truth is kept, and the hot state where several processes share it.

    Without a `database` the truth is a file in the data directory, and one daemon works on it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = Field(
        default=None,
        description=(
            "The folder of all that is kept in files; empty takes the platform's own place."
        ),
    )
    database: SecretStr | None = Field(
        default=None,
        description=(
            "The database that all processes share, as postgresql://USER:PASSWORD@HOST/NAME; "
            "empty takes a file in the data folder."
        ),
    )
    redis: SecretStr | None = Field(
        default=None,
        description=(
            "The Redis that all processes share, as redis://HOST, rediss://, redis+sentinel:// or "
            "redis+cluster://; empty leaves its part to the memory of a single process."
        ),
    )
    redis_prefix: str = Field(
        default="wirewatch",
        pattern=r"^[\w.-]+$",
        description="The word with which the name of every key in Redis begins.",
    )
    min_free_mb: int = Field(
        default=200,
        ge=0,
        description=(
            "Megabytes that must be free on the database's disk: with less nothing is fetched, and "
            "alerts are still sent; 0 asks for none."
        ),
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
        schemes = {scheme + kind for scheme in _REDIS for kind in _KINDS}
        if value is not None and urlsplit(value.get_secret_value()).scheme not in schemes:
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
