"""Make the addresses that a page names absolute, and choose the one that names the page."""

from __future__ import annotations

from crawler.urls.canonical import canonical_url, host_of
from storage.errors import InputError

_VARIANTS = ("www.", "m.", "mobile.", "amp.", "touch.")


def absolute(raw: str, base: str) -> str | None:
    """Return an address in canonical form, or None for one that can't be one."""
    try:
        return canonical_url(raw, base)
    except InputError:
        return None


def base_of(url: str, declared: str) -> str:
    """Return what relative addresses of a page start from: its base tag, else its own address."""
    return (absolute(declared, url) if declared else None) or url


def own_address(url: str, candidates: tuple[str, ...], base: str) -> str:
    """Return the page's canonical URL: the first candidate that can be its own, else its address.

    Another site's address says where a text comes from, not which page this is; a front page's
    is a template's mistake.
    """
    for raw in candidates:
        address = absolute(raw, base)
        if address is not None and _names_page(address, url):
            return address
    return absolute(url, url) or url


def host_or_empty(url: str) -> str:
    """Return an address's host, '' for one that has none."""
    try:
        return host_of(url)
    except InputError:
        return ""


def _names_page(address: str, url: str) -> bool:
    ours, theirs = _bare_host(url), _bare_host(address)
    related = ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")
    return related and (not _is_front_page(address) or _is_front_page(url))


def _bare_host(url: str) -> str:
    host = host_or_empty(url)
    return next((host.removeprefix(p) for p in _VARIANTS if host.startswith(p)), host)


def _is_front_page(url: str) -> bool:
    path = url.split("://", 1)[-1].partition("/")[2]
    return path.strip("/") == ""
