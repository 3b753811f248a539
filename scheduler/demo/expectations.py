"""What the demo must have brought about, held against what is stored and what was received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduler.demo.mailbox import ReceivedEmail
from scheduler.demo.webhook_receiver import ReceivedWebhook
from scheduler.demo.world import DemoPage, DemoWorld
from storage.models.recipients import Channel
from storage.models.stories import StoryMember
from storage.reports.statistics import Overview, StoryRow


@dataclass(frozen=True, slots=True)
class DemoState:
    """The store at one moment, and what the recipients were sent until then.

    `told_before` are the channels whose delivery was done before this demo began: it goes on
    from an earlier one that was killed.
    """

    overview: Overview
    emails: Sequence[ReceivedEmail]
    webhooks: Sequence[ReceivedWebhook]
    told_before: frozenset[Channel] = frozenset()


def missing(world: DemoWorld, state: DemoState) -> tuple[str, ...]:
    """Name everything that was to happen and did not, or happened wrongly; empty when all did."""
    stories = {page.story.key for page in world.pages}
    overview = state.overview
    return tuple(
        said
        for said in (
            _counted("articles", overview.articles_total, len(world.pages)),
            _counted("stories", overview.stories_total, len(stories)),
            _counted("copies folded", overview.funnel.copies, len(world.copies())),
            "" if overview.funnel.revisions else "no revision of the page that changed",
            *_wrong_stories(world, overview),
            *_wrong_alerts(world, overview),
            *_wrong_deliveries(state),
        )
        if said
    )


def stored(world: DemoWorld, overview: Overview, step: int) -> bool:
    """Tell whether every page up to a step was read and its article stored."""
    wanted = {page.url for page in world.pages if page.step <= step}
    return wanted <= {member.article.url for row in overview.stories for member in members(row)}


def members(row: StoryRow) -> tuple[StoryMember, ...]:
    """Return a story's articles, the original first."""
    return (row.root, *row.copies)


def story_of(overview: Overview, page: DemoPage) -> StoryRow | None:
    """Find the story that a page's article is in."""
    url = page.url
    rows = (row for row in overview.stories if url in {m.article.url for m in members(row)})
    return next(rows, None)


def _counted(what: str, found: int, wanted: int) -> str:
    return "" if found == wanted else f"{what}: {wanted} expected, {found} found"


def _wrong_stories(world: DemoWorld, overview: Overview) -> Iterator[str]:
    for key in sorted({page.story.key for page in world.pages}):
        original = world.original(key)
        row = story_of(overview, original)
        if row is None:
            yield f"{original.url} is in no story"
            continue
        wanted = {page.url for page in (original, *world.copies(key))}
        found = {member.article.url for member in members(row)}
        if found != wanted:
            yield f"the story of {original.url} holds {sorted(found)}"
        if row.root.article.url != original.url:
            yield f"{row.root.article.url} is held for the original of {original.url}"


def _wrong_alerts(world: DemoWorld, overview: Overview) -> Iterator[str]:
    watched = story_of(overview, world.original(world.watched))
    told = [(row.topic, row.alert.story_id) for row in overview.alerts]
    if watched is None or told != [(world.topic, watched.story.id)]:
        yield f"one alert, for the watched story, was expected; there are: {told}"
    if overview.funnel.held == 0:
        yield "the backlog's match was to be held, and is not"


def _wrong_deliveries(state: DemoState) -> Iterator[str]:
    deliveries = [delivery for row in state.overview.alerts for delivery in row.deliveries]
    undelivered = [delivery for delivery in deliveries if delivery.delivered_at is None]
    if undelivered:
        errors = ", ".join(f"{d.channel.value}: {d.last_error or 'not tried'}" for d in undelivered)
        yield f"not delivered yet: {errors}"
    # A killed daemon may repeat a delivery; it is the same one as long as its id is.
    ids = {
        Channel.EMAIL: {email.message_id for email in state.emails},
        Channel.WEBHOOK: {webhook.uid for webhook in state.webhooks},
    }
    for channel, received in ids.items():
        if received or channel not in state.told_before:
            yield _counted(f"deliveries by {channel.value}", len(received), 1)
    if not all(webhook.verified for webhook in state.webhooks):
        yield "a webhook's signature did not hold"
