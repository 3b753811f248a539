"""Stories through the API: who wrote them first, who copied them, and what belongs together."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from scheduler.actions import stories as operating
from scheduler.api.api_deps import After, Editor, Limit, Standing, Viewer
from scheduler.shapes.shapes import Done, Id, Merge, Page, Split, StoryLine
from scheduler.shapes.stats import story_json
from scheduler.web.pages.stories import listed
from scheduler.web.render.views import StoryView
from storage.reports import statistics
from storage.reports.statistics import StoryRow
from storage.stories import stories

router = APIRouter(prefix="/stories", tags=["stories"])

StoryId = Annotated[Id, Path(alias="story_id")]


@router.get("", operation_id="list_stories")
async def list_stories(
    _who: Viewer, stand: Standing, after: After = "", limit: Limit = 24, copied: bool = False
) -> Page[StoryLine]:
    """List the stories that changed last, or only those that were copied."""
    found = await stand.db.read(listed, after, copied=copied, limit=limit)
    return Page(items=[_line(each) for each in found.stories], next=found.next or None)


@router.get("/{story_id}", operation_id="get_story")
async def get_story(_who: Viewer, stand: Standing, story_id: StoryId) -> dict[str, Any]:
    """Return a story: its original with the evidence, its copies with their verdicts."""
    row = await stand.db.read(_row, story_id)
    return story_json(row, stale_days=stand.stale_days)


@router.post("/{story_id}/split", operation_id="split_story")
async def split_story(who: Editor, stand: Standing, story_id: StoryId, wanted: Split) -> Done:
    """Take articles out of a story into a new one, for good."""
    new = await stand.db.write(operating.split, who, story_id, wanted.articles, stand.clock())
    return Done(id=new, says=f"Story {new} is split off; no later copy puts them together.")


@router.post("/{story_id}/merge", operation_id="merge_stories")
async def merge_stories(who: Editor, stand: Standing, story_id: StoryId, wanted: Merge) -> Done:
    """Make stories one, for good; nobody is told of them again."""
    kept = await stand.db.write(operating.merge, who, story_id, wanted.stories, stand.clock())
    return Done(id=kept, says=f"Story {kept} holds the articles of all of them.")


def _row(conn: Connection, story_id: int) -> StoryRow:
    return statistics.story_row(conn, stories.get(conn, story_id))


def _line(view: StoryView) -> StoryLine:
    story, article = view.row.story, view.article
    return StoryLine(
        id=story.id,
        title=article.title,
        url=article.url,
        publisher=story.named_publisher or article.site or article.host,
        crawled=story.named_publisher is None,
        confidence=story.confidence,
        copies=len(view.row.copies),
        first_seen=story.first_seen,
        updated_at=story.updated_at,
    )
