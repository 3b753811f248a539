"""One request to a hub, through the egress guard; what it answered in words."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

import aiohttp

from crawler.extract.markup.clean_text import visible_line
from crawler.fetch.services import agent
from crawler.urls.canonical import canonical_url
from storage.errors import InputError
from storage.models.problems import Problem

_SECONDS = 20.0
_MOST_REDIRECTS = 3
_REDIRECTS = (307, 308)  # the ones that keep a POST a POST
_MOST_REPLY = 2048  # bytes
_MOST_SAID = 200  # characters


class HubClient:
    """Asks hubs by a form; robots.txt does not bind here, for this is what hubs are for."""

    def __init__(self, session: aiohttp.ClientSession, contact: str) -> None:
        self._session = session
        self._headers = {"User-Agent": agent(version("wirewatch"), contact)}

    async def ask(self, hub_url: str, form: Mapping[str, str]) -> str:
        """Send the form; '' when the hub took it, else why not."""
        try:
            return await self._ask(hub_url, form)
        except TimeoutError:
            return f"the hub did not answer within {_SECONDS:g} s"
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, InputError):
            return "the hub's address can't be used"
        except (aiohttp.ClientError, OSError) as error:
            return _failure(error)

    async def _ask(self, hub_url: str, form: Mapping[str, str]) -> str:
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._session.post(
                hub_url,
                data=form,
                headers={
                    **self._headers,
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
            ) as response:
                if response.status not in _REDIRECTS:
                    return await _said(response)
                hub_url = canonical_url(response.headers.get("Location", ""), hub_url)
        return "the hub redirects without end"


async def _said(response: aiohttp.ClientResponse) -> str:
    """Return '' for success, else the status with the beginning of what the hub says."""
    if 200 <= response.status < 300:  # noqa: PLR2004 - success, as HTTP has it
        return ""
    start = await response.content.read(_MOST_REPLY)
    said = visible_line(start.decode("utf-8", "replace"), _MOST_SAID)
    return f"the hub answered {response.status}{f': {said}' if said else ''}"


def _failure(error: Exception) -> str:
    if Problem.BLOCKED_ADDRESS in str(error):
        return visible_line(str(error), _MOST_SAID)
    return (
        f"the hub can't be reached: {visible_line(str(error) or type(error).__name__, _MOST_SAID)}"
    )
