"""How large a query may be, and that no query makes reading slow or fall over."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scheduler.query.language.limits import MOST_CHARACTERS, MOST_DEPTH, MOST_TERMS
from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import leaves, required_leaves
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds, match_query
from storage.errors import QueryError

ARTICLE = AnalysedDocument(Document("W0 w1", "w2"))


@pytest.mark.parametrize("joined", [" OR ", " ", " AND "])
def test_the_largest_query_is_read_and_one_word_more_is_refused(joined: str) -> None:
    largest = joined.join(f"w{n}" for n in range(MOST_TERMS))
    query = parse_query(largest)
    assert len(list(leaves(query))) == MOST_TERMS
    assert required_leaves(query)
    assert holds(query, ARTICLE) == (joined == " OR ")
    assert parse_query(str(query)) == query
    with pytest.raises(QueryError, match="more than 10000 words") as caught:
        parse_query(f"{largest}{joined}more")
    assert caught.value.position == len(largest + joined)


def test_the_deepest_brackets_are_read_and_one_more_is_refused() -> None:
    assert str(parse_query("(" * MOST_DEPTH + "w9" + ")" * MOST_DEPTH)) == "w9"
    with pytest.raises(QueryError, match="nested deeper than 100") as caught:
        parse_query("(" * (MOST_DEPTH + 1) + "w9" + ")" * (MOST_DEPTH + 1))
    assert caught.value.position == MOST_DEPTH


def nested(depth: int) -> str:
    """Write AND and OR in turn, each in brackets in the other; as many levels as asked."""
    text = "w0"
    for level in range(depth - 1):
        text = f"(w1 {'OR' if level % 2 else 'AND'} {text})"
    return text


def test_the_deepest_tree_can_be_printed_read_and_matched() -> None:
    query = parse_query(nested(MOST_DEPTH))
    assert parse_query(str(query)) == query
    assert required_leaves(query)
    assert match_query(query, ARTICLE) is not None
    with pytest.raises(QueryError, match="nested deeper than 100"):
        parse_query(nested(MOST_DEPTH + 1))


@pytest.mark.parametrize(
    "deep",
    [
        " NEAR/2 ".join(["w9"] * (MOST_DEPTH + 1)),
        "w9 " + "NOT (" * (MOST_DEPTH + 1) + "w9" + ")" * (MOST_DEPTH + 1),
        '"' + " * ".join(["w9"] * (MOST_DEPTH + 1)) + '"',
        "(" * 90 + "w9" + f"{' NEAR/2 w9' * 90})" * 90,
    ],
)
def test_other_ways_of_nesting_are_refused_too(deep: str) -> None:
    with pytest.raises(QueryError, match="nested deeper than 100"):
        parse_query(deep)


def test_a_chain_of_near_may_be_as_deep_as_brackets() -> None:
    query = parse_query(" NEAR/2 ".join(["w9"] * MOST_DEPTH))
    assert parse_query(str(query)) == query
    assert not holds(query, ARTICLE)


def test_a_longer_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(QueryError, match="more than 200000"):
        parse_query("w" * (MOST_CHARACTERS + 1))


def test_named_queries_count_with_all_that_they_hold() -> None:
    named = {"n0": " OR ".join(f"w{n}" for n in range(10))}
    named |= {f"n{n}": " OR ".join([f"@n{n - 1}"] * 10) for n in range(1, 30)}
    assert len(list(leaves(parse_query("@n3", named)))) == MOST_TERMS
    with pytest.raises(QueryError, match="in @n4, at 8: the query has more than 10000 words"):
        parse_query("w9 OR @n29", named)


def test_names_in_names_count_as_depth() -> None:
    named = {"n0": "w0"} | {f"n{n}": f"@n{n - 1}" for n in range(1, 200)}
    deepest = parse_query("@n98", named)
    assert holds(deepest, ARTICLE)
    assert parse_query(str(deepest), named) == deepest
    for name in ("@n99", "@n199"):
        with pytest.raises(QueryError, match="nested deeper than 100"):
            parse_query(name, named)


@pytest.mark.parametrize(
    "unit",
    [
        *("a*", "a?", "“a", 'NEAR("a",', "'s", "(", "/*", "*/", " ", "ab:", "@x ", "a&", "\\", "-"),
        *("{", "\u200c", "* ", '"* ', "_", "1.", "/a", "~", "date:", "a^2 ", "”", "«", "//x ", '"'),
        *(
            "a'b",
            "é\u0301",
            "東",
            "titel",
            "title:",
            "title:raw:",
            "repeat3:",
            "@x",
            "=",
            "[",
            "#",
            "date:[",
            "<",
            "…",
            "ATLEAST/",
        ),
    ],
)
def test_no_text_takes_longer_than_its_length_asks_for(unit: str) -> None:
    try:
        parse_query(unit * (MOST_CHARACTERS // len(unit)), {})
    except QueryError as error:
        said = str(error)
    else:
        said = ""
    assert len(said) < 200


def test_reading_the_module_builds_no_grammar() -> None:
    code = (
        "import sys, scheduler.query.language.parser, scheduler.query.language.builder as b;"
        "sys.exit(b._grammar.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
