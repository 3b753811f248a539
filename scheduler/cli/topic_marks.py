"""`wirewatch topic mark` and `topic suggest`: what was relevant, and what the query could learn from it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import Json
from scheduler.cli.output import print_json, print_line, print_note
from scheduler.cli.topic_trial import Since, Until, read_span, search_control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.backtest.suggestions import Proposal, Suggestions


class MarkWord(StrEnum):
    """What can be said of a hit; none takes back what was said."""

    RELEVANT = "relevant"
    NOISE = "noise"
    NONE = "none"


def mark(
    ctx: typer.Context,
    topic: str,
    hit: Annotated[str, typer.Argument(help="An article: its id, or its address.")],
    word: Annotated[MarkWord, typer.Argument(metavar="relevant|noise|none")],
) -> None:
    """Say of a topic's hit that it is what the topic is for, or noise."""
    from scheduler.actions.topics import mark_hit
    from scheduler.runtime.clock import utc_now
    from storage.stories import articles
    from storage.topics import marks, topics

    context = context_of(ctx)
    wanted = None if word is MarkWord.NONE else word is MarkWord.RELEVANT
    with context.write() as conn:
        topic_id, article = topics.get(conn, topic).id, articles.find(conn, hit)
        mark_hit(conn, context.actor, topic_id, article, relevant=wanted, now=utc_now())
        marked = marks.of_topic(conn, topic_id)
    relevant = sum(one.relevant for one in marked)
    print_line(f"topic {topic}: {relevant} relevant, {len(marked) - relevant} noise")


def suggest(
    ctx: typer.Context,
    topic: str,
    *,
    since: Since = "30d",
    until: Until = None,
    json: Json = False,
) -> None:
    """Propose what to leave out and what to take in, from marked hits, each tried on what is stored."""
    from scheduler.backtest import suggestions
    from scheduler.backtest.report import query_or_topic
    from storage.topics import marks, topics

    start, end = read_span(since, until)
    with context_of(ctx).read() as conn, search_control() as control:
        marked = marks.of_topic(conn, topics.get(conn, topic).id)
        suggested = suggestions.suggest(
            conn, query_or_topic(conn, topic).query, marked, since=start, until=end, control=control
        )
    if json:
        print_json(
            {
                "relevant": suggested.relevant,
                "noise": suggested.noise,
                "exclusions": [_proposal(proposal) for proposal in suggested.exclusions],
                "additions": [_proposal(proposal) for proposal in suggested.additions],
            }
        )
    else:
        _print_suggestions(topic, suggested)


def _proposal(proposal: Proposal) -> dict[str, object]:
    return {
        "term": proposal.term,
        "deviations": proposal.deviations,
        "query": str(proposal.query),
        "noise_removed": proposal.noise_removed,
        "relevant_lost": proposal.relevant_lost,
        "stories_gained": proposal.gained,
        "stories_lost": proposal.lost,
    }


def _print_suggestions(topic: str, suggested: Suggestions) -> None:
    print_line(
        f"topic {topic}: hits marked: {suggested.relevant} relevant, {suggested.noise} noise"
    )
    _print_kind("leave out", suggested.exclusions, suggested.noise, "noise")
    _print_kind("take in", suggested.additions, suggested.relevant, "relevant")


def _print_kind(what: str, proposals: Sequence[Proposal], marked: int, word: str) -> None:
    from scheduler.backtest.suggestions import LEAST_MARKS

    if marked < LEAST_MARKS:
        print_note(
            f"{what}: {LEAST_MARKS - marked} more hits must be marked {word}: wirewatch topic mark"
        )
    elif not proposals:
        print_note(f"{what}: nothing separates the marked hits well enough")
    for proposal in proposals:
        print_line(f"\n{what} {proposal.term!r}, {proposal.deviations} deviations")
        print_line(
            f"  of the marked hits: {proposal.noise_removed} noise removed, {proposal.relevant_lost} relevant "
            f"lost; of all stories: {proposal.gained} gained, {proposal.lost} lost"
        )
        print_line(f"  {proposal.query}")
