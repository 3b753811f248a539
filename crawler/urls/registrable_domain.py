"""The registrable domain of a host, by the public suffix list that comes with tldextract."""

from __future__ import annotations

import re
from collections import OrderedDict

from tldextract import TLDExtract

from crawler.urls.addresses import is_address

_MOST_HOSTS = 20_000
_PORT = re.compile(r":\d*$")


class Domains:
    """Says to which registrable domain a host belongs; the last hosts are remembered.

    Private suffixes count, so that the sites of two people under github.io are apart. The list is
    the one that was installed: nothing is fetched for it.
    """

    def __init__(self) -> None:
        self._extract = TLDExtract(
            suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
        )
        self._known: OrderedDict[str, str] = OrderedDict()

    def of(self, host: str) -> str:
        """Return the registrable domain of a host (as in a URL, with its port if it has one).

        An address, or a suffix itself, is its own.
        """
        found = self._known.get(host)
        if found is None:
            found = self._known[host] = self._read(host)
            if len(self._known) > _MOST_HOSTS:
                self._known.popitem(last=False)
        return found

    def _read(self, host: str) -> str:
        name = _PORT.sub("", host)
        if is_address(name.strip("[]")):
            return host
        parts = self._extract.extract_str(name)
        if parts.suffix:
            return f"{parts.domain}.{parts.suffix}" if parts.domain else name
        return ".".join(name.split(".")[-2:])  # the list's own rule for a suffix that it lacks
