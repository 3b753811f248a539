"""What stands on all pages of a site, or in stories of all kinds, weighs nothing."""

from __future__ import annotations

import pytest

from crawler.copies.records import StoredText, SubmittedText
from crawler.copies.recurring_shingles import PublishedText, form_of, recurring_anywhere
from crawler.copies.text.shingles import shingle
from tests.crawler.copies import texts
from tests.crawler.copies.stream import NOW, Archive, Arrival, stream

WRAPPER = texts.STORIES["court"]
SITE = "farm.example"


def page(number: int) -> str:
    """Return a short text of its own under a long wrapper."""
    return f"{' '.join(texts.unrelated(number).split()[:50])}\n{WRAPPER}"


async def site_of(pages: int) -> Archive:
    archive = Archive()
    for number in range(pages):
        archive.texts[number] = StoredText(number, page(number), SITE, story_id=number + 1)
        await archive.detector.add(number, page(number), NOW)
    return archive


def test_what_three_other_pages_hold_recurs() -> None:
    others = [PublishedText(n, SITE, n, shingle(page(n))) for n in range(3)]
    form = form_of(shingle(page(3)), others, 3)
    assert set(form.shingles.tolist()) >= set(shingle(WRAPPER).shingles.tolist())
    assert form_of(shingle(page(3)), others[:2], 3).shingles.size == 0


@pytest.mark.parametrize(
    ("publishers", "stories", "recurs"),
    [
        ((1, 2, 3), (1, 2, 3), True),
        ((1, 1, 1, 1, 2), (1, 2, 3, 4, 5), False),
        ((1, 2, 3, 4), (1, 1, 2, 2), False),
    ],
)
def test_what_stands_in_three_stories_of_three_publishers_recurs_anywhere(
    publishers: tuple[int, ...], stories: tuple[int, ...], recurs: bool
) -> None:
    others = [
        PublishedText(n, f"site{publisher}.example", story, shingle(page(n)))
        for n, (publisher, story) in enumerate(zip(publishers, stories, strict=True))
    ]
    assert (recurring_anywhere(shingle(page(9)), others).size > 0) == recurs


async def test_pages_that_share_their_wrapper_alone_are_no_copies() -> None:
    archive = await site_of(3)
    judged = await archive.detector.judge(SubmittedText(page(3), SITE))
    assert judged.verdicts == ()
    assert (judged.doubted, judged.strung) == ((0, 1, 2), ())


async def test_earlier_folds_by_the_wrapper_come_apart() -> None:
    archive = await site_of(4)
    found = await archive.detector.regroup([archive.texts[number] for number in range(4)])
    assert found.groups == [[0], [1], [2], [3]]


async def test_a_story_under_the_wrapper_is_still_found() -> None:
    archive = await site_of(3)
    text = texts.STORIES["ferry"]
    archive.texts[9] = StoredText(9, text, "daily.example", story_id=99)
    await archive.detector.add(9, text, NOW)
    judged = await archive.detector.judge(SubmittedText(f"{text}\n{WRAPPER}", SITE))
    assert [verdict.of_article_id for verdict in judged.verdicts] == [9]


async def test_excerpts_of_a_story_do_not_make_its_text_recur() -> None:
    text = texts.STORIES["ferry"]
    excerpt = texts.joined(texts.sentences(text)[:3])
    round_it = [" ".join(texts.unrelated(n + k) for k in (0, 9, 18)) for n in range(3)]
    longer = [f"{words}\n{text}" for words in round_it]
    archive = Archive()
    for number, made in enumerate([text, *longer, *(f"{excerpt} {n}" for n in range(3))]):
        archive.texts[number] = StoredText(number, made, f"site{number}.example", story_id=1)
        await archive.detector.add(number, made, NOW)
    found = await archive.detector.regroup(list(archive.texts.values()))
    assert found.groups == [[0, 1, 2, 3, 4, 5, 6]]


NOTICES = [
    f"{name}, of {place}, has died after a short illness, with family at the bedside. Friends"
    f" remember a love of {love}, and many years of work as a {trade}. A service will be held at the"
    f" chapel in {place} before the month is out. The family asks for no flowers; gifts may be made"
    " to the hospice, whose care was beyond all praise. All who knew the departed are welcome at the"
    " house after the service, and are asked to bring a story or a song."
    for name, place, love, trade in [
        ("Ada Brekke", "Lindholm", "old maps and tall trees", "surveyor of the northern coast"),
        ("Ben Okoro", "Wickham", "chess by post", "baker to three parishes"),
        ("Cleo Rossi", "Salt Basin", "choirs and brass bands", "nurse on the night ward"),
        ("Dirk Sato", "Ostrand", "bees and bitter honey", "porter at the grain exchange"),
        ("Edda Novak", "Torvel", "slow trains abroad", "teacher of small children"),
    ]
]
"""Notices of one form, without a figure."""


async def folded(arrivals: list[tuple[str, str, str]]) -> list[set[int]]:
    """Stream (story, text, host); the numbers of the texts of each story."""
    found = await stream(Arrival(n, *each) for n, each in enumerate(arrivals))
    stories = set(found.story_of.values())
    return [{n for n, own in found.story_of.items() if own == story} for story in stories]


def arrivals(made: list[str], host: str) -> list[tuple[str, str, str]]:
    return [(str(number), text, host) for number, text in enumerate(made)]


async def test_notices_of_one_form_are_stories_of_their_own() -> None:
    assert len(await folded(arrivals(NOTICES, "daily.example"))) == len(NOTICES)


@pytest.mark.parametrize("place", [0, 1, 3, 5])
async def test_a_copy_of_a_notice_is_a_copy_of_that_notice_alone(place: int) -> None:
    made = arrivals(NOTICES, "daily.example")
    made.insert(place, ("2", texts.farm(NOTICES[2]), "farm.example"))
    stories = await folded(made)
    assert len(stories) == len(NOTICES)
    assert {place, 2 + (place <= 2)} in stories


async def test_a_text_that_grows_on_its_site_is_one_story() -> None:
    parts = texts.sentences(texts.STORIES["ferry"] + " " + texts.STORIES["trams"])
    states = [texts.joined(parts[: len(parts) - 3 + n]) for n in range(4)]
    assert len(await folded(arrivals(states, "daily.example"))) == 1


@pytest.mark.parametrize("place", [0, 2, 5])
async def test_a_release_that_many_sites_put_into_texts_of_their_own_makes_them_one_story(
    place: int,
) -> None:
    release = texts.STORIES["ferry"]
    made = [
        ("one", f"{texts.unrelated(n)} {texts.unrelated(n + 9)}\n{release}", f"site{n}.example")
        for n in range(5)
    ]
    made.insert(place, ("one", release, "wire.example"))
    assert len(await folded(made)) == 1


@pytest.mark.parametrize("place", [0, 1, 4])
async def test_a_passage_that_several_texts_quote_is_still_an_excerpt_of_its_text(
    place: int,
) -> None:
    text = texts.STORIES["ferry"]
    excerpt = texts.joined(texts.sentences(text)[:2])
    made = [("ferry", text, "wire.example")]
    for number in range(3):
        own = " ".join(texts.unrelated(number + k) for k in (0, 9, 18))
        made.append((f"quotes {number}", f"{own} {excerpt}", f"site{number}.example"))
    made.insert(place, ("ferry", excerpt, "brief.example"))
    stories = await folded(made)
    assert len(stories) == 4
    assert {made.index(each) for each in made if each[0] == "ferry"} in stories
