"""The canonical form of a URL: one spelling a page, by the parser that browsers agree on."""

from __future__ import annotations

from urllib.parse import unquote_plus, urlsplit

import ada_url

from storage.errors import InputError

SHOWN_LENGTH = 100  # characters of a wrong address that a message repeats
MAX_LENGTH = 8192  # characters; longer ones are traps or data, not addresses of pages

# What senders of mail, advertisements and shares add to a link to know who followed it. The page
# is the same without. Names that a site could use for its own content (ref, id, source) stay.
TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "piwik_", "pk_", "hsa_", "itm_", "guce_referrer")
TRACKING_NAMES = frozenset(
    {
        *("fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref", "igsh", "igshid"),
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl"),
        *("msclkid", "yclid", "ysclid", "ymclid", "twclid", "ttclid", "li_fat_id", "epik"),
        *("rdt_cid", "sccid", "rb_clickid", "wickedid", "guccounter", "ncid", "sr_share"),
        *(
            "mc_cid",
            "mc_eid",
            "mkt_tok",
            "_hsenc",
            "_hsmi",
            "hsctatracking",
            "vero_id",
            "vero_conv",
        ),
        *("oly_anon_id", "oly_enc_id", "ml_subscriber", "ml_subscriber_hash", "__s", "_ke"),
        *("_openstat", "cmpid", "xtor", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname"),
        *("at_medium", "at_campaign", "at_custom1", "at_custom2", "at_custom3", "at_custom4"),
        *("soc_src", "soc_trk", "wt_mc", "wt.mc_id", "s_cid"),
    }
)


def canonical_url(raw: str, base: str | None = None) -> str:
    """Return the one spelling of `raw` (resolved against `base`) by which a page is known.

    Read as the WHATWG URL standard says; fragment, default port, the host's trailing dot and
    tracking parameters are dropped, the other parameters keep their order. Canonical URLs are
    their own canonical form. Raises InputError for anything but http and https, for a URL that
    carries a user name or password, and for what is no URL.
    """
    url = _parse(raw, base)
    if url.username or url.password:
        raise InputError("a web address with a user name or password in it is not taken")
    _drop_trailing_dot(url, raw)
    kept = _without_tracking(url.search)
    # A bare "?" or "#" survives in the parsed form unless its part is deleted; and a query that
    # begins with a second "?" loses it unless the first one is given.
    if kept:
        url.search = f"?{kept}"
    else:
        del url.search
    del url.hash
    if len(url.href) > MAX_LENGTH:
        raise InputError(f"a web address of more than {MAX_LENGTH} characters is not taken")
    return str(url.href)


def web_link(href: object, base: str | None = None) -> str | None:
    """Return the canonical URL that a link of any content names; None for what names no page."""
    try:
        return canonical_url(href, base) if isinstance(href, str) and href.strip() else None
    except InputError:
        return None


def resolved(raw: str, base: str) -> str:
    """Resolve an address against another as browsers do, whatever its scheme is, without fragment.

    Raises InputError for what is no address, or too long to be one.
    """
    try:
        url = ada_url.URL(raw, base)
    except ValueError:
        raise InputError(f"{_shown(raw)} is no address") from None
    del url.hash
    if len(url.href) > MAX_LENGTH:
        raise InputError(f"an address of more than {MAX_LENGTH} characters is not followed")
    return str(url.href)


def host_of(url: str) -> str:
    """Return the URL's host, with its port when that is not the scheme's own.

    The scope of politeness. Raises InputError as `canonical_url` does for what is no web address.
    """
    parsed = _parse(url, None)
    _drop_trailing_dot(parsed, url)
    return str(parsed.host)


def _parse(raw: str, base: str | None) -> ada_url.URL:
    if len(raw) > MAX_LENGTH:
        raise InputError(f"a web address of more than {MAX_LENGTH} characters is not taken")
    try:
        url = ada_url.URL(raw, base)
    except ValueError:
        raise InputError(
            f"{_shown(raw)} is no web address; one looks like https://example.com/news"
        ) from None
    if url.protocol not in {"http:", "https:"}:
        raise InputError(f"{_shown(raw)} is not an http or https address")
    return url


def _drop_trailing_dot(url: ada_url.URL, raw: str) -> None:
    name = url.hostname
    if name.endswith("."):
        name = name[:-1]
        if name:
            try:
                url.hostname = name
            except ValueError:  # without its dot it is an address that can't be
                raise InputError(f"{_shown(raw)} has a host name that can't be") from None
    if not name or name.startswith(".") or name.endswith(".") or ".." in name:
        raise InputError(f"{_shown(raw)} has a host name with an empty part")


def _without_tracking(search: str) -> str:
    parts = search.removeprefix("?").split("&")
    return "&".join(part for part in parts if part and not _is_tracking(part))


def _is_tracking(parameter: str) -> bool:
    name = unquote_plus(parameter.partition("=")[0]).lower()
    return name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES)


def _shown(raw: str) -> str:
    """Quote what was given for a message: short, and with its control characters made visible."""
    return repr(raw if len(raw) <= SHOWN_LENGTH else raw[: SHOWN_LENGTH - 1] + "…")


def leads_home(asked: str, answered: str) -> bool:
    """Tell whether an address of a page was answered by the front page of a site."""
    if asked == answered:
        return False
    was, now = urlsplit(asked), urlsplit(answered)
    return was.path not in ("", "/") and now.path in ("", "/") and not now.query
