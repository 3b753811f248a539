"""A site's own rules of extraction: where its pages hold what, as an operator wrote it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An address that `pattern` (a regular expression) finds is written anew, as `re.sub` has it."""

    pattern: str
    replace: str


@dataclass(frozen=True, slots=True)
class SiteRules:
    """CSS selectors for the pages of some hosts; of each kind the first that finds something counts.

    `hosts` are names, or "*.name" for a domain and all below it. `drop` is taken out of a page
    before anything is read. `links` are the links to articles of a section page, or what they stand
    in; `rewrite` gives listed articles other addresses. What is left empty is learned as on any
    other site.
    """

    hosts: tuple[str, ...]
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    rewrite: tuple[Rewrite, ...] = ()
    file: str = ""  # where they are written

    def are_of(self, host: str) -> bool:
        """Tell whether they are for this host."""
        bare = host.rpartition(":")[0] or host
        return any(
            bare == name or (name.startswith("*.") and f".{bare}".endswith(name[1:]))
            for name in self.hosts
        )


@dataclass(frozen=True, slots=True)
class AllRules:
    """The rules of all sites that have some."""

    sites: tuple[SiteRules, ...] = ()

    def of(self, host: str) -> SiteRules | None:
        """Return a host's rules; those that name it exactly before those of its domain."""
        fitting: Sequence[SiteRules] = [rules for rules in self.sites if rules.are_of(host)]
        bare = host.rpartition(":")[0] or host
        return next((rules for rules in fitting if bare in rules.hosts), next(iter(fitting), None))
