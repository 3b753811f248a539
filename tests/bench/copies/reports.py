"""Short reports written for the bench, with a translation and a paraphrase of each."""

from __future__ import annotations

_HARBOUR = (
    "The port authority of Elsmark closed its northern basin on Monday after divers found that the"
    " quay wall had moved by eleven centimetres since spring. Three freighters were towed to the"
    " outer roads, and a fourth, loaded with timber, had to be emptied by hand because no crane may"
    " stand near the edge. Harbour master Ingrid Vale said that the repair would take until summer"
    " and cost about nine million. Dockers will be paid their full wages for six weeks."
)
_SCHOOL = (
    "Parents in the valley of Rosental have won their case against the closing of the village"
    " school. The administrative court found that the district had counted only pupils who were"
    " registered in September and had left out 14 children of families who moved there during the"
    " autumn. The school may now keep both of its classes for at least four years. The district"
    " said that it would not appeal, and that a second teacher would be hired before Easter."
)

TRANSLATIONS: tuple[tuple[str, str], ...] = (
    (
        _HARBOUR,
        (
            "Die Hafenbehörde von Elsmark hat am Montag ihr nördliches Becken gesperrt, nachdem Taucher"
            " festgestellt hatten, dass sich die Kaimauer seit dem Frühjahr um elf Zentimeter bewegt"
            " hat. Drei Frachter wurden auf die Außenreede geschleppt, ein vierter, mit Holz beladen,"
            " musste von Hand gelöscht werden, weil kein Kran nahe am Rand stehen darf. Hafenmeisterin"
            " Ingrid Vale sagte, die Reparatur werde bis zum Sommer dauern und rund neun Millionen"
            " kosten. Die Hafenarbeiter erhalten sechs Wochen lang vollen Lohn."
        ),
    ),
    (
        _SCHOOL,
        (
            "Les parents de la vallée de Rosental ont gagné leur procès contre la fermeture de l'école"
            " du village. Le tribunal administratif a constaté que le district n'avait compté que les"
            " élèves inscrits en septembre et avait oublié 14 enfants de familles arrivées pendant"
            " l'automne. L'école peut désormais garder ses deux classes pendant au moins quatre ans. Le"
            " district a fait savoir qu'il ne ferait pas appel et qu'une seconde institutrice serait"
            " engagée avant Pâques."
        ),
    ),
)

PARAPHRASES: tuple[tuple[str, str], ...] = (
    (
        _HARBOUR,
        (
            "Ships can no longer use Elsmark's northern dock: its wall is sliding. Inspectors under"
            " water measured a shift of 11 cm in half a year, and the port shut the basin at the start"
            " of the week. Tugs took three cargo vessels outside. Timber from another was carried off"
            " without machines, as heavy gear is banned from the rim. Works are expected to last into"
            " next summer at a price near nine million, according to Ingrid Vale, who runs the harbour;"
            " for a month and a half nobody on the docks will lose any pay."
        ),
    ),
    (
        _SCHOOL,
        (
            "Rosental's little school stays. Judges sided with families who had sued over its planned"
            " end, because officials used a September head count and so missed fourteen newcomers who"
            " arrived later in the year. Two classes are safe for four years or more; the authority"
            " accepts the ruling and wants to recruit another teacher by spring."
        ),
    ),
)
