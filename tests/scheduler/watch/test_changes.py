"""Which edits of an article are told and which are boring, in pairs of what it said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.watch.changes import ArticleText, ChangeKind, changes_between, removal
from tests.waiting import little_work

FERRY = (
    "Ferry sinks off Ostrand",
    (
        "A ferry sank off Ostrand on Monday, and 12 people are dead.\n"
        "Harbour master Ines Quell said that two boats had gone out at once. The crew of the Aurora "
        "sent a call for help at 10:30, when the wind was at its worst.\n"
        "The company carries 6,200 passengers a day. Its director, Olle Brandt, was not at hand."
    ),
)
GERMAN = (
    "Fähre sinkt vor Ostrand",
    (
        "Vor Ostrand ist am Montag eine Fähre gesunken, zwölf Menschen sind tot.\n"
        "Das sagte die Hafenmeisterin Ines Quell am Abend. Die Ursache ist noch nicht bekannt."
    ),
)
FRENCH = (
    "Un ferry coule au large d'Ostrand",
    (
        "Un ferry a coulé lundi au large d'Ostrand et douze personnes sont mortes.\n"
        "La directrice du port, Ines Quell, l'a annoncé dans la soirée."
    ),
)
SPANISH = (
    "Se hunde un ferry frente a Ostrand",
    (
        "Un ferry se hundió el lunes frente a Ostrand y doce personas murieron.\n"
        "Lo anunció por la noche la directora del puerto, Ines Quell."
    ),
)
LANGUAGES = {"en": FERRY, "de": GERMAN, "fr": FRENCH, "es": SPANISH}


def kinds(old: tuple[str, str], new: tuple[str, str], language: str | None = "en") -> set[str]:
    return {
        str(change.kind)
        for change in changes_between(ArticleText(*old, language), ArticleText(*new, language))
    }


def replaced(language: str, was: str, now: str) -> tuple[str, str]:
    """Return the language's article with one run of words exchanged, in title and text."""
    title, text = LANGUAGES[language]
    assert was in title or was in text
    return title.replace(was, now), text.replace(was, now)


TELLING = [
    # language, what stood there, what stands there now, what is told
    ("en", "12 people", "14 people", "number"),
    ("en", "12 people are dead", "at least 15 people have died", "number"),
    ("en", "two boats", "three boats", "number"),
    ("en", "6,200", "620", "number"),
    ("en", "6,200", "6,300", "number"),
    ("en", "at 10:30", "at 11:45", "number"),
    ("en", "Ines Quell", "Mara Tind", "name"),
    ("en", "Olle Brandt", "Ole Brandt", "name"),
    ("en", "the Aurora", "the Borealis", "name"),
    ("en", "off Ostrand", "off Torvel", "name"),
    ("en", "Harbour master Ines Quell", "Harbour Master Mara Tind", "name"),
    ("en", "Ferry sinks", "Ferry sunk by a mine", "headline"),
    ("en", "Ferry sinks off Ostrand", "Twelve dead as ferry sinks off Ostrand", "headline"),
    ("en", "Ferry sinks off Ostrand", "Ferry does not sink off Ostrand", "headline"),
    (
        "en",
        "was not at hand.",
        "was not at hand.\nCorrection: The Aurora was no ferry.",
        "correction",
    ),
    (
        "en",
        "was not at hand.",
        "was not at hand.\nAn earlier version of this article named another quay.",
        "correction",
    ),
    (
        "en",
        "was not at hand.",
        "was not at hand.\nCORRECTION\nIt was the second quay.",
        "correction",
    ),
    (
        "en",
        "was not at hand.",
        "was not at hand. This story has been corrected to say whose boats they were.",
        "correction",
    ),
    (
        "en",
        "was not at hand.",
        "was not at hand.\nEditor's note: The quay is Ansel's.",
        "correction",
    ),
    ("en", "Ferry sinks off", "CORRECTED-Ferry sinks off", "correction"),
    ("de", "zwölf Menschen", "elf Menschen", "number"),
    ("de", "Ines Quell", "Mara Tind", "name"),
    (
        "de",
        "bekannt.",
        "bekannt.\nBerichtigung: Es war keine Fähre, es war ein Kutter.",
        "correction",
    ),
    (
        "de",
        "bekannt.",
        "bekannt.\nIn einer früheren Version stand, es sei ein Kutter gewesen.",
        "correction",
    ),
    ("de", "Fähre sinkt vor", "Fähre brennt und sinkt vor", "headline"),
    ("fr", "douze personnes", "onze personnes", "number"),
    ("fr", "Ines Quell", "Mara Tind", "name"),
    ("fr", "soirée.", "soirée.\nRectificatif : il s'agissait d'un chalutier.", "correction"),
    (
        "fr",
        "soirée.",
        "soirée.\nUne version précédente de cet article parlait d'un chalutier.",
        "correction",
    ),
    ("es", "doce personas", "once personas", "number"),
    ("es", "Quell.", "Quell.\nCorrección: se trataba de un pesquero.", "correction"),
    ("es", "Quell.", "Quell.\nFe de errores: se trataba de un pesquero.", "correction"),
    ("es", "Ines Quell", "Mara Tind", "name"),
]

BORING = [
    ("en", "said that two boats", "said that 2 boats"),
    ("en", "6,200", "6200"),
    ("en", "Harbour master Ines", "Harbor master Ines"),
    ("en", "Ferry sinks off Ostrand", "FERRY SINKS OFF OSTRAND"),
    ("en", "Ferry sinks off Ostrand", "Ferry sinks off Ostrand | Harbor Herald"),
    ("en", "Ferry sinks off Ostrand", "UPDATE 2: Ferry sinks off Ostrand"),
    ("en", "Ferry sinks off Ostrand", "A ferry sinks off Ostrand"),
    ("en", "Ferry sinks off", "Ferry sinsk off"),
    ("en", "The company carries", "  The  company\u00a0carries"),
    ("en", "said that", "said\u00ad \u200bthat"),
    ("en", "the wind was at its worst.", "the wind was “at its worst”."),
    ("en", "the wind was at its worst.", "the wind was at its worst — as ever."),
    ("en", "on Monday", "on Tuesday"),
    ("en", "was not at hand.", "was not at hand.\nLast updated on 3 June 2026 at 10:45"),
    ("en", "was not at hand.", "was not at hand.\nUpdated 11:02 GMT, 3 June 2026"),
    ("en", "was not at hand.", "was not at hand.\nRead more: 5 ferries that never came back"),
    ("en", "was not at hand.", "was not at hand.\nRelated: Apples freeze near Ridgeline"),
    ("en", "was not at hand.", "was not at hand.\nSign up for our newsletter, 3 times a week."),
    ("en", "was not at hand.", "was not at hand.\n128 comments"),
    ("en", "was not at hand.", "was not at hand. The search goes on."),
    ("en", "was not at hand.", "was not at hand. The inquiry is to report by 4 August 2026."),
    ("en", "sent a call for help", "asked for help by radio"),
    ("en", "Its director, Olle Brandt,", "Its director"),
    ("en", "Harbour master Ines Quell said", "Ines Quell, the harbour master, said"),
    ("en", "had gone out at once", "had set out at once"),
    ("en", "director, Olle Brandt,", "director, Captain Brandt,"),
    ("en", "A ferry sank", "A ferry foundered"),
    ("en", " The crew of", " The stock exchange saw a market correction that day. The crew of"),
    ("de", "die Hafenmeisterin", "die Leiterin des Hafens"),
    ("de", "Die Ursache ist", "Der Grund ist"),
    ("de", "zwölf Menschen", "12 Menschen"),
    ("de", "bekannt.", "bekannt.\nStand: 3.6.2026, 10:45 Uhr"),
    ("de", "bekannt.", "bekannt.\nLesen Sie auch: Fünf Fähren, die nie ankamen"),
    ("fr", "lundi", "ce lundi"),
    ("fr", "d'Ostrand", "d’Ostrand"),
    ("fr", "soirée.", "soirée.\nPublié le 3 juin 2026 à 10h45"),
    ("es", "por la noche", "anoche"),
    ("es", "Quell.", "Quell.\nActualizado: 3 de junio de 2026, 10:45"),
]


@pytest.mark.parametrize(("language", "was", "now", "told"), TELLING)
def test_an_edit_that_changes_a_fact_is_told(language: str, was: str, now: str, told: str) -> None:
    assert told in kinds(LANGUAGES[language], replaced(language, was, now), language)


@pytest.mark.parametrize(("language", "was", "now"), BORING)
def test_an_edit_that_changes_no_fact_is_boring(language: str, was: str, now: str) -> None:
    assert kinds(LANGUAGES[language], replaced(language, was, now), language) == set()


@pytest.mark.parametrize(("language", "was", "now"), BORING)
def test_a_boring_edit_that_is_undone_is_boring(language: str, was: str, now: str) -> None:
    assert kinds(replaced(language, was, now), LANGUAGES[language], language) == set()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Seen 3 hours ago near Torvel.", "Seen 5 hours ago near Torvel."),
        ("128 comments", "342 comments"),
        ("Updated 10:30, 3 June 2026", "Updated 11:45, 3 June 2026"),
        ("Grain 1,842.6 967.3 12.1", "Grain 1,850.0 970.9 12.4"),
    ],
)
def test_what_changes_by_itself_is_boring(was: str, now: str) -> None:
    title, text = FERRY
    assert kinds((title, f"{text}\n{was}"), (title, f"{text}\n{now}")) == set()


def test_sentences_that_are_put_in_another_order_are_boring() -> None:
    title, text = FERRY
    assert kinds(FERRY, (title, "\n".join(reversed(text.split("\n"))))) == set()


def test_a_text_that_is_new_for_the_most_part_is_told_as_such() -> None:
    report = " ".join(
        f"Witness number {word} told of a wave as high as a house and of lamps that went out."
        for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    )
    [change] = changes_between(ArticleText(*FERRY), ArticleText(FERRY[0], f"{FERRY[1]}\n{report}"))
    assert change.kind is ChangeKind.REWRITTEN
    assert change.sentence.startswith("Most of the text is new: 108 words, ")


def test_changes_are_told_in_sentences_the_gravest_first() -> None:
    title, text = FERRY
    now = text.replace("12 people", "14 people") + "\nCorrection: The quay was Ansel's."
    said = [
        change.sentence
        for change in changes_between(ArticleText(title, text), ArticleText("Ferry lost", now))
    ]
    assert said == [
        "A correction was published: “Correction: The quay was Ansel's.”",
        "The headline changed: “Ferry sinks off Ostrand” → “Ferry lost”",
        (
            "A number changed: 12 → 14 people, in “A ferry sank off Ostrand on Monday, and 14 people are "
            "dead.”"
        ),
    ]


def test_a_correction_that_stood_there_already_is_not_told_again() -> None:
    title, text = FERRY
    noted = f"{text}\nCorrection: The quay was Ansel's."
    assert (
        kinds((title, noted), (title, noted.replace("was Ansel's", "was that of Ansel"))) == set()
    )


def test_texts_without_spaces_are_compared_too() -> None:
    before = "船が月曜日に沈み、12人が死亡した。原因はまだ分かっていない。"
    after = "船が月曜日に沈み、14人が死亡した。原因はまだ分かっていない。訂正：場所は港の外でした。"
    assert kinds(("船が沈む", before), ("船が沈む", after), "ja") == {"number", "correction"}


def test_a_page_that_went_says_what_it_answers() -> None:
    assert removal(410).sentence == "The page was removed (it answers 410)."
    assert removal(None).sentence == "The page was removed."


ANY = st.text(st.characters(codec="utf-8"), max_size=200)


@given(ANY, ANY)
def test_what_says_the_same_has_not_changed(title: str, text: str) -> None:
    state = ArticleText(title, text, "en")
    assert changes_between(state, state) == ()


@settings(max_examples=200)
@given(ANY, ANY, ANY, ANY)
def test_every_pair_of_texts_has_an_answer(a: str, b: str, c: str, d: str) -> None:
    for change in changes_between(ArticleText(a, b, "en"), ArticleText(c, d, "de")):
        assert 0 < len(change.sentence) < 500


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "1.1," * 300_000,
        "A b. " * 200_000,
        "Ferry 12. " * 100_000,
        "Ann Lee " * 100_000,
        "\n" * 1_000_000,
        " ".join(str(n) for n in range(200_000)),
        "+++" * 300_000,
        "Correction (" * 100_000,
    ],
)
def test_hostile_texts_cost_little(text: str) -> None:
    with little_work():
        changes_between(
            ArticleText(text, text + " 3 Ann.", "en"),
            ArticleText(text[1:], "4 Bob. " + text[::-1], "en"),
        )
