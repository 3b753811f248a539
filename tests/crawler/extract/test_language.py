"""The language of a text is what the text shows; what is declared counts where it can't tell."""

from __future__ import annotations

import sys

import pytest

from crawler.extract.language import language_of

TEXTS = {
    "de": "Die Gewerkschaft hat für Montag zu einem Streik im Hafen aufgerufen. Wie der Betreiber "
    "mitteilte, fallen deshalb alle Fähren aus. Reisende sollen sich vor der Abfahrt erkundigen.",
    "en": "The union has called a strike in the harbour for Monday. The operator said that all of "
    "the ferries were cancelled, and that travellers should ask before they leave.",
    "fr": "Le syndicat a appelé à la grève dans le port pour lundi. Selon l'exploitant, tous les "
    "bateaux sont annulés et les voyageurs sont priés de se renseigner avant le départ.",
    "es": "El sindicato ha convocado una huelga en el puerto para el lunes. Según la empresa, todos "
    "los barcos quedan suspendidos y los viajeros deben informarse antes de salir.",
    "pt": "O sindicato convocou uma greve no porto para segunda-feira. Segundo a empresa, todos os "
    "barcos foram cancelados e os passageiros devem informar-se antes de sair de casa.",
    "no": "Fagforeningen har varslet streik i havnen fra mandag. Ifølge selskapet er alle fergene "
    "innstilt, og de reisende bør undersøke om ruten går før de drar hjemmefra.",
    "ru": "Профсоюз объявил о забастовке в порту с понедельника. По словам оператора, все паромы "
    "отменены, и пассажирам следует узнать о рейсах до того, как они выйдут из дома.",
    "uk": "Профспілка оголосила про страйк у порту з понеділка. За словами оператора, всі пороми "
    "скасовано, і пасажирам слід дізнатися про рейси до того, як вони вийдуть з дому.",
    "ar": "أعلنت النقابة عن إضراب في الميناء يوم الاثنين، وقالت الشركة إن جميع العبارات توقفت عن "
    "العمل وإن على المسافرين أن يسألوا قبل أن يغادروا منازلهم في الصباح.",
    "ja": "組合は月曜日から港でストライキを行うと発表した。運営会社によると、すべてのフェリーが欠航となり、"
    "利用者は出発の前に確認するよう呼びかけている。交渉は金曜日に決裂し、大臣は双方に話し合いに戻るよう求めた。"
    "夕方にはもう一度会談が開かれる予定で、市民は早い解決を望んでいるという。港の職員は約三百人である。",
}
CROATIAN = (
    "Sindikat je najavio štrajk u luci od ponedjeljka. Prema riječima prevoznika, svi su trajekti "
    "otkazani, a putnici se trebaju raspitati prije nego što krenu od kuće."
)
PAIRS = [(language, declared) for language in TEXTS for declared in ("en-US", "de", "fr", "ru")]


@pytest.mark.parametrize(("language", "declared"), PAIRS)
def test_a_text_shows_its_language_whatever_its_page_declares(language: str, declared: str) -> None:
    assert language_of((declared,), TEXTS[language]) == language


@pytest.mark.parametrize("language", TEXTS)
def test_what_the_text_shows_needs_no_model(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)  # an import of it fails
    assert language_of((f"{language}-XX",), TEXTS[language]) == language


@pytest.mark.parametrize("declared", ["en", "de"])
def test_what_is_declared_is_believed_of_a_text_too_short_to_tell(declared: str) -> None:
    assert language_of((declared,), "Streik im Hafen: alle Fähren fallen aus.") == declared


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("nb", TEXTS["no"]),
        ("nn", TEXTS["no"]),
        ("bs", CROATIAN),
    ],
)
def test_languages_that_are_written_alike_are_told_apart_by_what_is_declared(
    declared: str, text: str
) -> None:
    assert language_of((declared,), text) == declared


@pytest.mark.parametrize("declared", [(), ("",), ("german",), ("xx",)])
def test_what_is_no_code_counts_for_nothing(declared: tuple[str, ...]) -> None:
    assert language_of(declared, TEXTS["de"]) == "de"


def test_a_short_text_of_which_nothing_is_declared_has_no_language() -> None:
    assert language_of((), "Streik im Hafen") is None
