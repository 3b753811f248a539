"""Hosts by the names of their publishers: found by an address, a name, or a line that names one; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.lexicon.agencies import agency_named, agency_of_host
from crawler.urls.publishers import brand
from crawler.urls.sites import host_and_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LEAST_NAME = 4
"""Letters of an agency's name that a host may go on from: "reuters" in reutersagency."""

_ALIASES = {"ap": "apnews", "associatedpress": "apnews", "pressassociation": "pa"}
_WORDS_IN_A_NAME = 4
_BETWEEN = re.compile(r"[\s,.;:/()\[\]|]+")


def is_publisher(host: str, name: str) -> bool:
    """Whether a host is that of a publisher known by an address, a name or a line that names it."""
    return bool(HostsByName.of((host,)).named_in(name))


@dataclass(frozen=True, slots=True)
class HostsByName:
    """Hosts, put in order once, among which lines are searched for publishers."""

    by_brand: Mapping[str, tuple[str, ...]]
    by_agency: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(hosts: Iterable[str]) -> HostsByName:
        """Order hosts by what they are called."""
        by_brand: dict[str, tuple[str, ...]] = {}
        by_agency: dict[str, tuple[str, ...]] = {}
        for host in dict.fromkeys(hosts):
            own = _plain(brand(host))
            by_brand[own] = (*by_brand.get(own, ()), host)
            if (agency := agency_of_host(host)) is not None:
                by_agency[agency.name] = (*by_agency.get(agency.name, ()), host)
        return HostsByName(by_brand, by_agency)

    def named_in(self, line: str) -> tuple[str, ...]:
        """Return the hosts of the publishers that an address, a name or a line names."""
        if is_address(line):
            return self.by_brand.get(_plain(brand(host_and_path(line)[0])), ())
        words = [plain for word in _BETWEEN.split(line) if (plain := _plain(word))]
        whole = "".join(words)
        brands = {run: None for run in _runs(words) if run in self.by_brand}
        if len(whole) >= LEAST_NAME:
            brands |= dict.fromkeys(own for own in self.by_brand if own.startswith(whole))
        return tuple(host for own in brands for host in self.by_brand[own])

    def of_publisher(self, name: str) -> tuple[str, ...]:
        """Return the hosts of one publisher, by an agency's name, a host, or a name as written."""
        agency = agency_named(name)
        of_agency = self.by_agency.get(agency.name, ()) if agency is not None else ()
        return tuple(dict.fromkeys((*of_agency, *self.named_in(name))))


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Yield each run of a few words as one, as publishers spell their hosts."""
    for start in range(len(words)):
        for length in range(1, _WORDS_IN_A_NAME + 1):
            run = "".join(words[start : start + length])
            yield _ALIASES.get(run, run)


def is_address(name: str) -> bool:
    """Whether what names a publisher is an address or a host, and no name."""
    return "." in name.rstrip(".") and " " not in name


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
