"""What an operator can set: the sections of wirewatch.toml, their defaults, bounds and rules; pure.

Every setting says in its description what it does, with its unit, and what 0 or empty means.
"""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    IPvAnyNetwork,
    SecretStr,
    field_validator,
    model_validator,
)

from crawler.settings import CopySettings, ExtractSettings, FetchSettings
from scheduler.addresses.mail_address import read_address, read_mailbox
from storage.errors import InputError
from storage.settings import RetentionSettings, StorageSettings


class RecrawlSettings(BaseModel):
    """[recrawl]: how often sources and pages are visited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_minutes: float = Field(
        default=5.0, gt=0, description="Minutes, at least, between two polls of a source."
    )
    max_hours: float = Field(
        default=24.0, gt=0, description="Hours, at most, between two polls of a source."
    )
    requests_per_hour: float = Field(
        default=2000.0,
        gt=0,
        description=(
            "Polls and second looks at articles in an hour, all sources together, on the mean "
            "of a day; the first fetch of an article is not counted."
        ),
    )
    price_article_minutes: float = Field(
        default=5.0,
        gt=0,
        description=(
            "Minutes that the unseen articles of a source wait together before it is polled; "
            "more where requests are short."
        ),
    )
    revisit_minutes: tuple[float, ...] = Field(
        default=(30, 120, 480, 1440),
        description=(
            "Ages in minutes at which an article is fetched again where that is worth a "
            "request; empty fetches none again."
        ),
    )
    page_tries: int = Field(
        default=5, ge=1, description="Tries after which a page that fails is given up."
    )


class EmailSettings(BaseModel):
    """[email]: the relay that takes our mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str | None = Field(
        default=None, description="The relay's name or address; empty lets e-mails wait."
    )
    port: int = Field(default=587, ge=1, le=65535, description="The relay's port.")
    username: str | None = Field(
        default=None,
        description="The name to log in with at the relay; empty sends without logging in.",
    )
    password: SecretStr | None = Field(
        default=None, description="The password that goes with the name; empty where there is none."
    )
    sender: str = Field(
        default="Wirewatch <wirewatch@localhost>",
        description="The From of all e-mails; its domain is also that of their Message-IDs.",
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description=(
            "How the way to the relay is encrypted: after STARTTLS, from the first byte (tls), "
            "or not at all (none)."
        ),
    )
    timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description=(
            "Seconds after which the handing over of an e-mail is given up and tried again later."
        ),
    )
    per_second: float = Field(
        default=10.0,
        gt=0,
        le=1000,
        description="E-mails that the relay is handed in a second at most.",
    )

    @field_validator("sender")
    @classmethod
    def _is_a_mailbox(cls, given: str) -> str:
        try:
            read_mailbox(given)
        except InputError as error:
            raise ValueError(f"{error}; write Name <address> or an address") from error
        return given


class WebhookSettings(BaseModel):
    """[webhook]: how webhooks are called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: float = Field(
        default=15.0,
        gt=0,
        le=60,
        description="Seconds after which a call is given up and tried again later.",
    )
    per_second: float = Field(
        default=20.0, gt=0, le=1000, description="Calls that one endpoint gets in a second at most."
    )


class AppriseSettings(BaseModel):
    """[apprise]: the services that Apprise speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="Seconds after which a message is given up and sent again later.",
    )
    per_second: float = Field(
        default=1.0, gt=0, le=100, description="Messages that one service gets in a second at most."
    )


class AlertSettings(BaseModel):
    """[alerts]: what operators are told of the sending itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notify: tuple[str, ...] = Field(
        default=(),
        description=(
            "E-mail addresses that are told when an endpoint fails or is gone; empty tells "
            "those who get the same topics in another way."
        ),
    )
    notice_minutes: int = Field(
        default=60,
        ge=1,
        description="Minutes for which an endpoint has failed before anybody is told.",
    )

    @field_validator("notify")
    @classmethod
    def _are_addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(read_address(address).address for address in given))
        except InputError as error:
            raise ValueError(str(error)) from error


class HeartbeatSettings(BaseModel):
    """[heartbeat]: who is told, every so often, that the daemon works."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: HttpUrl | None = Field(
        default=None,
        description="The address that gets a POST while the daemon works; empty sends none.",
    )
    fail_url: HttpUrl | None = Field(
        default=None,
        description=(
            "The address that gets a POST with what does not work; empty sends none then, which "
            "whoever waits at the other notices."
        ),
    )
    every_minutes: int = Field(
        default=5, ge=1, le=1440, description="Minutes between two heartbeats."
    )
    sentry_monitor: str | None = Field(
        default=None,
        description=(
            "The slug of a cron monitor of Sentry, which is told of both; empty tells none."
        ),
    )

    @property
    def wanted(self) -> bool:
        """Whether anybody is told of heartbeats."""
        return bool(self.url or self.fail_url or self.sentry_monitor)


class WebSettings(BaseModel):
    """[web]: the pages and the API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(
        default="127.0.0.1", description="The address at which the pages and the API are served."
    )
    port: int = Field(
        default=8710,
        ge=0,
        le=65535,
        description="The port at which they are served; 0 takes any free port.",
    )
    health_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description=(
            "The port at which a process without the role web answers /livez, /readyz and "
            "/metrics; 0 takes any free port, empty answers nowhere."
        ),
    )
    public_url: HttpUrl | None = Field(
        default=None,
        description=(
            "Where people reach the pages, through a proxy that speaks TLS; e-mails can be "
            "unsubscribed from only with it. It may have a path, which the proxy takes off or "
            "leaves on. Empty links to host and port."
        ),
    )
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description=(
            "Networks whose proxies are believed in what they say of a client; empty believes none."
        ),
    )
    open_on_loopback: bool = Field(
        default=True,
        description="Whether whoever is at this machine may look while there is no account.",
    )
    session_days: int = Field(
        default=14, ge=1, le=365, description="Days after which one has to log in again."
    )
    metrics_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description=(
            "Networks that may read /metrics without a token; empty asks everybody for one."
        ),
    )

    @property
    def url(self) -> str:
        """Return the address to which links in alerts lead."""
        return str(self.public_url or f"http://{self.host}:{self.port}/")

    @property
    def public_path(self) -> str:
        """Return the path of the public address, without a slash at its end; nothing at the top."""
        path = "" if self.public_url is None else self.public_url.path or ""
        return path.rstrip("/")


class WebSubSettings(BaseModel):
    """[websub]: where hubs reach us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    callback_url: str | None = Field(
        default=None,
        description=(
            "The public address of /push/ on the pages' server, such as "
            "https://watch.example/push; empty asks no hub to push."
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


class SentrySettings(BaseModel):
    """[sentry]: where bugs are reported."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dsn: SecretStr | None = Field(
        default=None,
        description="The DSN of the project that bugs are reported to; empty reports none.",
    )
    environment: str = Field(default="production", description="The environment that reports name.")


class LogSettings(BaseModel):
    """[log]: what is written to standard error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least level that is written."
    )
    format: Literal["console", "json"] = Field(
        default="console",
        description="Lines for people (console), or one JSON object a line (json).",
    )


class Settings(BaseModel):
    """All settings; frozen, and passed down to who needs them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    storage: StorageSettings = StorageSettings()
    retention: RetentionSettings = RetentionSettings()
    fetch: FetchSettings = FetchSettings()
    extract: ExtractSettings = ExtractSettings()
    copies: CopySettings = CopySettings()
    recrawl: RecrawlSettings = RecrawlSettings()
    email: EmailSettings = EmailSettings()
    webhook: WebhookSettings = WebhookSettings()
    apprise: AppriseSettings = AppriseSettings()
    alerts: AlertSettings = AlertSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    web: WebSettings = WebSettings()
    websub: WebSubSettings = WebSubSettings()
    sentry: SentrySettings = SentrySettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _keeps_what_is_compared(self) -> Self:
        window = self.copies.window_days
        for name in ("text_days", "story_days"):
            days = getattr(self.retention, name)
            if days and days < window:
                raise ValueError(
                    f"retention.{name} is {days}, and texts are compared for {window} days: "
                    "make it longer, or shorten copies.window_days"
                )
        return self
