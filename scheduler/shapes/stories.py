"""Stories as JSON: the original with its evidence, the copies with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, Field

from crawler.copies.origin.stale_repost import stale_reposts
from crawler.copies.text.alignment import PartKind
from scheduler.lists.comparison import Comparison, unit
from scheduler.shapes.base import Id, RecordShape, RequestShape, Time
from storage.models.articles import Article, StaleRepost, WrapperKind
from storage.models.stories import Relation, StoryMember
from storage.reports.statistics import Roundup, StoryRow


class ListedStoryShape(BaseModel):
    """A story in a list."""

    id: int
    title: str
    url: str
    publisher: str
    crawled: bool = Field(description="False: the original is not crawled, the URL is a copy's.")
    confidence: float
    copies: int
    first_seen: Time
    updated_at: Time


class EvidenceShape(RecordShape):
    """One reason to hold an article for the original of its story, or not to."""

    article_id: int
    kind: str
    says: str
    weight: float = Field(description="In favour when positive, against when negative.")


class WrapperShape(RecordShape):
    """A passage that a site put round a text, e.g. a box of its own."""

    kind: WrapperKind
    text: str


class StaleRepostShape(RecordShape):
    """That an article presents an old text as new."""

    dated: date
    says: str


class ArticleShape(BaseModel):
    """An article of a story."""

    id: int
    url: str
    site: str
    title: str
    published: Time | None
    first_seen: Time
    wrapper: list[WrapperShape]


class MemberShape(ArticleShape):
    """An article that holds a story's text."""

    stale_repost: StaleRepostShape | None


class OriginalShape(BaseModel):
    """The original; of one that is not `crawled` no more than its publisher is known, as `site`."""

    id: int | None = None
    url: str | None = None
    site: str
    title: str | None = None
    published: Time | None = None
    first_seen: Time | None = None
    wrapper: list[WrapperShape] | None = None
    stale_repost: StaleRepostShape | None = None
    crawled: bool


class PartShape(RecordShape):
    """A stretch of a copy, of the other text, or of both; offsets are characters."""

    kind: PartKind
    start: int
    end: int
    other_start: int
    other_end: int
    words: int
    other_words: int


class ComparisonShape(BaseModel):
    """The parts of a copy and of the other text, or why they are not known."""

    of_article_id: int | None
    says: str
    unit: str | None = Field(description="What is counted: words, or characters.")
    parts: list[PartShape] | None


class CopyShape(MemberShape):
    """A copy with its verdict; without one it began a story that turned out to be this one."""

    relation: Relation | None = None
    of_article_id: int | None = None
    share_of_article: float | None = None
    share_of_other: float | None = None
    alignment: ComparisonShape | None = None


class RoundupPartShape(ArticleShape):
    """An article that a round-up strings together with others."""

    story_id: int


class RoundupShape(BaseModel):
    """An article that strings others together, and is a copy of none."""

    article_id: int
    parts: list[RoundupPartShape]


class RulingShape(RecordShape):
    """What an operator said: it is not that other story, or (null) it is one story."""

    apart_from: int | None
    at: Time


class StoryShape(BaseModel):
    """A story with all of its articles."""

    id: int
    first_seen: Time
    updated_at: Time
    confidence: float
    named_publisher: str | None
    evidence: list[EvidenceShape]
    original: OriginalShape
    best_copy: MemberShape | None
    copies: list[CopyShape]
    roundups: list[RoundupShape]
    rulings: list[RulingShape]


class StorySplitRequest(RequestShape):
    """Articles that are another story."""

    articles: list[Id] = Field(min_length=1, max_length=1000)


class StoryMergeRequest(RequestShape):
    """Stories that are the same as this one."""

    stories: list[Id] = Field(min_length=1, max_length=100)


def listed_story_shape(row: StoryRow) -> ListedStoryShape:
    """Return a story's shape in a list."""
    story, article = row.story, row.root.article
    return ListedStoryShape(
        id=story.id,
        title=article.title,
        url=article.url,
        publisher=story.named_publisher or article.site or article.host,
        crawled=story.named_publisher is None,
        confidence=story.confidence,
        copies=len(row.copies),
        first_seen=story.first_seen,
        updated_at=story.updated_at,
    )


def story_shape(
    row: StoryRow, compared: Mapping[int, Comparison] | None = None, *, stale_days: int
) -> StoryShape:
    """Return a story's shape.

    `compared` copies, by their ids, come with their parts. Articles that present a text as new
    which is older by `stale_days` are named stale reposts.
    """
    stale = stale_reposts(
        row.articles, row.root.article, stale_days=stale_days, evidence=row.story.evidence
    )
    story, root = row.story, _member(row.root, stale)
    named = story.named_publisher
    return StoryShape(
        id=story.id,
        first_seen=story.first_seen,
        updated_at=story.updated_at,
        confidence=story.confidence,
        named_publisher=named,
        evidence=[EvidenceShape.model_validate(evidence) for evidence in story.evidence],
        original=(
            OriginalShape(site=named, crawled=False)
            if named
            else OriginalShape(crawled=True, **dict(root))
        ),
        best_copy=root if named else None,
        copies=[_copy(member, stale, compared or {}) for member in row.copies],
        roundups=[_roundup(roundup) for roundup in row.roundups],
        rulings=[RulingShape.model_validate(ruling) for ruling in row.rulings],
    )


def comparison_shape(compared: Comparison) -> ComparisonShape:
    """Return the shape of a copy beside the text that it was found in."""
    alignment, other = compared.alignment, compared.other
    parts = [] if alignment is None else alignment.parts
    return ComparisonShape(
        of_article_id=None if other is None else other.id,
        says=compared.says,
        unit=None if alignment is None else unit(alignment),
        parts=None if alignment is None else [PartShape.model_validate(part) for part in parts],
    )


def _article(article: Article) -> ArticleShape:
    return ArticleShape(
        id=article.id,
        url=article.url,
        site=article.site,
        title=article.title,
        published=article.dates.published,
        first_seen=article.first_seen,
        wrapper=[WrapperShape.model_validate(each) for each in article.provenance.wrapper],
    )


def _member(member: StoryMember, stale: Mapping[int, StaleRepost]) -> MemberShape:
    repost = stale.get(member.article.id)
    return MemberShape(
        **dict(_article(member.article)),
        stale_repost=None if repost is None else StaleRepostShape.model_validate(repost),
    )


def _copy(
    member: StoryMember, stale: Mapping[int, StaleRepost], compared: Mapping[int, Comparison]
) -> CopyShape:
    shape = CopyShape(**dict(_member(member, stale)))
    verdict, comparison = member.verdict, compared.get(member.article.id)
    if verdict is not None:
        shape.relation = verdict.relation
        shape.of_article_id = verdict.of_article_id
        shape.share_of_article = verdict.share_of_article
        shape.share_of_other = verdict.share_of_other
    if comparison is not None:
        shape.alignment = comparison_shape(comparison)
    return shape


def _roundup(roundup: Roundup) -> RoundupShape:
    return RoundupShape(
        article_id=roundup.article.id,
        parts=[
            RoundupPartShape(**dict(_article(part)), story_id=part.story_id)
            for part in roundup.parts
        ],
    )
