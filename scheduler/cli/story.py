"""`wirewatch story`: what was folded, why, and how an operator corrects it."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import DryRun, Json, note_dry_run
from scheduler.cli.output import local_time, print_json, print_line, print_table

app = typer.Typer(help="What was folded, and why: list, show, split, merge.", no_args_is_help=True)


@app.command("list")
def list_stories(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    json: Json = False,
) -> None:
    """List the stories that changed last."""
    from scheduler.shapes.stories import story_shape
    from scheduler.wording.formatters import original
    from storage.reports import statistics
    from storage.stories import stories

    with context_of(ctx).read() as conn:
        rows = [statistics.story_row(conn, story) for story in stories.recent(conn, limit)]
    if json:
        stale_days = context_of(ctx).stale_days()
        print_json([story_shape(row, stale_days=stale_days) for row in rows])
        return
    print_table(
        ("id", "copies", "original", "headline"),
        [(r.story.id, len(r.copies), original(r), r.root.article.title) for r in rows],
    )


@app.command()
def show(ctx: typer.Context, story_id: int, json: Json = False) -> None:
    """Show a story: who wrote it first, who copied, how much, and the evidence."""
    from crawler.copies.origin.stale_repost import stale_reposts
    from scheduler.lists.comparison import compare_story
    from scheduler.shapes.stories import story_shape
    from scheduler.wording.formatters import original, ruling
    from storage.reports import statistics
    from storage.stories import stories

    with context_of(ctx).read() as conn:
        row = statistics.story_row(conn, stories.get(conn, story_id))
    stale_days = context_of(ctx).stale_days()
    compared = compare_story(row)
    if json:
        print_json(story_shape(row, compared, stale_days=stale_days))
        return
    root = row.root.article
    print_line(root.title)
    if row.story.named_publisher:
        print_line(f"original: {original(row)} ({row.story.confidence:.0%} sure)")
        print_line(f"best copy known: {root.url}")
    else:
        print_line(f"original: {root.url} ({row.story.confidence:.0%} sure)")
    print_line(
        f"published {local_time(root.dates.published)}, first seen {local_time(root.first_seen)}"
    )
    for story_ruling in row.rulings:
        print_line(ruling(story_ruling))
    for strung in row.roundups:
        print_line(f"article {strung.article.id} is a round-up, a copy of none of these:")
        print_table(
            ("story", "site", "headline", "article"),
            [(part.story_id, part.host, part.title, part.url) for part in strung.parts],
        )
    for evidence in row.story.evidence:
        print_line(f"  {evidence.weight:+.1f}  {evidence.says}")
    reposts = stale_reposts(row.articles, root, stale_days=stale_days, evidence=row.story.evidence)
    for stale in reposts.values():
        print_line(f"stale repost: {stale.says}")
    print_table(
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
    for number, copy in compared.items():
        print_line(f"article {number}, {copy.copy.host}: {copy.says}")
    if compared:
        print_line("to read one with its shared passages marked: wirewatch story compare ARTICLE")


@app.command()
def compare(
    ctx: typer.Context,
    article: Annotated[str, typer.Argument(help="Id or address of a copy.")],
    json: Json = False,
) -> None:
    """Show a copy's text: what it shares with the other text, what is its own, what was cut."""
    from scheduler.cli.marked_text import print_marked
    from scheduler.lists.comparison import compare_story
    from scheduler.shapes.stories import comparison_shape
    from storage.errors import InputError
    from storage.reports import statistics
    from storage.stories import articles, stories

    with context_of(ctx).read() as conn:
        copy = articles.find(conn, article)
        row = statistics.story_row(conn, stories.get(conn, copy.story_id))
    compared = compare_story(row).get(copy.id)
    if compared is None:
        raise InputError(
            f"article {copy.id} is no copy with a verdict; see: wirewatch story show {row.story.id}"
        )
    if json:
        print_json({"article_id": copy.id} | dict(comparison_shape(compared)))
        return
    print_line(f"article {copy.id}, {copy.url}")
    if compared.other is not None:
        print_line(f"beside article {compared.other.id}, {compared.other.url}")
    print_line(compared.says)
    if compared.alignment is not None:
        print_marked(compared)


@app.command()
def split(
    ctx: typer.Context,
    story_id: int,
    taken: Annotated[list[str], typer.Argument(help="Ids or addresses of its articles.")],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Take articles out of a story into a new one, for good."""
    from scheduler.actions import stories as actions
    from scheduler.runtime.clock import utc_now
    from storage.stories import articles

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        ids = [articles.find(conn, what).id for what in taken]
        new = actions.split(conn, context.actor, story_id, ids, utc_now())
    if json:
        print_json({"story": story_id, "new_story": new, "articles": ids})
        return
    print_line(f"story {new} is split off story {story_id}; no later copy puts them together")
    print_line(f"to undo it: wirewatch story merge {story_id} {new}")
    note_dry_run(dry_run=dry_run)


@app.command()
def merge(
    ctx: typer.Context,
    story_id: int,
    others: Annotated[list[int], typer.Argument(help="The stories that are the same.")],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Make stories one, for good; nobody is told of them again."""
    from scheduler.actions import stories as actions
    from scheduler.runtime.clock import utc_now
    from storage.stories import stories

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        held = {each_id: stories.member_ids(conn, each_id) for each_id in (story_id, *others)}
        kept = actions.merge(conn, context.actor, story_id, others, utc_now())
        merged = {each_id: ids for each_id, ids in held.items() if each_id != kept and ids}
    if json:
        print_json({"story": kept, "merged": list(merged), "articles": merged})
        return
    print_line(f"story {kept} holds the articles of all of them; nobody is told of them again")
    for ids in merged.values():
        print_line(f"to undo it: wirewatch story split {kept} {' '.join(map(str, ids))}")
    note_dry_run(dry_run=dry_run)
