"""[websub]: where hubs reach us."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator


class WebSubSettings(BaseModel):
    """[websub]: where hubs reach us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    callback_url: str | None = Field(
        default=None,
        description=(
            "The public address of /push/ on the pages' server, such as "
            "https://watch.example/push; without it no hub is asked to push."
        ),
    )

    @field_validator("callback_url")
    @classmethod
    def _is_an_address(cls, given: str | None) -> str | None:
        parts = urlsplit(given or "https://watch.example/push")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no web address; write https://host/push")
        if parts.query or parts.fragment:
            raise ValueError("can't have a query or a fragment; write https://host/push")
        return given.rstrip("/") if given else None

    def callback(self, token: str) -> str:
        """Return the address at which hubs reach us for one source."""
        return f"{self.callback_url}/{token}"

    @property
    def host(self) -> str:
        """Return the name by which hubs reach us, which is not always the pages' own."""
        return urlsplit(self.callback_url or "").hostname or ""
