"""What an operator can set of the sending: [email], [webhook]."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class EmailSettings(BaseModel):
    """[email]: the relay that takes our mail. Without a host, e-mail deliveries wait.

    `per_second` is how many messages the relay is handed at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    sender: str = "Wirewatch <wirewatch@localhost>"
    tls: Literal["starttls", "tls", "none"] = "starttls"
    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    per_second: float = Field(default=10.0, gt=0, le=1000)


class AppriseSettings(BaseModel):
    """[apprise]: the services that Apprise speaks; `per_second` is how often each of them at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    per_second: float = Field(default=1.0, gt=0, le=100)


class AlertSettings(BaseModel):
    """[alerts]: what the operator is told of the sending itself.

    When an endpoint has failed for `notice_minutes`, or said that it is gone, `notify` are told by
    e-mail; without any, those who are told of the same topics in another way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    notify: tuple[str, ...] = Field(default=(), description="E-mail addresses of the operators.")
    notice_minutes: int = Field(default=60, ge=1)


class WebhookSettings(BaseModel):
    """[webhook]: how webhooks are called; `per_second` is how often each of them at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: float = Field(default=15.0, gt=0, le=60)
    per_second: float = Field(default=20.0, gt=0, le=1000)
