"""Stories through the API: who wrote them first, who copied them, and what belongs together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from scheduler.actions import stories as story_actions
from scheduler.api.api_deps import After, Deps, Editor, Limit, Viewer
from scheduler.lists.stories import story_by_id, story_list
from scheduler.shapes.base import ChangeResult, Id, ListShape
from scheduler.shapes.stories import (
    ListedStoryShape,
    StoryMergeRequest,
    StoryShape,
    StorySplitRequest,
    listed_story_shape,
    story_shape,
)

router = APIRouter(prefix="/stories", tags=["stories"])

StoryId = Annotated[Id, Path(alias="story_id")]


@router.get("", operation_id="list_stories")
async def list_stories(
    _who: Viewer, deps: Deps, after: After = "", limit: Limit = 24, copied: bool = False
) -> ListShape[ListedStoryShape]:
    """List the stories that changed last, or only those that were copied."""
    found = await deps.db.read(story_list, after, copied=copied, limit=limit)
    return ListShape(items=[listed_story_shape(row) for row in found.rows], next=found.next or None)


@router.get("/{story_id}", operation_id="get_story")
async def get_story(_who: Viewer, deps: Deps, story_id: StoryId) -> StoryShape:
    """Return a story: its original with the evidence, its copies with their verdicts."""
    row = await deps.db.read(story_by_id, story_id)
    return story_shape(row, stale_days=deps.stale_days)


@router.post("/{story_id}/split", operation_id="split_story")
async def split_story(
    who: Editor, deps: Deps, story_id: StoryId, wanted: StorySplitRequest
) -> ChangeResult:
    """Take articles out of a story into a new one, for good."""
    new = await deps.db.write(story_actions.split, who, story_id, wanted.articles, deps.clock())
    return ChangeResult(id=new, says=f"Story {new} is split off; no later copy puts them together.")


@router.post("/{story_id}/merge", operation_id="merge_stories")
async def merge_stories(
    who: Editor, deps: Deps, story_id: StoryId, wanted: StoryMergeRequest
) -> ChangeResult:
    """Make stories one, for good; nobody is told of them again."""
    kept = await deps.db.write(story_actions.merge, who, story_id, wanted.stories, deps.clock())
    return ChangeResult(id=kept, says=f"Story {kept} holds the articles of all of them.")
