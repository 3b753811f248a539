"""How far a refusal reaches: one URL, its host, or the whole registrable domain; pure."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REFUSALS = frozenset({429, 503})
WINDOW = timedelta(minutes=10)  # answers further apart say nothing of each other
_LOAD = 3  # requests to other hosts of a domain that can be why a host refuses its first
_MOST_DOMAINS = 5_000
_MOST_ANSWERS = 32  # of a domain
_REDIRECTED = 400  # the first status that is no success, redirect or "not modified"


class RefusalScope(StrEnum):
    """What a refusal closes."""

    URL = "url"
    HOST = "host"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class BroughtBy:
    """The source for which an address is asked for (None: none's); `foreign` when it is another site's.

    Who lists addresses of a host that refuse says nothing of what that host's own listing names.
    """

    source_id: int | None = None
    foreign: bool = False


ITSELF = BroughtBy()


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What a host said and when; `status` None when it said nothing.

    `until` is when the host, not its domain, is asked again at the earliest after a refusal.
    """

    at: datetime
    url: str
    host: str
    domain: str
    status: int | None
    until: datetime | None = None
    brought_by: BroughtBy = ITSELF

    @property
    def refused(self) -> bool:
        """Tell whether it asks for fewer requests."""
        return self.status in REFUSALS

    @property
    def well(self) -> bool:
        """Tell whether it gave what was asked for."""
        return self.status is not None and self.status < _REDIRECTED


def scope_of(refusal: HostAnswer, before: Iterable[HostAnswer]) -> RefusalScope:
    """Say how far a refusal reaches, by the answers of the same domain before it, oldest first.

    The URL: another URL of the host was answered well last. The domain: another of its hosts
    refuses too, or this host refuses its very first request while only the others were asked;
    unless a host answered well while another was closed, for then it has a limit of its own. Else
    the host. What refused an address that a stranger brought is no evidence against what the host's
    own listing names.
    """
    answers = tuple(answer for answer in before if _weighs(answer, refusal))
    rest = [
        answer
        for answer in answers
        if answer.host == refusal.host and answer.url != refusal.url and _recent(answer, refusal)
    ]
    if rest and rest[-1].well:
        return RefusalScope.URL
    return RefusalScope.DOMAIN if _is_the_domains(refusal, answers) else RefusalScope.HOST


def have_limits_of_their_own(answers: Iterable[HostAnswer]) -> bool:
    """Tell whether a host of a domain answered well while another one of it was closed."""
    closed: dict[str, datetime] = {}
    for answer in answers:
        if answer.well and any(
            answer.at < until for host, until in closed.items() if host != answer.host
        ):
            return True
        if answer.until is not None:
            closed[answer.host] = answer.until
    return False


def _weighs(answer: HostAnswer, refusal: HostAnswer) -> bool:
    return refusal.brought_by.foreign or answer.well or not answer.brought_by.foreign


def _is_the_domains(refusal: HostAnswer, answers: tuple[HostAnswer, ...]) -> bool:
    if have_limits_of_their_own(answers):
        return False
    others = [a for a in answers if a.host != refusal.host and _recent(a, refusal)]
    own = [a for a in answers if a.host == refusal.host and (a.refused or _recent(a, refusal))]
    last = {answer.host: answer for answer in others}
    return any(a.refused for a in last.values()) or (not own and len(others) >= _LOAD)


def _recent(answer: HostAnswer, refusal: HostAnswer) -> bool:
    return refusal.at - answer.at <= WINDOW


class RecentAnswers:
    """The last answers of the last domains: what the scope of a refusal is judged by.

    Answers that neither gave what was asked for nor refused are no evidence, and robots.txt, which
    many hosts serve to everybody, is evidence only when it refuses.
    """

    def __init__(self) -> None:
        self._domains: OrderedDict[str, deque[HostAnswer]] = OrderedDict()

    def of(self, domain: str) -> tuple[HostAnswer, ...]:
        """Return a domain's last answers, oldest first."""
        return tuple(self._domains.get(domain, ()))

    def add(self, answer: HostAnswer) -> None:
        """Take an answer, after its scope was judged."""
        if not answer.refused and (not answer.well or answer.url.endswith("/robots.txt")):
            return
        answers = self._domains.setdefault(answer.domain, deque(maxlen=_MOST_ANSWERS))
        # Before the first refusal only what is recent is evidence; of most domains that is little.
        while answers and answers[0].well and not _recent(answers[0], answer):
            answers.popleft()
        answers.append(answer)
        self._domains.move_to_end(answer.domain)
        if len(self._domains) > _MOST_DOMAINS:
            self._domains.popitem(last=False)
