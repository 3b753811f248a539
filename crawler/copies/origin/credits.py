"""From whom a page says its text is: what it names, weighed and said in sentences; pure.

Weights are in the unit of log-odds. Most pages are nobody's copy: what a page says begins at
`ORDINARY`, and a publisher is named from a sum above zero on. What speaks for one publisher adds up.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.copies.origin.hosts_by_name import HostsByName, is_address, is_publisher
from crawler.lexicon.agencies import (
    Agency,
    agency_marked,
    agency_named,
    agency_of_host,
    agency_within,
)
from crawler.urls.publishers import can_be_named, is_meeting_place
from crawler.urls.sites import host_and_path, is_front_page, is_same_site, own_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from storage.models.articles import Signal

ORDINARY = -2.0

WEIGHTS = {
    "canonical": 4.0,
    "og_url": 1.5,
    "syndication_source": 4.0,
    "original_source": 4.0,
    "credited_source": 4.0,
    "source_link": 3.0,
    "named_source": 3.5,
    "phrase": 1.0,
    "source_line": 1.5,
    "dateline": 3.5,
    "sign_off": 3.0,
    "byline_agency": 3.5,
    "shared_byline": 1.6,
    "contribution": 1.0,
    "jsonld_author_organization": 3.0,
    "jsonld_source_organization": 2.5,
    "jsonld_copyright_holder": 2.5,
    "jsonld_credit_text": 2.5,
    "jsonld_publisher": 1.0,
    "jsonld_is_based_on": 2.2,
}
"""How much each kind of signal says when it names another publisher."""

A_SHARE = frozenset({"shared_byline", "contribution"})
"""What says that a publisher has a share in a text. However often it is said, that is no origin."""

MOST_OF_A_SHARE = -0.2

ONE_OF_SEVERAL = 1.0
"""What is left of a link when the page links to several sites as its sources: references."""

ISSUER = 4.0
"""What names who issues a release, beside the mark of who distributes it."""

MENTION = 2.4
"""A line that mentions a publisher of which we have the same text."""

NOWHERE_AT_HOME = 1.0
"""What is taken from addresses elsewhere when all of a page's are: its own host may be an alias."""

_PLACES = frozenset({"canonical", "og_url"})
_POINTERS = {
    "canonical": "names {} as its canonical address",
    "og_url": "names {} as its address to be shared",
    "syndication_source": "names {} as the source that it syndicates",
    "original_source": "names {} as its original source",
    "jsonld_is_based_on": "says that it is based on {}",
    "source_link": "links to {} as where its text comes from",
}
_LINES = {
    "dateline": "opens with {}'s line",
    "sign_off": "closes with {}'s mark",
    "byline_agency": "names {} in its byline",
    "shared_byline": "names {} in its byline beside others",
    "contribution": "says that {} contributed",
    "source_line": "names {} in a line about its source",
    "phrase": "says that its text was first published by {}",
}
_NAMES = {
    "credited_source": "is listed as from {}",
    "named_source": "says that its text was first published by {}",
    "jsonld_author_organization": "names {} as its author",
    "jsonld_source_organization": "names {} as the organisation that it is from",
    "jsonld_copyright_holder": "names {} as the holder of its copyright",
    "jsonld_credit_text": "asks that {} be credited",
    "jsonld_publisher": "names {} as its publisher",
}
_MARKED = frozenset({"dateline", "sign_off", "byline_agency", "shared_byline", "source_line"})
SIGNED = frozenset({"dateline", "sign_off", "byline_agency", "contribution"})
"""Where an agency signs a text that it sends out."""

_OWNERS = frozenset(
    {
        "jsonld_author_organization",
        "jsonld_source_organization",
        "jsonld_copyright_holder",
        "jsonld_credit_text",
        "jsonld_publisher",
    }
)
PASTED = frozenset({"dateline", "sign_off", "contribution"})
"""What comes along when a text is pasted: it shows whose the text is, not that the page says so."""


NOBODY = HostsByName.of(())


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal that names a publisher: how much it says, and the sentence without its subject."""

    kind: str
    weight: float
    says: str
    value: str


@dataclass(frozen=True, slots=True)
class Credit:
    """A publisher that a page names as the origin of its text.

    `publisher` is an agency's proper name, a host, or a name as the page writes it; `address` is
    the original's own when one is named. `sure` is 0 to 1. The weightiest reason stands first.
    """

    publisher: str
    address: str | None
    sure: float
    reasons: tuple[Reason, ...]

    def is_of(self, host: str) -> bool:
        """Whether a host is that of the named publisher."""
        return bool(HostsByName.of((host,)).of_publisher(self.publisher))


def named_origin(url: str, signals: Iterable[Signal], among: HostsByName = NOBODY) -> Credit | None:
    """Say from whom a page's text is, as the page tells; None when it names nobody but itself."""
    ranked = credits_of(url, signals, among)
    return ranked[0] if ranked and ranked[0].sure > 0.5 else None  # noqa: PLR2004 - more likely than not


def credits_of(
    url: str, signals: Iterable[Signal], among: HostsByName = NOBODY
) -> tuple[Credit, ...]:
    """List every publisher but its own that a page at `url` names, the surest first.

    `among` are hosts that are known to have the same text: lines of prose that mention one count.
    """
    page = _Page.of(url, tuple(dict.fromkeys(signals)))
    named: dict[str, list[Reason]] = defaultdict(list)
    addresses: dict[str, str] = {}
    for signal in page.signals:
        for publisher, reason in _named_by(page, signal, among):
            named[publisher].append(reason)
            if signal.kind in _POINTERS and not is_front_page(host_and_path(signal.value)[1]):
                addresses.setdefault(publisher, signal.value)
    weighed = (
        _credit(publisher, addresses.get(publisher), reasons)
        for publisher, reasons in _by_site(named).items()
    )
    return tuple(sorted(weighed, key=lambda credit: (-credit.sure, credit.publisher)))


def _by_site(named: Mapping[str, Sequence[Reason]]) -> dict[str, list[Reason]]:
    """Put what names a publisher by name to what names it by its site."""
    hosts = [publisher for publisher in named if is_address(publisher)]
    joined: dict[str, list[Reason]] = defaultdict(list)
    for publisher, reasons in named.items():
        site = next((host for host in hosts if is_publisher(host, publisher)), publisher)
        joined[site].extend(
            replace(reason, says=reason.says.replace(publisher, site)) for reason in reasons
        )
    return joined


def own_agency_lines(url: str, signals: Iterable[Signal]) -> tuple[str, ...]:
    """List the lines in which a page at `url` names the agency whose site it is on, as they stand.

    Only an agency that is known by its site can sign so: what others say of themselves proves nothing.
    """
    page = _Page.of(url, tuple(dict.fromkeys(signals)))
    own = agency_of_host(page.host)
    if own is None:
        return ()
    return tuple(s.value for s in page.signals if s.kind in SIGNED and _agency_in(s) is own)


def says_whose(url: str, signals: Iterable[Signal]) -> bool:
    """Whether a page itself says that its text is another's: what came with the text is left out."""
    return (
        named_origin(url, [signal for signal in signals if signal.kind not in PASTED]) is not None
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's own address and what it says of itself."""

    url: str
    host: str
    signals: tuple[Signal, ...]
    names_itself: bool
    own_names: frozenset[str]
    is_release: bool

    @staticmethod
    def of(url: str, signals: tuple[Signal, ...]) -> _Page:
        own = own_address(url)
        if not own:  # carried by a proxy that does not say from where: take the page's own word
            pointers = (signal.value for signal in signals if signal.kind in _PLACES)
            own = next(pointers, "")
        host = host_and_path(own)[0]
        at_home = any(
            host_and_path(signal.value)[0] == host for signal in signals if signal.kind in _PLACES
        )
        names = frozenset(
            signal.value.casefold() for signal in signals if signal.kind == "jsonld_publisher"
        )
        return _Page(own, host, signals, at_home, names, any(map(_is_distributors, signals)))

    def is_own_address(self, address: str) -> bool:
        return not self.host or is_same_site(self.url, address, names_itself=self.names_itself)

    def is_own_name(self, name: str) -> bool:
        return is_publisher(self.host, name) or name.casefold() in self.own_names

    def is_own_agency(self, agency: Agency) -> bool:
        return agency_of_host(self.host) is agency or is_publisher(self.host, agency.name)

    def is_issuer(self) -> bool:
        """Whether the page says that its text is a release of its own publisher."""
        return self.is_release and any(
            signal.kind == "source_line" and self.is_own_name(signal.value)
            for signal in self.signals
        )


def _named_by(page: _Page, signal: Signal, among: HostsByName) -> Iterator[tuple[str, Reason]]:
    """Yield whom a signal names and what that says; nobody for a decoy or the page itself."""
    if signal.kind in _POINTERS:
        yield from _by_address(page, signal)
    elif signal.kind in _NAMES:
        yield from _by_name(page, signal)
    if signal.kind in _LINES:
        yield from _by_line(page, signal, among)
    elif signal.kind in _OWNERS:
        yield from _by_mention(page, signal, among, _NAMES[signal.kind])


def _by_address(page: _Page, signal: Signal) -> Iterator[tuple[str, Reason]]:
    address = own_address(signal.value.strip())
    host, path = host_and_path(address)
    if not can_be_named(host) or page.is_own_address(address):
        return
    weight = WEIGHTS[signal.kind]
    if signal.kind in _PLACES and not page.names_itself:
        weight -= NOWHERE_AT_HOME
    if signal.kind == "source_link":
        if is_meeting_place(host):
            return
        if len(_linked_sites(page)) > 1:
            weight = ONE_OF_SEVERAL
    elif is_front_page(path):
        return
    publisher = _name_of_host(host)
    yield publisher, _reason(signal, weight, _POINTERS[signal.kind].format(publisher))


def _linked_sites(page: _Page) -> set[str]:
    links = (signal.value for signal in page.signals if signal.kind == "source_link")
    hosts = {host_and_path(link)[0] for link in links if not page.is_own_address(link)}
    return {host for host in hosts if not is_meeting_place(host)}


def _by_name(page: _Page, signal: Signal) -> Iterator[tuple[str, Reason]]:
    name = signal.value.strip()
    if is_address(name):
        host = host_and_path(own_address(name))[0]
        if can_be_named(host) and not page.is_own_address(name):
            publisher = _name_of_host(host)
            yield (
                publisher,
                _reason(signal, WEIGHTS[signal.kind], _NAMES[signal.kind].format(publisher)),
            )
        return
    agency = agency_named(name) or (None if page.is_own_name(name) else agency_within(name))
    if agency is not None and not page.is_own_agency(agency):
        yield (
            agency.name,
            _reason(signal, WEIGHTS[signal.kind], _NAMES[signal.kind].format(agency.name)),
        )
    elif agency is None and signal.kind not in _OWNERS and not page.is_own_name(name):
        yield name, _reason(signal, WEIGHTS[signal.kind], _NAMES[signal.kind].format(name))


def _by_line(page: _Page, signal: Signal, among: HostsByName) -> Iterator[tuple[str, Reason]]:
    agency = _agency_in(signal)
    says = _LINES[signal.kind]
    if agency is not None:
        if not page.is_own_agency(agency) and not (agency.distributes and page.is_issuer()):
            weight = WEIGHTS["sign_off" if signal.kind == "source_line" else signal.kind]
            yield agency.name, _reason(signal, weight, says.format(agency.name))
        return
    if not page.is_own_name(signal.value):
        yield from _by_mention(page, signal, among, says)


def _agency_in(signal: Signal) -> Agency | None:
    """Return the agency that a line names; a dateline may have it between slashes."""
    find = agency_marked if signal.kind in _MARKED else agency_within
    line = signal.value.replace("/", " ") if signal.kind == "dateline" else signal.value
    return agency_named(signal.value) or find(line)


def _is_distributors(signal: Signal) -> bool:
    agency = _agency_in(signal) if signal.kind == "dateline" else None
    return agency is not None and agency.distributes


def _by_mention(
    page: _Page, signal: Signal, among: HostsByName, says: str
) -> Iterator[tuple[str, Reason]]:
    if page.is_own_name(signal.value):
        return
    weight = ISSUER if page.is_release and signal.kind == "source_line" else MENTION
    for host in among.named_in(signal.value):
        if not page.is_own_address(f"https://{host}/"):
            publisher = _name_of_host(host)
            yield publisher, _reason(signal, weight, says.format(publisher))


def _name_of_host(host: str) -> str:
    agency = agency_of_host(host)
    return agency.name if agency is not None else host


def _reason(signal: Signal, weight: float, says: str) -> Reason:
    return Reason(signal.kind, weight, says, signal.value)


def _credit(publisher: str, address: str | None, reasons: Sequence[Reason]) -> Credit:
    """Add up what speaks for a publisher, each kind of signal once."""
    best: dict[str, Reason] = {}
    for reason in reasons:
        if reason.kind not in best or best[reason.kind].weight < reason.weight:
            best[reason.kind] = reason
    weightiest = tuple(sorted(best.values(), key=lambda reason: (-reason.weight, reason.kind)))
    total = ORDINARY + sum(reason.weight for reason in weightiest)
    if best.keys() <= A_SHARE:
        total = min(total, MOST_OF_A_SHARE)
    return Credit(publisher, address, 1 / (1 + math.exp(-total)), weightiest)
