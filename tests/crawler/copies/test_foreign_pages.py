"""What other publishers put up says nothing of who copied whom between two others."""

from __future__ import annotations

from random import Random

import pytest

from tests.crawler.copies import texts
from tests.crawler.copies.stream import Arrival, stream

FERRY = texts.STORIES["ferry"]
COPIES = (FERRY, texts.farm(FERRY), texts.edit(FERRY), texts.lead(FERRY))
PAGES = 6


def noise(seed: int, words: int) -> str:
    """Return so many words that no other text has."""
    random = Random(seed)
    return " ".join("".join(random.choices("bdfgklmnprstvz", k=7)) for _ in range(words))


def part(text: str, share: float, *, last: bool = False) -> str:
    words = text.split()
    size = int(len(words) * share)
    return " ".join(words[-size:] if last else words[:size])


def wrapped(text: str, words: int, hosts: tuple[str, ...]) -> list[Arrival]:
    """Return pages of these hosts in turn that hold a text in so much noise."""
    return [
        Arrival(
            100 + n,
            "",
            f"{noise(n, words // 2)}\n{text}\n{noise(n + 50, words // 2)}",
            hosts[n % len(hosts)],
        )
        for n in range(PAGES)
    ]


def story() -> list[Arrival]:
    return [Arrival(n, "", text, f"paper{n}.example") for n, text in enumerate(COPIES)]


async def stories_of(arrivals: list[Arrival]) -> dict[int, int]:
    return (await stream(arrivals)).story_of


LIVE_BLOG = ("blog.example",)
OF_ONE_OWNER = ("a.farm.example", "b.farm.example", "farm.example")
OF_THREE = ("one.example", "two.example", "three.example")
HELD = [FERRY, part(FERRY, 0.92), part(FERRY, 0.7), part(FERRY, 0.5, last=True)]


@pytest.mark.parametrize("hosts", [LIVE_BLOG, OF_ONE_OWNER, OF_THREE])
@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("words", [150, 400, 1200])
@pytest.mark.parametrize("told", [1, 2, 4])
async def test_pages_that_hold_a_storys_text_in_noise_do_not_take_it_apart(
    hosts: tuple[str, ...], held: str, words: int, told: int
) -> None:
    arrivals = [*story()[:told], *wrapped(held, words, hosts), *story()[told:]]
    found = await stories_of(arrivals)
    assert len({found[n] for n in range(len(COPIES))}) == 1


@pytest.mark.parametrize("hosts", [LIVE_BLOG, OF_ONE_OWNER, OF_THREE])
@pytest.mark.parametrize("words", [60, 150, 300])
async def test_pages_that_are_mostly_a_storys_text_are_its_copies(
    hosts: tuple[str, ...], words: int
) -> None:
    arrivals = [*story()[:2], *wrapped(FERRY, words, hosts), *story()[2:]]
    assert len(set((await stories_of(arrivals)).values())) == 1


@pytest.mark.parametrize("hosts", [LIVE_BLOG, OF_ONE_OWNER])
async def test_what_a_publisher_repeated_before_it_was_an_article_is_its_wrapper(
    hosts: tuple[str, ...],
) -> None:
    before = wrapped(FERRY, 150, hosts)
    later = Arrival(900, "", FERRY, "paper.example")
    found = await stories_of([*before, later])
    assert len(set(found.values())) >= PAGES


async def test_pages_of_one_owner_share_one_template() -> None:
    pages = wrapped(FERRY, 150, OF_ONE_OWNER)
    assert len(set((await stories_of(pages)).values())) == PAGES


async def test_copies_of_two_stories_in_one_wrapper_are_of_two_stories() -> None:
    wrapper = texts.STORIES["court"]
    pages = [Arrival(50 + n, "", f"{noise(n, 60)}\n{wrapper}", "farm.example") for n in range(4)]
    copies = [
        Arrival(60, "", f"{texts.STORIES['trams']}\n{wrapper}", "farm.example"),
        Arrival(61, "", f"{texts.STORIES['glacier']}\n{wrapper}", "m.farm.example"),
    ]
    originals = [
        Arrival(1, "", texts.STORIES["trams"], "paper1.example"),
        Arrival(2, "", texts.STORIES["glacier"], "paper2.example"),
    ]
    found = await stories_of([*originals, *pages, *copies])
    assert found[1] == found[60] != found[2] == found[61]


async def test_boilerplate_of_several_publishers_makes_no_copies() -> None:
    boilerplate = texts.STORIES["court"]
    pages = [
        Arrival(n, "", f"{noise(n, 110)}\n{boilerplate}", f"agency{n}.example") for n in range(6)
    ]
    found = await stories_of(pages)
    assert len({found[n] for n in range(3, 6)}) == 3


@pytest.mark.parametrize("hosts", [LIVE_BLOG, ("one.example", "two.example")])
async def test_pages_that_quote_a_text_piece_by_piece_do_not_make_it_a_round_up(
    hosts: tuple[str, ...],
) -> None:
    sentences = texts.sentences(FERRY)
    quoting = [
        Arrival(100 + n, "", f"{noise(n, 300)}\n{' '.join(said)}", hosts[n % len(hosts)])
        for n, said in enumerate((sentences[:2], sentences[2:4], sentences[4:]))
    ]
    found = await stories_of([*story()[:2], *quoting, *story()[2:]])
    assert len({found[n] for n in range(len(COPIES))}) == 1


MAKERS = (str, texts.farm, texts.edit, texts.lead, texts.trim)


def strange_page(random: Random, told: list[str]) -> str:
    """Return what a stranger may put together: noise, whole texts of others, pieces and edits of them."""
    parts = []
    for _ in range(random.randint(1, 5)):
        text = random.choice(told)
        sentences = texts.sentences(text)
        first = random.randrange(len(sentences))
        parts.append(
            random.choice(
                (
                    noise(random.randrange(10_000), random.randint(20, 200)),
                    text,
                    texts.edit(text, seed=random.randrange(100)),
                    texts.joined(sentences[first : first + random.randint(1, 5)]),
                )
            )
        )
    return "\n".join(parts)


@pytest.mark.parametrize("seed", range(24))
async def test_what_strangers_put_up_takes_no_story_apart(seed: int) -> None:
    random = Random(seed)
    names = random.sample(["ferry", "court", "trams", "library", "bakery", "orchard"], 2)
    told = [texts.STORIES[name] for name in names]
    originals = [(name, texts.STORIES[name], f"{name}.example") for name in names]
    others = [
        (name, random.choice(MAKERS)(texts.STORIES[name]), f"{name}{number}.example")
        for name in names
        for number in range(3)
    ]
    hosts = [f"strange{number}.example" for number in range(random.randint(1, 3))]
    again = random.choice(["", strange_page(random, told)])
    for _ in range(random.randint(3, 9)):
        page = f"{noise(random.randrange(10_000), 60)}\n{again or strange_page(random, told)}"
        others.append(("strange", page, random.choice(hosts)))
    arrivals = [*originals, *random.sample(others, len(others))]
    found = await stories_of([Arrival(n, *each) for n, each in enumerate(arrivals)])
    for name in names:
        assert len({found[n] for n, each in enumerate(arrivals) if each[0] == name}) == 1
