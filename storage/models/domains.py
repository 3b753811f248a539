"""Domains: what their articles were, copies or originals. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What a host's articles of a period were; a copy is of a story whose root is another host's.

    `originals` are its articles that others copied. Medians are over its copies, None without
    any that tell: `lag` in seconds from when we had the root to when we had the copy,
    `stated_lag` between the times that both state, `wrapper` the share of a copy that is not the
    text that it was found in. `dated` copies state a time, of which `invented` are later than the
    root's and that of our own visit. `credited` copies say where their text is from.
    """

    host: str
    articles: int
    copies: int = 0
    originals: int = 0
    lag: float | None = None
    stated_lag: float | None = None
    wrapper: float | None = None
    dated: int = 0
    invented: int = 0
    credited: int = 0


@dataclass(frozen=True, slots=True)
class DomainReputation:
    """What is known of some hosts from earlier stories.

    `farms` are those held for content farms; `led[(one, other)]` counts the articles of host
    `other` that are copies in a story whose root is host `one`'s. Over all other hosts, `copied`
    counts the copies that others made of a host's articles, `copying` its own copies.
    """

    farms: frozenset[str]
    led: Mapping[tuple[str, str], int]
    copied: Mapping[str, int] = field(default_factory=dict)
    copying: Mapping[str, int] = field(default_factory=dict)
