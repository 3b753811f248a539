"""The demo's recipients: a mailbox that keeps letters, a hook that believes only what is signed."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest
from standardwebhooks import Webhook

from scheduler.demo.mailbox import Mailbox
from scheduler.demo.webhook_receiver import WebhookReceiver, signature_holds

SECRET = "whsec_" + base64.b64encode(b"not much of a secret, but long enough").decode()
BODY = '{"type": "alert.created"}'


def signed(uid: str, body: str = BODY, age: float = 0.0) -> dict[str, str]:
    """Sign as the reference implementation does."""
    at = time.time() - age
    signature = Webhook(SECRET).sign(uid, datetime.fromtimestamp(at, UTC), body)
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": signature,
    }


def test_a_signature_of_the_reference_implementation_holds() -> None:
    assert signature_holds(signed("a1"), BODY.encode(), secret=SECRET, now=time.time())


def test_one_good_signature_among_others_is_enough() -> None:
    headers = signed("a1")
    headers["webhook-signature"] = f"v1,bm8= {headers['webhook-signature']}"
    assert signature_holds(headers, BODY.encode(), secret=SECRET, now=time.time())


@pytest.mark.parametrize("change", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_changed_header_breaks_the_signature(change: str) -> None:
    headers = signed("a1") | {change: "1"}
    assert not signature_holds(headers, BODY.encode(), secret=SECRET, now=time.time())


def test_a_changed_body_breaks_the_signature() -> None:
    assert not signature_holds(signed("a1"), b"{}", secret=SECRET, now=time.time())


def test_an_old_webhook_is_not_believed() -> None:
    headers = signed("a1", age=600)
    assert not signature_holds(headers, BODY.encode(), secret=SECRET, now=time.time())


async def test_the_receiver_takes_what_is_signed_and_refuses_the_rest() -> None:
    async with WebhookReceiver() as receiver, aiohttp.ClientSession(trust_env=False) as session:
        receiver.secrets = (SECRET,)
        async with session.post(receiver.url, data=BODY, headers=signed("a1")) as response:
            assert response.status == 204
        async with session.post(receiver.url, data=BODY) as response:
            assert response.status == 401
    assert [webhook.verified for webhook in receiver.webhooks] == [True, False]
    assert receiver.webhooks[0].uid == "a1"
    assert receiver.webhooks[0].payload() == {"type": "alert.created"}


async def test_the_mailbox_keeps_a_letter_with_its_parts() -> None:
    message = EmailMessage()
    message["From"], message["To"] = "watch@newsroom.example", "desk@newsroom.example"
    message["Subject"], message["Message-ID"] = "Grüße vom Hafen", "<a1@newsroom.example>"
    message.set_content("Eine Zeile.\n\nNoch eine.\n")
    message.add_alternative("<p>Eine Zeile.</p>", subtype="html")
    async with Mailbox() as mailbox:
        await aiosmtplib.send(
            message, hostname="127.0.0.1", port=mailbox.port, use_tls=False, start_tls=False
        )
    [email] = mailbox.emails
    assert email.to == ("desk@newsroom.example",)
    assert email.subject == "Grüße vom Hafen"
    assert email.message_id == "<a1@newsroom.example>"
    assert email.kinds() == ("text/plain", "text/html")
    assert email.excerpt() == "Eine Zeile.\nNoch eine."
