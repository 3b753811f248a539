"""Checks of what is reached over the network: sources, relay, webhooks, the proxy, Redis, our own port."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from crawler.fetch.egress import Egress
from crawler.fetch.robots import authority_of, read_rules
from crawler.fetch.services import agent
from crawler.urls.canonical import host_of
from scheduler.addresses.mail_address import read_mailbox
from scheduler.alerts.smtp import MailSender
from scheduler.alerts.smtp_replies import SmtpStep, set_up_fault
from scheduler.config import factories
from scheduler.diagnosis.doctor.records import (
    CheckResult,
    ExaminedInstallation,
    broken,
    skipped,
    warning,
    well,
)
from scheduler.wording.formatters import count, host, size, span
from storage.errors import (
    BlockedAddressError,
    DeliveryDeferredError,
    DeliveryRefusedError,
    HotStateError,
)
from storage.hot.redis.connection import LEAST_SERVER, RedisConnection, examine
from storage.models.recipients import Channel
from storage.models.sources import Source
from storage.models.topics import Topic

_NEARLY_FULL = 0.8


async def check_redis(installation: ExaminedInstallation) -> AsyncIterator[CheckResult]:
    """See that Redis answers, is new enough, takes writes, and throws nothing away by itself."""
    settings = installation.settings.storage
    if settings.redis is None:
        yield skipped("redis", "not used: one process keeps all in its memory")
        return
    connection = RedisConnection.at(settings.redis.get_secret_value(), prefix=settings.redis_prefix)
    try:
        found = await examine(connection)
    except HotStateError as error:
        yield broken("redis", str(error), "Start it, or correct storage.redis.")
        return
    finally:
        await connection.close()
    if found.version < LEAST_SERVER:
        least = ".".join(map(str, LEAST_SERVER))
        yield broken(
            "redis", f"it is {found.shown}, {least} is the oldest that will do", "Upgrade."
        )
    elif found.evicts:
        yield warning(
            "redis",
            f"when it is full it throws away what it likes (maxmemory-policy {found.policy})",
            "Set maxmemory-policy noeviction: what is needed would be filled in anew for ever.",
        )
    elif found.most and found.used > _NEARLY_FULL * found.most:
        says = f"{size(found.used)} of {size(found.most)} are used"
        yield warning("redis", says, "Raise its maxmemory, or lower copies.window_days.")
    else:
        yield well("redis", f"{found.shown}, {size(found.used)} used")


_SOME = 5  # sources and webhooks that are looked at
_OFF, _FAR_OFF = timedelta(seconds=30), timedelta(minutes=5)
_DENIED = (socket.gaierror, OSError)


def check_roots(installation: ExaminedInstallation) -> tuple[CheckResult, Egress | None]:
    """See that certificates can be checked; the way out, when they can."""
    try:
        way_out = factories.egress(installation.settings)
    except (OSError, ssl.SSLError) as error:
        found = broken(
            "certificates",
            f"fetch.ca_file can't be read: {error}",
            "Give a PEM file of certificate authorities, or unset fetch.ca_file.",
        )
        return found, None
    number = way_out.ssl_context.cert_store_stats()["x509_ca"]
    if number == 0:
        found = broken(
            "certificates",
            "this machine trusts no certificate authority",
            "Install the package ca-certificates.",
        )
    else:
        found = well("certificates", f"{count(number, 'authority', 'authorities')} are trusted")
    return found, way_out


async def check_sources(
    installation: ExaminedInstallation, way_out: Egress, sources: Sequence[Source]
) -> AsyncIterator[CheckResult]:
    """See that names resolve, that the clock is right, and what robots.txt says to us."""
    if not sources:
        yield skipped("sources", "there is none yet")
        return
    some = sources[:_SOME]
    async with way_out.session() as session:
        for found in await asyncio.gather(*(_source(installation, session, each) for each in some)):
            for finding in found:
                yield finding


async def check_mail(
    installation: ExaminedInstallation, way_out: Egress, topics: Sequence[Topic]
) -> AsyncIterator[CheckResult]:
    """See that the relay takes our log-in, our sender and our recipients; no message is sent."""
    settings = installation.settings.email
    if settings.host is None:
        yield skipped("mail relay", "not used")
        return
    reach = way_out.consenting(settings.host, settings.port)
    patience = settings.model_copy(update={"timeout_seconds": installation.seconds})
    addresses = _mail_addresses(installation, topics)
    own = read_mailbox(settings.sender).address
    try:
        sender = MailSender(reach.open_socket, reach.ssl_context, patience)
        # Most relays refuse a sender no sooner than they are told a recipient.
        refused = await sender.probe(addresses or [own])
    except (DeliveryDeferredError, DeliveryRefusedError, OSError) as error:
        yield broken(
            "mail relay",
            f"{settings.host} port {settings.port}: {error}",
            "Look at host, port, tls, username, password and sender under [email].",
        )
        return
    findings = [
        _mail_finding(address, error)
        for address, error in refused.items()
        if address in addresses or isinstance(error, DeliveryDeferredError)
    ]
    for finding in findings or [well("mail relay", f"{settings.host} takes our mail")]:
        yield finding


def _mail_addresses(installation: ExaminedInstallation, topics: Sequence[Topic]) -> list[str]:
    """Return some of those to whom we send, each once."""
    told = {
        recipient.key: recipient.address
        for topic in topics
        for recipient in topic.recipients
        if recipient.channel is Channel.EMAIL
    }
    return list(dict.fromkeys([*installation.settings.alerts.notify, *told.values()]))[:_SOME]


def _mail_finding(address: str, error: DeliveryDeferredError | DeliveryRefusedError) -> CheckResult:
    says = f"{address}: {error}"
    if isinstance(error, DeliveryRefusedError):
        return broken("mail relay", says, "Correct the address: wirewatch topic untell, then tell.")
    if set_up_fault(SmtpStep.RCPT, error.status or 0, str(error)):
        return broken(
            "mail relay", says, "Mend it in [email] or at the relay; mail waits till then."
        )
    return warning("mail relay", says, "It is tried again by itself.")


async def check_webhooks(
    installation: ExaminedInstallation, way_out: Egress, topics: Sequence[Topic]
) -> AsyncIterator[CheckResult]:
    """See that webhooks' addresses may be reached, and answer; nothing is posted."""
    addresses = dict.fromkeys(
        recipient.address
        for topic in topics
        for recipient in topic.recipients
        if recipient.channel is Channel.WEBHOOK
    )
    if not addresses:
        yield skipped("webhooks", "not used")
        return
    some = list(addresses)[:_SOME]
    for found in await asyncio.gather(*(_webhook(installation, way_out, each) for each in some)):
        yield found


async def check_proxy(
    installation: ExaminedInstallation, way_out: Egress
) -> AsyncIterator[CheckResult]:
    """See that the crawl's proxy is there."""
    if installation.settings.fetch.proxy is None:
        yield skipped("proxy", "not used")
        return
    parts = urlsplit(installation.settings.fetch.proxy)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if await _answers(installation, way_out, parts.hostname or "", port):
        yield well(
            "proxy",
            f"{parts.hostname} port {port} answers; it resolves names itself, so that it, and not "
            "Wirewatch, must refuse those that lead inside your network",
        )
    else:
        yield broken(
            "proxy",
            f"{parts.hostname} port {port} does not answer: nothing can be crawled",
            "Start the proxy, or correct fetch.proxy.",
        )


async def check_port(
    installation: ExaminedInstallation, way_out: Egress, *, daemon_runs: bool
) -> AsyncIterator[CheckResult]:
    """See that the pages' port is free, or ours."""
    web = installation.settings.web
    if web.port == 0:
        yield skipped("web port", "any free one is taken")
        return
    # What listens everywhere listens here too.
    at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)  # noqa: S104 - compared  # nosec B104
    url = f"http://{f'[{at}]' if ':' in at else at}:{web.port}/livez"
    try:
        async with (
            way_out.consenting(at, web.port).session() as session,
            session.get(url, timeout=aiohttp.ClientTimeout(total=installation.seconds)) as response,
        ):
            ours = (await response.text()).startswith("alive")
    except (aiohttp.ClientError, OSError, TimeoutError):
        taken = await _answers(installation, way_out, at, web.port)
        ours = False
    else:
        taken = True
    if ours or (not taken and not daemon_runs):
        yield well("web port", f"{web.port} is {'ours' if ours else 'free'}")
    elif taken:
        yield broken(
            "web port",
            f"another program listens on {web.host} port {web.port}",
            "Stop it, or set another web.port.",
        )
    else:
        yield broken(
            "web port",
            f"the daemon runs, and nothing answers on port {web.port}",
            "It may have been started with other settings: restart it.",
        )


async def check_heartbeat(
    installation: ExaminedInstallation, way_out: Egress
) -> AsyncIterator[CheckResult]:
    """See that whoever waits for signs of life can be reached; none is given."""
    url = installation.settings.heartbeat.url
    if url is None:
        yield skipped("heartbeat", "not used")
        return
    found = await _webhook(installation, way_out, str(url))
    if found.remedy:
        yield broken("heartbeat", found.says, "Correct heartbeat.url, or see that it is up.")
    else:
        yield well("heartbeat", f"{host(str(url))} answers")


async def _source(
    installation: ExaminedInstallation, session: aiohttp.ClientSession, source: Source
) -> list[CheckResult]:
    name = host_of(source.url)
    url = f"{authority_of(source.url)}/robots.txt"
    headers = {"User-Agent": agent("doctor", installation.settings.fetch.contact)}
    limit = aiohttp.ClientTimeout(total=installation.seconds)
    try:
        async with session.get(url, headers=headers, timeout=limit) as response:
            body = await response.content.read(500_000)
            status, date = response.status, response.headers.get("Date", "")
    except aiohttp.ClientConnectorDNSError:
        return [
            broken(
                "names",
                f"{name} has no address",
                "See that this machine's resolver works (/etc/resolv.conf); "
                "if only this name fails, the site is gone.",
            )
        ]
    except aiohttp.ClientConnectorCertificateError as error:
        return [broken("certificates", f"{name}: {error}", "Set fetch.ca_file to its authority.")]
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return [
            warning("sources", f"{name} does not answer: {error}", "It is tried again by itself.")
        ]
    found = [well("names", f"{name} resolves and answers")]
    found += _clock(installation, name, date)
    rules = read_rules(status, body, installation.clock())
    if not rules.allow(source.url):
        found.append(
            broken(
                "robots",
                f"robots.txt of {name} forbids its listing to us",
                f"Ask the publisher, or: wirewatch source remove {source.id}",
            )
        )
    else:
        found.append(well("robots", f"{name} lets us in"))
    return found


def _clock(installation: ExaminedInstallation, name: str, date: str) -> list[CheckResult]:
    try:
        theirs = parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError):
        return []
    off = abs(installation.clock() - theirs)
    if off < _OFF:
        return [well("clock", f"it agrees with {name}")]
    says = f"it is {span(off)} off that of {name}"
    remedy = "Set it: timedatectl set-ntp true. Dates decide who wrote first."
    return [(broken if off >= _FAR_OFF else warning)("clock", says, remedy)]


async def _webhook(
    installation: ExaminedInstallation, way_out: Egress, address: str
) -> CheckResult:
    name = host(address)
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        way_out.check_url(address)
        sock = await way_out.open_socket(parts.hostname or "", port, installation.seconds)
    except BlockedAddressError as error:
        return broken(
            "webhooks", f"{name}: {error}", "If it is yours, add it to fetch.allow_networks."
        )
    except (*_DENIED, TimeoutError) as error:
        return broken("webhooks", f"{name} does not answer: {error}", "Start the receiver.")
    sock.close()
    return well("webhooks", f"{name} answers")


async def _answers(
    installation: ExaminedInstallation, way_out: Egress, name: str, port: int
) -> bool:
    """Return whether something listens where the operator's own configuration says."""
    reach = way_out.consenting(name, port)
    try:
        sock = await reach.open_socket(name, port, installation.seconds)
    except (OSError, TimeoutError, BlockedAddressError):
        return False
    sock.close()
    return True
