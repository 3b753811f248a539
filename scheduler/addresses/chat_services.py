"""Addresses of chat services, which take messages in a form of their own; pure.

What a service calls a webhook is no endpoint for Standard Webhooks: it answers 400 to every alert. Apprise speaks to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.errors import InputError


@dataclass(frozen=True, slots=True)
class ChatService:
    """A service, the form of its addresses, and how Apprise writes one of them.

    `is_sure`: an address of this form can be nobody else's.
    """

    name: str
    form: re.Pattern[str]
    apprise: str
    is_sure: bool = True


_HTTP = r"https?://"
_END = r"/*(?:\?.*)?"
CHAT_SERVICES = (
    ChatService(
        "Slack",
        re.compile(
            rf"{_HTTP}hooks\.slack(?:-gov)?\.com/services/([^/?]+)/([^/?]+)/([^/?]+){_END}",
            re.IGNORECASE,
        ),
        r"slack://\1/\2/\3/",
    ),
    ChatService(
        "Discord",
        re.compile(
            rf"{_HTTP}(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(\d+)/([^/?]+)(?:/slack|/github)?{_END}",
            re.IGNORECASE,
        ),
        r"discord://\1/\2/",
    ),
    ChatService(
        "Teams",
        re.compile(
            rf"{_HTTP}([^/?]+\.(?:logic\.azure|api\.powerplatform)\.com(?::\d+)?)"
            r"/(?:powerautomate/automations/direct/)?workflows/([^/?]+)/triggers/manual/paths/invoke/*\?(?:.*&)?sig=([^&]+).*",
            re.IGNORECASE,
        ),
        r"workflows://\1/\2/\3/",
        is_sure=False,
    ),
    ChatService(
        "Google Chat",
        re.compile(
            rf"{_HTTP}chat\.googleapis\.com/v1/spaces/([^/?]+)/messages/*\?(?:.*&)?key=([^&]+)&(?:.*&)?token=([^&]+).*",
            re.IGNORECASE,
        ),
        r"gchat://\1/\2/\3",
    ),
    ChatService(
        "Mattermost",  # on a host of anybody's: its keys are 26 letters and digits
        re.compile(rf"https://([^/?]+)((?:/[^?]*)?)/hooks/([a-z0-9]{{26}}){_END}"),
        r"mmosts://\1\2/\3",
        is_sure=False,
    ),
    ChatService(
        "Mattermost",
        re.compile(rf"http://([^/?]+)((?:/[^?]*)?)/hooks/([a-z0-9]{{26}}){_END}"),
        r"mmost://\1\2/\3",
        is_sure=False,
    ),
)
_LISTED = "reach it by --apprise: https://appriseit.com/services/ says how its address is written"
_RETIRED = (
    "and Microsoft has retired it; make a workflow in Teams that posts what a webhook is sent, and "
    "give its address"
)
_HOSTS = {
    "slack.com": ("Slack", _LISTED),
    "discord.com": ("Discord", _LISTED),
    "discordapp.com": ("Discord", _LISTED),
    "webhook.office.com": ("Teams", _RETIRED),
    "chat.googleapis.com": ("Google Chat", _LISTED),
}
_TAKES_NONE = "which takes no signed webhooks of ours"


def chat_notes(address: str) -> tuple[str, ...]:
    """Return a note of an address that may be one of a chat service, with how that is reached.

    Raises InputError for one that can be nobody else's.
    """
    for service in CHAT_SERVICES:
        if match := service.form.fullmatch(address.strip()):
            remedy = f"--apprise '{match.expand(service.apprise)}' (pip install '.[apprise]')"
            if service.is_sure:
                raise InputError(f"this is {service.name}, {_TAKES_NONE}; write {remedy}")
            return (f"if this is {service.name}, {_TAKES_NONE}, write {remedy} instead",)
    host = re.sub(r"^https?://(?:[^/@]*@)?|[:/?#].*$", "", address.strip().lower())
    for domain, (name, remedy) in _HOSTS.items():
        if host == domain or host.endswith(f".{domain}"):
            raise InputError(f"this is {name}, {_TAKES_NONE}; {remedy}")
    return ()
