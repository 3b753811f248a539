"""What is broken, judged from an overview: each with its reason and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from scheduler.diagnosis.topic_health import topic_health
from scheduler.wording.formatters import count, host, moment, span, words_of
from scheduler.wording.formatters import endpoint as named
from storage.models.problems import Problem
from storage.models.recipients import Channel
from storage.models.sources import Source
from storage.reports.statistics import MatchingCheck, Overview

_PATIENCE = timedelta(minutes=15)  # a delivery may wait that long without anyone being told
_MOST_TOPICS = 5  # that are named one by one
_MANY_MISSED = 50  # articles that a source may have missed before someone should look
_ACCIDENTS = 3  # failures in a row that a site may have before someone should look

_ADVICE = {
    Problem.BLOCKED_ADDRESS: "Its address is private. If it is yours, add its network to fetch.allow_networks.",
    Problem.BAD_URL: "Correct its address: remove the source and add the right one.",
    Problem.DNS_NOT_FOUND: "The host name no longer exists. Look for the site's new feed.",
    Problem.TLS_ERROR: "Its certificate can't be trusted. For a private authority, set fetch.ca_file.",
    Problem.ROBOTS_DISALLOWED: "Its robots.txt forbids this page. Ask the publisher, or remove it.",
    Problem.NOT_FOUND: "The feed is gone from this address. Look for its new one.",
    Problem.GONE: "The publisher took the feed away for good. Remove the source.",
    Problem.FORBIDDEN: "The site refuses us. Ask the publisher, or remove the source.",
    Problem.BOT_WALL: "The site asks whether we are human. Ask the publisher to let us in, or remove it.",
    Problem.CONSENT_WALL: "It shows a consent dialog in place of text. Look for the site's feed with full texts.",
    Problem.LOGIN_WALL: "It wants a login. Ask the publisher for access, or remove it.",
    Problem.PAYWALL: "It shows teasers only. Ask the publisher for a feed with full texts, or remove it.",
    Problem.PARKED: "The domain is for sale. Look for the site's new address, or remove it.",
    Problem.SOFT_404: "It answers, but says that the page is not there. Look for its new address.",
    Problem.NOT_A_FEED: "What it serves is no feed. Add the feed's own address.",
    Problem.RATE_LIMITED: "The site asks for fewer requests; it gets them. Nothing to do.",
    Problem.TOO_LARGE: "It is larger than the limit on bodies. Look for a shorter feed of the site.",
}
_OTHERWISE = "It is tried again by itself, less and less often. Open it to see what it says."


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that does not work; `grave` when it will not mend by itself."""

    what: str
    why: str
    action: str
    command: str = ""
    grave: bool = True
    page: str = ""  # where to look at it


def find_broken(seen: Overview) -> tuple[Broken, ...]:
    """List what is broken, the graver things first."""
    found = [
        *(*_deliveries(seen), *_endpoints(seen), *_sources(seen), *_jobs(seen)),
        *(*_unreadable(seen.matching_check), *_topics(seen), *_missed(seen.matching_check)),
    ]
    return tuple(sorted(found, key=lambda broken: not broken.grave))


def _deliveries(seen: Overview) -> Iterator[Broken]:
    if seen.funnel.dead:
        yield Broken(
            what=f"{count(seen.funnel.dead, 'delivery', 'deliveries')} given up",
            why="The recipient refused for good, or every attempt failed.",
            action="Mend the recipient, then send again what it missed.",
            command="wirewatch delivery list",
            page="/deliveries?state=dead",
        )
    waiting = seen.oldest_undelivered
    if waiting is not None and seen.at - waiting > _PATIENCE:
        yield Broken(
            what=f"{count(seen.funnel.pending, 'delivery', 'deliveries')} still waiting",
            why=f"The oldest was written {moment(waiting, seen.at)}.",
            action="It is tried again by itself; its last error is under Alerts.",
            command="wirewatch delivery list",
            grave=False,
            page="/deliveries?state=pending",
        )


def _endpoints(seen: Overview) -> Iterator[Broken]:
    for endpoint in seen.endpoints:
        if endpoint.name == Channel.EMAIL:
            what, mend = "The mail relay", "Look at its settings under [email], and at its log."
        else:
            what, mend = f"The recipient at {named(endpoint.name)}", "Mend the receiver."
        if endpoint.disabled_at is not None:
            yield Broken(
                what=what,
                why=f"It said that it is gone for good: {endpoint.last_error}",
                action="What is for it waits. Remove the recipient, or enable it again.",
                command="wirewatch delivery endpoints",
                page="/deliveries",
            )
        elif endpoint.failing_since is not None:
            since = moment(endpoint.failing_since, seen.at)
            yield Broken(
                what=what,
                why=f"Failing since {since}: {endpoint.last_error}",
                action=f"{mend} What is for it waits, and goes by itself when it is well again.",
                command="wirewatch delivery endpoints",
                page="/deliveries",
                grave=seen.at - endpoint.failing_since > _PATIENCE,
            )


def _sources(seen: Overview) -> Iterator[Broken]:
    for row in seen.sources:
        if row.word == "failing" and row.source.health.problem is not None:
            yield _failing(row.source, row.source.health.problem)
        else:
            if row.source.listing.overlap == 0.0 and row.source.listing.missed >= _MANY_MISSED:
                yield _overrun(row.source)
            if row.source.health.quiet:
                yield _quiet(row.source)


def _failing(source: Source, problem: Problem) -> Broken:
    times = f" {source.health.failures} times in a row" if source.health.failures > 1 else ""
    if source.health.failing_reported_at is not None:
        since = source.health.last_success_at or source.added_at
        times += f" over {span(source.health.failing_reported_at - since)} and more"
    detail = f": {source.health.problem_detail}" if source.health.problem_detail else ""
    return Broken(
        what=source.title or host(source.url),
        why=f"Failed{times}, {words_of(problem)}{detail}",
        action=_ADVICE.get(problem, _OTHERWISE),
        command=f"wirewatch source check {source.id}",
        page=f"/sources/{source.id}",
        grave=problem in _ADVICE or source.health.failures >= _ACCIDENTS,
    )


def _overrun(source: Source) -> Broken:
    return Broken(
        what=source.title or host(source.url),
        why=(
            f"It lists more between two polls than its feed holds: {source.listing.missed} articles "
            "may have been missed so far."
        ),
        action="It is polled more often by itself. A sitemap or more of its feeds would show all.",
        command=f"wirewatch source show {source.id}",
        page=f"/sources/{source.id}",
        grave=False,
    )


def _quiet(source: Source) -> Broken:
    return Broken(
        what=source.title or host(source.url),
        why=f"It answers, but is {source.health.quiet}.",
        action="Look whether its site has moved to another feed, or publishes no more.",
        command=f"wirewatch source show {source.id}",
        page=f"/sources/{source.id}",
        grave=False,
    )


def _jobs(seen: Overview) -> Iterator[Broken]:
    for job in seen.jobs:
        if job.error:
            yield Broken(
                what=f"The job “{words_of(job.name)}” failed",
                why=job.error,
                action="It runs again at its next time; the log has the whole error.",
            )


def _unreadable(guard: MatchingCheck) -> Iterator[Broken]:
    if guard.unreadable:
        yield Broken(
            what=f"{count(guard.unreadable, 'topic')} that can't be read",
            why="Nothing matches them, for their queries can't be read any more.",
            action="Correct them, or keep again the named queries that they hold.",
            command="wirewatch topic list --unreadable",
            page="/topics",
        )


def _missed(guard: MatchingCheck) -> Iterator[Broken]:
    if guard.missed:
        yield Broken(
            what="The index of the topics",
            why=(
                f"It missed {count(guard.missed, 'match', 'matches')} in "
                f"{count(guard.checked, 'article')} that were matched without it too."
            ),
            action="None of these was lost, others may be. Report it, with “matcher_missed” in the log.",
            grave=False,
        )


def _topics(seen: Overview) -> Iterator[Broken]:
    judged = [(topic, topic_health(topic, seen.at)) for topic in seen.topics]
    odd = [(topic, health) for topic, health in judged if health.needs_a_look]
    for topic, health in odd[:_MOST_TOPICS]:
        yield Broken(
            what=f"The topic “{topic.name}”",
            why=f"It has {health.says}.",
            action="Try its query on what is stored, and correct it if it asks for something else.",
            command=f"wirewatch topic test {shlex.quote(topic.name)}",
            grave=False,
        )
    if len(odd) > _MOST_TOPICS:
        yield Broken(
            what=f"{count(len(odd) - _MOST_TOPICS, 'more topic')}",
            why="They never matched, or match far over their usual rate.",
            action="All topics with what they match are on the page of topics, under /topics.",
            grave=False,
        )
