"""The index never loses an article that a query answers: what it names is always enough."""

from __future__ import annotations

import itertools
import string

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from scheduler.query.analysis.forms import STEMMED, stem
from scheduler.query.archive_keys import keys_of, narrowing_of
from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import (
    And,
    AtLeast,
    DateRange,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryReference,
    SloppyPhrase,
    WordForm,
)
from scheduler.query.matching.document import Document, document_of
from scheduler.query.matching.evaluator import AnalysedDocument, holds
from storage.models.articles import ExtractedArticle
from storage.stories import archive
from storage.stories.archive_keys import (
    AllOf,
    AnyOf,
    ArchiveKey,
    ArchiveKeyKind,
    ArchiveKeys,
    Narrowing,
)
from tests.scheduler.query.conformance.table import cases
from tests.scheduler.query.queries import documents
from tests.scheduler.query.queries import trees as all_trees
from tests.storage.world import NOON, a_page, a_source, an_article

TEXTS = (
    "The ferries sank off l'Ukraine, said SAP.",
    "Die Fähren der Häfen; die Fähre.",
    "Паромы утонули. pаypal watergate",
    "東京の港 ferry-port COVID-19 ferry",
    "Women and woman's economics, economy. Sap rises.",
    "",
)
WORDS = (
    *(
        "ferry",
        "ferries",
        "ferri",
        "fahre",
        "fahren",
        "sap",
        "паром",
        "паромы",
        "東",
        "京",
        "paypal",
    ),
    *("ukraine", "l'ukraine", "woman", "women", "economy", "wom?n", "econom*", "*gate", "*", "f*y"),
    *("covid", "19", "and", "the", "?ap"),
)
RAW = ("SAP", "Sap", "COVID", "Die", "l'Ukraine", "ferry")
LANGUAGES = ("en", "de", "ru", "ja", None, "xx")

fields = st.sampled_from((None, "title", "lead", "text", "author", "source", "url"))
forms = st.sampled_from((WordForm.STEM, WordForm.EXACT))
runs = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(tuple)
leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Phrase, runs, forms, fields),
    st.builds(Phrase, st.sampled_from(RAW).map(lambda w: (w,)), st.just(WordForm.RAW), fields),
    st.builds(SloppyPhrase, runs, st.integers(0, 3), forms, fields),
    st.builds(Filter, st.just("lang"), st.sampled_from(("en", "de", "ja"))),
    st.just(Filter("site", "harbor-herald.example")),
    st.just(DateRange(NOON.date(), None)),
)


def _branches(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Not, inner),
        st.builds(Near, inner, inner, st.integers(1, 9), st.booleans()),
        st.builds(AtLeast, inner, st.integers(1, 2)),
        st.builds(QueryReference, st.just("kept"), inner),
    )


trees = st.recursive(leaves, _branches, max_leaves=6)


def fill(conn: Connection) -> None:
    """Store each text in each language, indexed."""
    source = a_source(conn)
    for number, (said, language) in enumerate(itertools.product(TEXTS, LANGUAGES)):
        page = a_page(conn, source, str(number))
        article = an_article(conn, page)
        new = ExtractedArticle(page.url, page.url, "Herald", said[:12], said, language=language)
        conn.exec_driver_sql(
            "UPDATE articles SET title = ?, text = ?, language = ? WHERE id = ?",
            (new.title, new.text, language, article.id),
        )
        for each in archive.missing(conn, [article.id]):
            archive.add(conn, each, keys_of(document_of(each)))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(trees)
@example(Phrase(("ferries",)))
@example(Phrase(("wom?n",)))
def test_a_query_evaluated_on_the_candidates_gives_what_it_gives_on_all(
    conn: Connection, query: Query
) -> None:
    if not archive.candidates(conn, None):
        fill(conn)
    everything = archive.candidates(conn, None)
    found = [
        text.article_id
        for text in archive.revisions(conn, everything)
        if holds(query, AnalysedDocument(document_of(text)))
    ]
    candidates = archive.candidates(conn, narrowing_of(query))
    assert set(found) <= set(candidates)


def test_all_words_of_an_and_narrow_and_an_or_with_an_open_part_does_not() -> None:
    assert narrowing_of(parse_query('"night ferry" "bus"')) == AllOf(
        (
            AllOf(
                (ArchiveKey(ArchiveKeyKind.WORD, "night"), ArchiveKey(ArchiveKeyKind.WORD, "ferry"))
            ),
            ArchiveKey(ArchiveKeyKind.WORD, "bus"),
        )
    )
    ferry = Phrase(("ferry",), WordForm.EXACT)
    assert narrowing_of(Or((ferry, Phrase(("*gate",))))) is None
    assert narrowing_of(And((ferry, Phrase(("*gate",)), Not(Phrase(("bus",)))))) == ArchiveKey(
        ArchiveKeyKind.WORD, "ferry"
    )


def test_no_language_with_rules_for_stems_is_forgotten() -> None:
    words = ("running", "ferries", "паромы", "fähren", "nationalities", "gatos", "evlerden")
    for first, second in itertools.product(string.ascii_lowercase, repeat=2):
        language = first + second
        if language not in STEMMED:
            assert all(stem(word, language) == word for word in words), language


def may_answer(narrowing: Narrowing | None, keys: ArchiveKeys) -> bool:
    """Read a narrowing off its meaning, as FTS5 does (`tests/storage/stories/test_archive.py`)."""
    if isinstance(narrowing, AllOf | AnyOf):
        quantifier = all if isinstance(narrowing, AllOf) else any
        return quantifier(may_answer(part, keys) for part in narrowing.parts)
    if narrowing is None:
        return True
    return {
        ArchiveKeyKind.WORD: narrowing.text in keys.words,
        ArchiveKeyKind.PREFIX: any(word.startswith(narrowing.text) for word in keys.words),
        ArchiveKeyKind.STEM: narrowing.text in keys.stems,
        ArchiveKeyKind.LANGUAGE: narrowing.text == keys.language,
    }[narrowing.kind]


def test_no_article_of_the_table_is_lost_to_a_query_of_the_table() -> None:
    queries = {case.query for case in cases()}
    for document in dict.fromkeys(case.document for case in cases()):
        keys, article = keys_of(document), AnalysedDocument(document)
        lost = [
            str(q) for q in queries if holds(q, article) and not may_answer(narrowing_of(q), keys)
        ]
        assert not lost, document


@settings(max_examples=150, deadline=None)
@given(all_trees, documents)
def test_no_made_up_article_is_lost_to_a_made_up_query(query: Query, document: Document) -> None:
    if holds(query, AnalysedDocument(document)):
        assert may_answer(narrowing_of(query), keys_of(document))
