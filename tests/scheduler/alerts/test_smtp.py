"""E-mail is handed to a real relay, and each of its answers means what it says."""

from __future__ import annotations

import asyncio
import functools
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from pydantic import SecretStr

from crawler.fetch.egress import Egress
from scheduler.alerts.outcomes import SendReceipt
from scheduler.alerts.smtp import MailSender
from scheduler.config.settings import EmailSettings
from storage.errors import DeliveryDeferredError, DeliveryError, DeliveryRefusedError
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel
from tests.scheduler.alerts.drafts import EMAIL, drafts
from tests.scheduler.alerts.relay import PASSWORD, Relay, certificates, running
from tests.waiting import settled

NOW = datetime.now(UTC)
DRAFT = drafts()[0]
DELIVERY = Delivery(
    id=1,
    uid=DRAFT.uid,
    alert_id=1,
    recipient_id=1,
    channel=Channel.EMAIL,
    address=EMAIL.address,
    payload=DRAFT.payload,
    state=DeliveryState.PENDING,
    attempts=0,
    created_at=NOW,
    next_attempt_at=NOW,
)


@functools.cache
def to_loopback() -> Egress:
    return Egress([ip_network("127.0.0.0/8")], range(1, 65536))


def sender(relay: Relay, context: ssl.SSLContext | None = None, **changes: Any) -> MailSender:
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": relay.port,
        "sender": "Wirewatch <wirewatch@newsroom.example>",
        "tls": "none",
        "timeout_seconds": 5,
    }
    way_out = to_loopback()
    return MailSender(
        way_out.open_socket, context or way_out.ssl_context, EmailSettings(**(settings | changes))
    )


async def send(relay: Relay, delivery: Delivery = DELIVERY) -> SendReceipt:
    async with running(relay):
        return await sender(relay).send(delivery)


async def failure(relay: Relay, delivery: Delivery = DELIVERY) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(relay, delivery)
    return caught.value


def saying(step: str, answer: str) -> Relay:
    relay = Relay()
    setattr(relay, step, answer)
    return relay


async def test_the_relay_gets_the_letter_byte_for_byte() -> None:
    relay = Relay()
    sent = await send(relay)
    assert relay.letters == [("wirewatch@newsroom.example", [EMAIL.address], DRAFT.payload)]
    assert sent == SendReceipt(250, "kept as 17")


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("code", [421, 450, 451, 452])
async def test_a_4xx_answer_at_any_step_is_tried_again(step: str, code: int) -> None:
    error = await failure(saying(step, f"{code} later"))
    assert isinstance(error, DeliveryDeferredError)
    assert error.status == code
    assert "later" in str(error)


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("code", [550, 552, 554])
async def test_a_5xx_answer_at_any_step_is_a_refusal(step: str, code: int) -> None:
    error = await failure(saying(step, f"{code} never"))
    assert isinstance(error, DeliveryRefusedError)
    assert error.status == code
    assert "never" in str(error)


@pytest.mark.parametrize(
    ("step", "answer", "remedy"),
    [
        ("mail", "550 never", "email.sender"),
        ("mail", "530 5.7.0 Must issue a STARTTLS command first", "email.tls"),
        ("rcpt", "530 5.7.1 Authentication required", "email.username"),
        ("rcpt", "553 5.7.1 Sender address rejected: not owned by user", "email.sender"),
        (
            "data",
            "550 5.7.60 Client does not have permissions to send as this sender",
            "email.sender",
        ),
    ],
)
async def test_a_refusal_of_our_set_up_waits_for_the_operator(
    step: str, answer: str, remedy: str
) -> None:
    error = await failure(saying(step, answer))
    assert isinstance(error, DeliveryDeferredError)
    assert error.of_endpoint
    assert error.status == int(answer[:3])
    assert answer[4:] in str(error)
    assert remedy in str(error)


async def test_a_message_that_the_relay_finds_too_large_is_no_fault_of_our_set_up() -> None:
    error = await failure(saying("mail", "552 5.3.4 Message size exceeds fixed limit"))
    assert isinstance(error, DeliveryRefusedError)


async def test_a_relay_that_takes_the_letter_and_drops_the_line_is_tried_again() -> None:
    relay = Relay(drops_after_data=True)
    assert isinstance(await failure(relay), DeliveryDeferredError)
    assert len(relay.letters) == 1  # it may come twice, with the same Message-ID


async def test_a_relay_that_hangs_is_left_at_the_deadline() -> None:
    relay = Relay(hangs_after_data=True)
    async with running(relay):
        with pytest.raises(DeliveryDeferredError, match=r"0\.3 s"):
            await sender(relay, timeout_seconds=0.3).send(DELIVERY)


async def test_no_relay_there_is_tried_again() -> None:
    relay = Relay()
    async with running(relay):
        pass
    with pytest.raises(DeliveryDeferredError):
        await sender(relay).send(DELIVERY)


async def test_an_encrypted_line_is_never_dropped_when_the_relay_offers_none() -> None:
    relay = Relay()
    async with running(relay):
        with pytest.raises(DeliveryDeferredError, match="STARTTLS"):
            await sender(relay, trusting_nobody_new(), tls="starttls").send(DELIVERY)
    assert relay.letters == []


async def test_starttls_encrypts(tmp_path: Path) -> None:
    server, client = certificates(tmp_path)
    relay = Relay()
    async with running(relay, starttls=server):
        await sender(relay, client, tls="starttls").send(DELIVERY)
    assert relay.encrypted == [True]


async def test_tls_encrypts_from_the_first_byte(tmp_path: Path) -> None:
    server, client = certificates(tmp_path)
    relay = Relay()
    async with running(relay, tls=server):
        await sender(relay, client, tls="tls").send(DELIVERY)
    assert relay.letters[0][2] == DRAFT.payload


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_a_certificate_that_nobody_trusts_gets_no_letter(tmp_path: Path, mode: str) -> None:
    server, _ = certificates(tmp_path)
    relay = Relay()
    contexts = {"starttls": {"starttls": server}, "tls": {"tls": server}}[mode]
    async with running(relay, **contexts):  # type: ignore[arg-type]
        with pytest.raises(DeliveryDeferredError, match=r"(?i)certificate"):
            await sender(relay, trusting_nobody_new(), tls=mode).send(DELIVERY)
    assert relay.letters == []


async def test_the_log_in_is_used(tmp_path: Path) -> None:
    server, client = certificates(tmp_path)
    relay = Relay()
    log_in: dict[str, Any] = {"username": "desk", "password": SecretStr(PASSWORD)}
    async with running(relay, starttls=server, auth=True):
        await sender(relay, client, tls="starttls", **log_in).send(DELIVERY)
    assert relay.users == ["desk"]
    assert len(relay.letters) == 1


async def test_a_wrong_password_is_the_operator_s_to_mend_and_loses_nothing(
    tmp_path: Path,
) -> None:
    server, client = certificates(tmp_path)
    relay = Relay()
    log_in: dict[str, Any] = {"username": "desk", "password": SecretStr("wrong")}
    async with running(relay, starttls=server, auth=True):
        with pytest.raises(DeliveryDeferredError, match="no to us") as caught:
            await sender(relay, client, tls="starttls", **log_in).send(DELIVERY)
    assert caught.value.status == 535
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<x@y>", "", "a b@c", "<>"])
async def test_an_address_that_is_none_is_refused(address: str) -> None:
    relay = Relay()
    error = await failure(relay, replace(DELIVERY, address=address))
    assert isinstance(error, DeliveryRefusedError)
    assert relay.letters == []


async def test_a_local_part_beyond_ascii_travels_as_utf_8_and_a_domain_in_ascii() -> None:
    relay = Relay()
    await send(relay, replace(DELIVERY, address="grüße@münchen.example"))
    assert relay.letters[0][1] == ["grüße@xn--mnchen-3ya.example"]


async def test_a_domain_beyond_ascii_is_taken_by_every_relay() -> None:
    relay = Relay()
    async with running(relay, smtputf8=False):
        await sender(relay, sender="Wächter <wache@münchen.example>").send(
            replace(DELIVERY, address="desk@köln.example")
        )
    assert relay.letters[0][:2] == ("wache@xn--mnchen-3ya.example", ["desk@xn--kln-sna.example"])


async def test_a_local_part_beyond_ascii_is_refused_by_name_where_the_relay_cannot_take_it() -> (
    None
):
    relay = Relay()
    async with running(relay, smtputf8=False):
        with pytest.raises(DeliveryRefusedError, match="SMTPUTF8, which grüße@newsroom"):
            await sender(relay).send(replace(DELIVERY, address="grüße@newsroom.example"))
        with pytest.raises(DeliveryDeferredError, match=r"email\.sender"):
            await sender(relay, sender="wächter@newsroom.example").send(DELIVERY)
    assert relay.letters == []


async def test_without_a_relay_nothing_is_tried() -> None:
    obstacle = sender(Relay(port=25), host=None).obstacle
    assert obstacle is not None
    assert "[email]" in obstacle
    assert sender(Relay(port=25)).obstacle is None


async def test_letters_go_beside_each_other() -> None:
    relay = Relay()
    async with running(relay):
        mail = sender(relay)
        await asyncio.gather(*(mail.send(DELIVERY) for _ in range(5)))
    assert len(relay.letters) == 5


def trusting_nobody_new() -> ssl.SSLContext:
    """Return a context that trusts only what everybody trusts."""
    return to_loopback().ssl_context


async def test_a_relay_is_asked_for_its_recipients_without_a_letter() -> None:
    relay = Relay(rcpt_by_address={"gone@newsroom.example": "550 5.1.1 User unknown"})
    async with running(relay, smtputf8=False):
        refused = await sender(relay).probe(
            ["desk@newsroom.example", "gone@newsroom.example", "grüße@newsroom.example"]
        )
    assert {address: type(error) for address, error in refused.items()} == {
        "gone@newsroom.example": DeliveryRefusedError,
        "grüße@newsroom.example": DeliveryRefusedError,
    }
    assert "User unknown" in str(refused["gone@newsroom.example"])
    assert relay.letters == []


async def test_a_relay_that_refuses_our_sender_says_so_when_asked() -> None:
    relay = Relay(mail="550 5.7.1 not you")
    async with running(relay):
        with pytest.raises(DeliveryDeferredError, match="not you"):
            await sender(relay).probe(["desk@newsroom.example"])


async def test_a_relay_that_is_silent_is_not_asked_for_ever() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await left.wait()
        writer.close()
        await writer.wait_closed()

    left = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    relay = Relay(port=server.sockets[0].getsockname()[1])
    with pytest.raises(DeliveryDeferredError, match=r"did not answer|Timed out"):
        await sender(relay, timeout_seconds=0.2).probe([])
    left.set()
    server.close()
    await settled()


async def test_one_recipient_that_is_refused_beside_others_is_not_taken_for_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client raises nothing then, and says it in its answer alone."""
    relay = Relay()

    async def partly(*_: object, **__: object) -> tuple[dict[str, tuple[int, str]], str]:
        return {DELIVERY.address: (550, "no such box")}, "ok"

    monkeypatch.setattr("aiosmtplib.SMTP.sendmail", partly)
    refused = await failure(relay)
    assert isinstance(refused, DeliveryRefusedError)
    assert "no such box" in str(refused)


async def test_an_odd_answer_of_the_relay_is_tried_again_or_refused_by_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for code, kind in ((421, DeliveryDeferredError), (554, DeliveryRefusedError)):

        async def odd(*_: object, code: int = code, **__: object) -> None:
            raise aiosmtplib.SMTPResponseException(code, "odd")

        monkeypatch.setattr("aiosmtplib.SMTP.sendmail", odd)
        assert type(await failure(Relay())) is kind
