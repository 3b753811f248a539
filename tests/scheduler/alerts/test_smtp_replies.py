"""Refusals as relays really word them: whose they are to mend."""

from __future__ import annotations

import pytest

from scheduler.alerts.smtp_replies import SmtpStep, set_up_fault

MAIL, RCPT, DATA = SmtpStep


@pytest.mark.parametrize(
    ("step", "code", "says", "remedy"),
    [
        (MAIL, 550, "never", "email.sender"),
        (MAIL, 501, "5.1.7 Bad sender address syntax", "email.sender"),
        (MAIL, 530, "5.7.0 Must issue a STARTTLS command first", "email.tls"),
        (MAIL, 530, "5.7.1 Authentication required", "email.username"),
        (MAIL, 530, "5.7.57 Client not authenticated to send mail", "email.username"),
        (
            RCPT,
            553,
            "5.7.1 <w@x.example>: Sender address rejected: not owned by user w",
            "email.sender",
        ),
        (RCPT, 550, "Sender verify failed", "email.sender"),
        (RCPT, 554, "5.7.1 <desk@y.example>: Relay access denied", "email.username"),
        (RCPT, 550, "relay not permitted", "email.username"),
        (RCPT, 454, "4.7.1 <desk@y.example>: Relay access denied", "email.username"),
        (
            RCPT,
            554,
            "5.7.1 <unknown[10.0.0.9]>: Client host rejected: Access denied",
            "email.username",
        ),
        (
            RCPT,
            504,
            "5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
            "dot",
        ),
        (RCPT, 550, "5.4.5 Daily user sending limit exceeded", "email.per_second"),
        (DATA, 554, "5.2.0 Client does not have permissions to send as this sender", None),
        (
            DATA,
            550,
            "5.7.60 Client does not have permissions to send as this sender",
            "email.sender",
        ),
        (
            DATA,
            550,
            "5.7.26 This mail has been blocked because the sender is unauthenticated",
            "log-in",
        ),
    ],
)
def test_a_refusal_of_our_set_up_is_the_operator_s_to_mend(
    step: SmtpStep, code: int, says: str, remedy: str | None
) -> None:
    fault = set_up_fault(step, code, says)
    if remedy is None:
        assert fault is None
    else:
        assert fault is not None
        assert remedy in f"{fault.says} {fault.remedy}"


@pytest.mark.parametrize(
    ("step", "code", "says"),
    [
        (RCPT, 550, "5.1.1 <sender-list@y.example>: Recipient address rejected: User unknown"),
        (RCPT, 550, "5.1.1 <x@y.example>: User unknown in relay recipient table"),
        (RCPT, 550, "User unknown in relay recipient table"),
        (RCPT, 550, "No such user here"),
        (RCPT, 550, "never"),
        (RCPT, 552, "5.2.2 Mailbox over quota"),
        (RCPT, 550, "<relay@helo.example> is not here"),
        (MAIL, 552, "5.3.4 Message size exceeds fixed limit"),
        (DATA, 554, "5.6.0 Message content rejected"),
        (DATA, 550, "5.7.1 Message rejected as spam"),
        (MAIL, 450, "sender, try again"),
    ],
)
def test_any_other_is_of_the_recipient_the_message_or_the_moment(
    step: SmtpStep, code: int, says: str
) -> None:
    assert set_up_fault(step, code, says) is None


def test_a_relay_that_does_not_send_to_one_address_may_send_to_others() -> None:
    denied = set_up_fault(RCPT, 554, "5.7.1 <desk@y.example>: Relay access denied")
    unknown = set_up_fault(RCPT, 530, "5.7.1 Authentication required")
    assert denied is not None
    assert unknown is not None
    assert (denied.of_all, unknown.of_all) == (False, True)
