"""The key of a page: what its addresses have in common when scheme, host alias and variant differ; pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_FRONTS = ("www.", "m.", "mobile.", "amp.")  # names of one site for one page
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_AMP_ENDING = re.compile(r"(?:/amp|\.amp)(?=$|\.html?$)", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"^(?:[\w.-]+\.cdn\.ampproject\.org/[cv]/|(?:www\.)?google\.[a-z.]+/amp/)(?:s/)?"
)
# Query parameters that say who reads, or in what form: the page is the same without.
_READERS = frozenset(
    {"phpsessid", "jsessionid", "sessionid", "session_id", "aspsessionid", "cfid", "cftoken"}
    | {"oscsid", "zenid", "amp", "outputtype", "view_mode"}
)


def page_key(url: str) -> str:
    """Return what all addresses of the page at a canonical URL have in common.

    http and https, "www.", "m." and "amp.", a trailing slash, an index file, AMP in path or query,
    a session's number and the order of parameters make no other page. What is fetched stays the
    address that was listed: a key is for comparing only.
    """
    parts = urlsplit(_out_of_cache(url))
    query = sorted(part for part in parts.query.split("&") if part and not _is_of_reader(part))
    key = _bare(parts.netloc.lower()) + _plain_path(parts.path)
    return f"{key}?{'&'.join(query)}" if query else key


def _out_of_cache(url: str) -> str:
    """Return the address that an AMP cache shows under its own name."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{_AMP_CACHE.sub('', rest)}"


def _bare(host: str) -> str:
    while host.startswith(_FRONTS) and host.count(".") > 1:
        host = host.partition(".")[2]
    return host


def _plain_path(path: str) -> str:
    path = _INDEX.sub("", _SESSION_IN_PATH.sub("", path)).rstrip("/")
    path = _AMP_ENDING.sub("", path)
    return path.removeprefix("/amp") if path.startswith("/amp/") else path


def _is_of_reader(parameter: str) -> bool:
    return parameter.partition("=")[0].lower() in _READERS
