"""German compounds are found by their parts when that is asked for, and words that only hold the letters are not."""

from __future__ import annotations

import pytest

from scheduler.query.analysis.compounds import compound_parts
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds

FOUND = {
    "Streik": "Fährstreik Streikrecht Lokführerstreiks Warnstreik Hungerstreiks Streikbrecher",
    "Wahl": "Wahlkampf Stichwahlen Bundestagswahl Wahlrecht Briefwahl Wahllokale Neuwahlen",
    "Rat": "Stadtrat Bundesrats Betriebsrates Rathaus Ratsmitglied Landrat Nationalrat",
    "Amt": "Jugendamt Amtszeit Bundesamt Standesamtes Amtsgericht Sozialamt",
    "Bahn": "Bahnhof Autobahn Rennbahn Bahnstrecke Regionalbahnen Bahnverkehr",
    "Gericht": "Landgericht Gerichtshof Amtsgerichts Gerichtsurteil Strafgerichtshof",
    "Steuer": "Lohnsteuer Steuersatz Mehrwertsteuersatz Steuerzahler",
    "Schule": "Hochschule Schulhof Schulleiter Tanzschulen Musikschule",
    "Miete": "Mietpreis Mietvertrag Kaltmiete Mietrecht",
    "Klima": "Klimaschutz Weltklima Klimawandel Betriebsklima",
    "Haus": "Krankenhaus Hausbesitzer Rathauses Kaufhäuser Hausarzt",
    "Markt": "Weltmarkt Marktplatz Arbeitsmarkt Weihnachtsmarktes",
}
NOT_FOUND = {
    "Rat": "Heirat Apparat Demokratie Temperatur Literatur Ratten privat Karat",
    "Amt": "gesamt Beamte Samt amtlich Gesamtzahl Hamster Madame",
    "Reise": "Preise Kreise Greise Wahlkreis Preisen",
    "Wahl": "wählerisch wahllos auswählt",
    "Bahn": "anbahnen gebahnt",
    "Steuer": "Besteuerung versteuert",
    "Recht": "Brecht gerecht rechtlich berechtigt",
    "Gericht": "ausgerichtet eingerichtet",
    "Macht": "gemacht vermacht",
    "Stand": "Verstand Bestand",
    "Tat": "Staat Zitat Status",
    "Ort": "Sport Wort Antwort Export",
    "Alt": "Gestalt Gehalt Anwalt",
}


def finds(query: str, text: str, language: str = "de") -> bool:
    return holds(parse_query(query), AnalysedDocument(Document("", text, language)))


@pytest.mark.parametrize("part", FOUND)
def test_a_compound_is_found_by_its_part(part: str) -> None:
    missed = [w for w in FOUND[part].split() if not finds(f"compound:{part}", w)]
    assert missed == []


@pytest.mark.parametrize("part", NOT_FOUND)
def test_a_word_that_only_holds_the_letters_is_not(part: str) -> None:
    wrong = [word for word in NOT_FOUND[part].split() if finds(f"compound:{part}", word)]
    assert wrong == []


def test_it_is_a_switch() -> None:
    assert not finds("Streik", "Fährstreik")
    assert finds("compound:(Streik OR Wahl) Kiel", "Bundestagswahlen in Kiel")
    assert finds("compound:Streiks", "Der Streik, ein Streik")


def test_other_languages_have_their_forms_only() -> None:
    assert finds("compound:strike", "The strikes go on.", "en")
    assert not finds("compound:strike", "The overstrike goes on.", "en")


def test_a_long_run_of_letters_has_no_parts() -> None:
    assert compound_parts("streik" * 40) == frozenset()
