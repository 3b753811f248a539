"""The stories are those of the texts: neither their order nor a stranger among them counts."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crawler.copies import texts
from tests.crawler.copies.stream import Arrival, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAKERS: tuple[Callable[[str], str], ...] = (
    str,
    texts.excerpt,
    texts.lead,
    texts.trim,
    texts.farm,
    texts.edit,
    texts.quotation,
)
NAMES = ("ferry", "court", "bridge", "reactor")
STRANGER = 1000


@lru_cache(maxsize=1)
def arrivals() -> tuple[Arrival, ...]:
    """Make every kind of copy of some stories, and what is put together out of several."""
    stories = {**{name: texts.STORIES[name] for name in NAMES}, **texts.SUBJECTS}
    made = [(name, make(text)) for name, text in stories.items() for make in MAKERS]
    briefs = [texts.joined(texts.sentences(text)[:2]) for text in stories.values()]
    made += [
        ("round-up", "\n".join(briefs[:4])),
        ("the same round-up again", f"{texts.unrelated(3)[:60]}\n" + "\n".join(briefs[:4])),
        ("splice", "\n".join(texts.SUBJECTS.values())),
        *((f"report {number}", texts.market_report(number)) for number in range(4)),
    ]
    return tuple(Arrival(number, name, text) for number, (name, text) in enumerate(made))


def stories_of(chosen: Iterable[Arrival]) -> set[frozenset[int]]:
    found = asyncio.run(stream(chosen)).story_of
    return {
        frozenset(each for each, story in found.items() if story == wanted)
        for wanted in found.values()
    }


CHOSEN = st.lists(
    st.sampled_from(range(len(arrivals()))), min_size=2, max_size=14, unique=True
).flatmap(lambda numbers: st.tuples(st.just(numbers), st.permutations(numbers)))


@settings(max_examples=60, deadline=None)
@given(CHOSEN)
def test_the_order_of_arrival_changes_no_story(orders: tuple[list[int], list[int]]) -> None:
    one, other = ([arrivals()[number] for number in order] for order in orders)
    assert stories_of(one) == stories_of(other)


@settings(max_examples=40, deadline=None)
@given(CHOSEN, st.integers(min_value=0), st.sampled_from(["trams", "glacier", "library"]))
def test_an_unrelated_text_changes_no_story(
    orders: tuple[list[int], list[int]], place: int, name: str
) -> None:
    chosen = [arrivals()[number] for number in orders[1]]
    with_it = list(chosen)
    with_it.insert(place % (len(chosen) + 1), Arrival(STRANGER, name, texts.STORIES[name]))
    assert stories_of(with_it) == stories_of(chosen) | {frozenset({STRANGER})}
