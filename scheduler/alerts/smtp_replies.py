"""What a relay's refusal says: of one recipient or message, or of our own set-up; pure.

Codes are RFC 5321, 4.2.3 and those of log-in RFC 4954; enhanced codes RFC 3463 with IANA's registry. Relays say most of
what concerns us only in answer to RCPT (Postfix: smtpd_delay_reject), and in words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

FOR_GOOD = 500  # replies from 500 on mean no, those below not now
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_ADDRESS = re.compile(r"<[^<>]*>|\S+@\S+")
_OF_RECIPIENT = re.compile(r"5\.(?:1\.(?:1|2|3|4|6|10)|2\.\d+)")
_OF_RECIPIENT_IN_WORDS = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox)|(?:mailbox|user|recipient) (?:is )?"
    r"(?:unavailable|disabled|not found|does not exist|full)|over quota",
    re.IGNORECASE,
)
# Postfix answers these with 454 too, though no time will mend them (relay_domains, defer_unauth_destination).
_NEVER_THOUGH_LATER = re.compile(
    r"relay access denied|relaying denied|authentication required", re.IGNORECASE
)
_OF_MESSAGE = re.compile(r"5\.(?:3\.4|6\.\d+)")
_TOO_LARGE = 552


class SmtpStep(StrEnum):
    """The command that was refused."""

    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"


@dataclass(frozen=True, slots=True)
class SetUpFault:
    """What is wrong with our set-up by a refusal, and what to do.

    `of_all`: whatever else is sent would be refused too.
    """

    says: str
    remedy: str
    of_all: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    fault: SetUpFault
    words: re.Pattern[str]
    codes: frozenset[int] = frozenset()
    enhanced: frozenset[str] = frozenset()


_SENDER = SetUpFault(
    "the relay refuses our sender",
    "Set email.sender to an address that the relay lets this log-in send from.",
)
_RULES = (
    _Rule(
        SetUpFault("the relay wants encryption first", 'Set email.tls = "starttls".'),
        re.compile(r"starttls|encrypt", re.IGNORECASE),
        enhanced=frozenset({"5.7.10", "5.7.11"}),
    ),
    _Rule(
        SetUpFault("the relay wants a log-in", "Set email.username and email.password."),
        re.compile(r"authenti|\bauth\b|log[ -]?in|credential", re.IGNORECASE),
        frozenset({530, 534, 535, 538}),
        frozenset({"5.7.3", "5.7.8", "5.7.9", "5.7.14", "5.7.57"}),
    ),
    _Rule(
        SetUpFault(
            "the relay has had enough from us for now",
            "Lower email.per_second, or ask whoever runs the relay for more.",
        ),
        re.compile(r"\bquota|rate limit|too many|limit exceeded|exceeded the", re.IGNORECASE),
        enhanced=frozenset({"5.4.5"}),
    ),
    _Rule(
        _SENDER,
        re.compile(
            r"\bsender|from address|send as|send on behalf|\b(?:spf|dkim|dmarc)\b", re.IGNORECASE
        ),
        enhanced=frozenset(
            {
                "5.1.7",
                "5.1.8",
                "5.7.20",
                "5.7.21",
                "5.7.22",
                "5.7.23",
                "5.7.26",
                "5.7.27",
                "5.7.60",
                "5.7.509",
            }
        ),
    ),
    _Rule(
        SetUpFault(
            "the relay refuses the name by which we greet it",
            "Give email.sender a domain with a dot; we greet by it.",
        ),
        re.compile(r"\b(?:helo|ehlo)\b|fully[- ]qualified", re.IGNORECASE),
        frozenset({504}),
    ),
    _Rule(
        SetUpFault(
            "the relay does not send this for us",
            "Log in (email.username), have the relay permit this machine, or set another email.host.",
            of_all=False,
        ),
        re.compile(
            r"\brelay|client host|access denied|not permitted|reverse|blocked using", re.IGNORECASE
        ),
        enhanced=frozenset({"5.7.25", "5.7.64"}),
    ),
)


def set_up_fault(step: SmtpStep, code: int, says: str) -> SetUpFault | None:
    """Return what is wrong with our set-up, when a refusal says so; None when it is of recipient or message.

    What a relay refuses at MAIL FROM it has not been told for whom: that is always ours.
    """
    enhanced = _ENHANCED.search(says)
    status = enhanced[0] if enhanced else ""
    words = _ADDRESS.sub("", says)
    if code < FOR_GOOD and _NEVER_THOUGH_LATER.search(words) is None:
        return None
    if _OF_MESSAGE.fullmatch(status) or (step is SmtpStep.MAIL and code == _TOO_LARGE):
        return None
    if step is not SmtpStep.MAIL and (
        _OF_RECIPIENT.fullmatch(status) or _OF_RECIPIENT_IN_WORDS.search(words)
    ):
        return None
    for rule in _RULES:
        if code in rule.codes or status in rule.enhanced or rule.words.search(words):
            return rule.fault
    return _SENDER if step is SmtpStep.MAIL else None
