"""`wirewatch story`: what was folded, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.output import as_json, line, local, table

app = typer.Typer(help="What was folded, and why: list, show.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_stories(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    json: Json = False,
) -> None:
    """List the stories that changed last."""
    from scheduler.api.stats import story_json
    from storage import statistics, stories

    with context_of(ctx).reading() as conn:
        rows = [statistics.story_row(conn, story) for story in stories.recent(conn, limit)]
    if json:
        as_json([story_json(row) for row in rows])
        return
    table(
        ("id", "copies", "original", "headline"),
        [(r.story.id, len(r.copies), r.root.article.host, r.root.article.title) for r in rows],
    )


@app.command()
def show(ctx: typer.Context, story_id: int, json: Json = False) -> None:
    """Show a story: who wrote it first, who copied, how much, and the evidence."""
    from scheduler.api.stats import story_json
    from storage import statistics, stories

    with context_of(ctx).reading() as conn:
        row = statistics.story_row(conn, stories.get(conn, story_id))
    if json:
        as_json(story_json(row))
        return
    root = row.root.article
    line(root.title)
    line(f"original: {root.url} ({row.story.confidence:.0%} sure)")
    line(f"published {local(root.published)}, first seen {local(root.first_seen)}")
    if row.story.named_publisher:
        line(f"its articles name {row.story.named_publisher}, which is not crawled, as the origin")
    for evidence in row.story.evidence:
        line(f"  {evidence.weight:+.1f}  {evidence.says}")
    table(
        ("relation", "of it is copied", "of the other is in it", "copy"),
        [
            (
                copy.verdict.relation if copy.verdict else "first seen",
                f"{copy.verdict.share_of_article:.0%}" if copy.verdict else "",
                f"{copy.verdict.share_of_other:.0%}" if copy.verdict else "",
                copy.article.url,
            )
            for copy in row.copies
        ],
    )
