"""Reports of one form, written for the bench: the same words, filled in anew each day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

_PLACES = (
    "Alder", "Brook", "Carne", "Dale", "Esker", "Fenn", "Gorse", "Holm", "Inver", "Kells",
    "Lorne", "Marl", "Ness", "Orme", "Penn", "Quay", "Rill", "Stane", "Tarn", "Wick",
)  # fmt: skip
_SURNAMES = (
    "Abara", "Bianchi", "Castel", "Duarte", "Ekström", "Fournier", "Grimm", "Haddad", "Ibsen",
    "Jansen", "Kovac", "Lindt", "Moreau", "Novak", "Okoro", "Petrov", "Quist", "Rossi", "Sato",
)  # fmt: skip

FIGURES: dict[str, str] = {
    "weather": (
        "Outlook for {place} on {day}: cloud in the morning, breaking up from the west, with a high"
        " of {n40} and a low of {n20} degrees. The wind comes from the {way} at {n60} kilometres an"
        " hour with gusts of {n90}. The chance of rain is {n99} percent before noon and {n99}"
        " percent after it; {n20} millimetres are expected. The sun rises at {clock} and sets at"
        " {clock}. Pollen stands at {n9} of 10. The sea off {place} has {n20} degrees. Those who"
        " travel over the hills should mind fog early in the day. The next outlook comes at six."
    ),
    "earnings": (
        "{name} {place} Group said on {day} that its profit for the quarter was {m} million against"
        " {m} million a year before, on revenue of {m} million. That is {c} a share; analysts had"
        " looked for {c} on average. The margin was {d} percent. For the whole year the company now"
        " expects revenue between {m} and {m} million. Its shares moved {d} percent before the"
        " opening bell and have moved {d} percent since January. The board keeps the dividend and"
        " will speak to analysts this afternoon about the results."
    ),
    "lottery": (
        "The numbers drawn on {day} in the {place} lottery are {n49}, {n49}, {n49}, {n49}, {n49} and"
        " {n49}, and the extra number is {n9}. {n9} tickets had all six and win {m} thousand each,"
        " {n99} tickets had five and win {m}, {m} tickets had four and win {c}. The pot for the"
        " next draw is about {m} thousand. Winners have 13 weeks to bring their ticket to an office"
        " or a shop of the lottery. Numbers are given without warranty. Playing can become a habit:"
        " help is free of charge and open day and night."
    ),
    "verkehr": (
        "Verkehrslage am {day}: Auf der A{n99} zwischen {place} und {place} stockt der Verkehr auf"
        " {n20} Kilometern, die Wartezeit beträgt {n90} Minuten. Auf der A{n99} bei {place} ist nach"
        " einem Unfall die rechte Spur gesperrt, {n9} Kilometer Stau. Die B{m} bleibt bis {clock}"
        " Uhr wegen Bauarbeiten geschlossen, eine Umleitung über {place} ist ausgeschildert. Züge"
        " nach {place} fahren derzeit mit {n60} Minuten Verspätung. Wir bitten alle Fahrer, die"
        " Rettungsgasse frei zu halten und die Hinweise am Straßenrand zu beachten."
    ),
    "bourse": (
        "La Bourse de {place} a terminé la séance de {day} sur une variation de {d} %, l'indice"
        " principal s'établissant à {m} points dans un volume de {c} milliards. {name} a gagné {d} %"
        " à {c} euros et {name} a cédé {d} % à {c} euros. Le rendement à dix ans se situait à {d} %"
        " et l'euro valait {c} dollar en fin de journée. Le baril pour livraison le mois prochain"
        " coûtait {c} dollars. Les opérateurs attendent désormais les chiffres de l'emploi et la"
        " réunion de la banque centrale."
    ),
    "partido": (
        "{place} venció por {n9}-{n9} a {place} el {day} ante {m} espectadores. El primer tanto llegó"
        " en el minuto {n40} por medio de {name} y el segundo en el {n90}. {place} tuvo el balón el"
        " {n60} por ciento del tiempo y remató {n20} veces; su rival, {n9}. Los ganadores suben al"
        " puesto {n20} con {n60} puntos. El entrenador dijo que el equipo había merecido los tres"
        " puntos y que ya piensa en el próximo partido. Las entradas se venden desde el sábado en"
        " las taquillas del estadio."
    ),
    "tides": (
        "Tides at {place} on {day}: high water at {clock} with {c} metres and at {clock} with {c}"
        " metres, low water at {clock} with {c} metres. Waves of {c} metres from the {way} every"
        " {n20} seconds, water {n20} degrees. The bar is open to boats of up to {n20} metres until"
        " {clock}. Bathers keep between the flags at the middle beach; the life guards are there"
        " from nine to seven. Fishing from the north mole is not allowed while ships come in."
    ),
}
"""Forms in which the figures make the report."""

WORDY: dict[str, str] = {
    "obituary": (
        "{first} {name}, of {place}, has died peacefully after a short illness, with family at the"
        " bedside. {first} was born in {place} as the child of a {trade} and a {trade}, and worked"
        " for many years as a {trade} in {place}. Friends remember a love of {love} and {love}."
        " {first} leaves {kin} and {kin}. A service will be held at the chapel in {place} on {day}."
        " The family asks for no flowers; gifts may be made to the hospice, whose care was beyond"
        " all praise. All who knew the departed are welcome at the house after the service."
    ),
    "job": (
        "The {place} Clinics are looking for a {trade} for their house in {place}, full time or"
        " part time, from the next possible date. You like to work with people, keep calm when much"
        " is asked of you, and bring a finished training as a {trade}. We offer pay by the public"
        " scale, thirty days of leave, help with finding a flat, and a place in our nursery. Our"
        " teams are small and decide much themselves. We welcome applications from all, whatever"
        " their origin, age or belief. Send your papers to {first} {name} by {day}. We look forward"
        " to hearing from you and answer every letter within a fortnight."
    ),
    "horoscope": (
        "{sign}: {luck} {luck} At work {duty}; in love {duty}. Those born late in the sign should"
        " {advice}, and all should {advice} before the week is out. The moon helps whoever is"
        " patient, and the stars ask for {love}. Your day of luck is {weekday}, your colour is"
        " {colour}. Single people look forward to a meeting near {place}. Health stays good as long"
        " as you sleep enough and drink water. Come back tomorrow for what the sky has in store."
    ),
    "police": (
        "The police in {place} ask for help after a {crime} in the {way} of the town on {day}. An"
        " unknown person {deed} and fled towards {place}. The person is said to be of middle height"
        " and wore {colour} trousers and a {colour} coat. Nobody was hurt. Whoever has seen"
        " something is asked to call the station in {place} or any other station. The officers also"
        " remind everyone to lock doors and windows, to leave nothing of worth in cars, and to tell"
        " them about strangers who behave oddly. Hints are kept secret where that is wished."
    ),
}
"""Forms in which words make the report, and few figures stand."""

_CHOICES: dict[str, Sequence[str]] = {
    "place": [f"{one}{other}" for one in _PLACES for other in ("ford", "ham", "ton", " Bay")],
    "name": _SURNAMES,
    "first": ("Ada", "Ben", "Cleo", "Dirk", "Edda", "Finn", "Gwen", "Hugo", "Ines", "Jens", "Kim"),
    "way": ("north", "south", "east", "west", "north-east", "south-west"),
    "trade": ("baker", "nurse", "clerk", "joiner", "teacher", "porter", "cook", "surveyor"),
    "love": ("roses", "chess", "the sea", "choirs", "old maps", "trains", "hill walks", "bees"),
    "kin": ("two sons", "a daughter", "a sister", "four grandchildren", "a brother", "a dog"),
    "sign": ("Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo", "Libra", "Pisces"),
    "luck": ("Luck calls twice.", "Take your time.", "A letter brings joy.", "Old debts are paid."),
    "duty": ("speak plainly", "let others go first", "a small step is enough", "wait and listen"),
    "advice": ("call a friend", "save a little", "tidy a drawer", "write things down"),
    "weekday": ("Monday", "Tuesday", "Thursday", "Sunday"),
    "colour": ("green", "blue", "grey", "yellow", "brown", "white"),
    "crime": ("break-in", "theft", "robbery", "case of arson", "hit-and-run"),
    "deed": ("broke a window", "took a handbag", "forced a cellar door", "damaged three cars"),
}


def fill(form: str, day: datetime, random: Random) -> str:
    """Fill in a form: names and places by chance, figures as wide as their names say."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name == "day":
            return f"{day:%d %B}"
        if name == "clock":
            return f"{random.randint(4, 22)}.{random.randint(0, 59):02}"
        if name in _CHOICES:
            return random.choice(_CHOICES[name])
        if name in ("c", "d"):
            return f"{random.uniform(0.1, 95 if name == 'c' else 9):.2f}"
        return str(random.randint(101, 9999) if name == "m" else random.randint(1, int(name[1:])))

    return re.sub(r"\{(\w+)\}", value, form)
