"""What sites put round the texts of others: six styles, in several languages.

All words are written for the bench. A language without words of its own gets the English ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random


@dataclass(frozen=True, slots=True)
class Words:
    """What a language's sites say."""

    dated: str
    credit: tuple[str, ...]
    promos: tuple[str, ...]
    related: str
    share: str
    comments: tuple[str, ...]
    disclaimer: str
    more: str
    notice: str


WORDS = {
    "en": Words(
        dated="Posted {:%d/%m/%Y} at {:%H:%M}",
        credit=("Written by the newsdesk", "Posted in: General", "Filed by Staff Reporter 3"),
        promos=(
            "You might like\nSeven walks for a wet weekend",
            "Enjoying this? Our app brings you such pieces before anyone else has them.",
            "- Article continues after this message -",
            "Get our letter. No nonsense, one mail at noon, and you leave with a click.\nYour mail",
            "SPONSORED\nWhy everybody in town talks about this mattress",
        ),
        related="More from this section",
        share="Print  Send  Copy link  0 shares",
        comments=("Log in to join the talk", "0 replies", "Sort by: newest", "Be the first here."),
        disclaimer=(
            "The views given above are those of their writer alone. This site gathers what it finds"
            " for the convenience of its visitors and takes on no duty for how right, complete or"
            " recent any of it may be. Marks and pictures belong to whoever owns them; write to the"
            " address at the foot of the page and we shall take down what should not be here."
        ),
        more="Read the whole story at the source",
        notice="Correction: a previous form of this article gave the wrong title for an official.",
    ),
    "de": Words(
        dated="Stand: {:%d.%m.%Y}, {:%H:%M} Uhr",
        credit=("Von unserer Redaktion", "Rubrik: Allgemeines", "Eingestellt von Webteam"),
        promos=(
            "Lesen Sie dazu\nSieben Wege für ein Wochenende im Regen",
            "Gefällt Ihnen der Text? In unserer App steht so etwas früher als anderswo.",
            "- Nach diesem Hinweis geht es weiter -",
            "Unser Brief am Mittag: eine Nachricht, kein Geschwätz. Ihre Adresse:",
        ),
        related="Mehr aus diesem Ressort",
        share="Drucken  Senden  Link kopieren  0 Mal geteilt",
        comments=("Zum Mitreden bitte anmelden", "0 Antworten", "Neueste zuerst"),
        disclaimer=(
            "Alle Angaben ohne Gewähr. Die Meinung des Verfassers ist nicht die des Betreibers, der"
            " für Richtigkeit, Vollständigkeit und Alter der gesammelten Beiträge nicht einsteht."
            " Bilder und Marken gehören ihren Inhabern; ein Hinweis an die Adresse am Seitenende"
            " genügt, und wir nehmen heraus, was hier nicht stehen soll."
        ),
        more="Den ganzen Beitrag gibt es bei der Quelle",
        notice="Korrektur: In einer früheren Fassung stand das Amt einer Person falsch.",
    ),
    "fr": Words(
        dated="Mis en ligne le {:%d/%m/%Y} à {:%H:%M}",
        credit=("Par l'équipe du site", "Rubrique : Divers"),
        promos=(
            "À voir aussi\nSept promenades pour un dimanche de pluie",
            "Cet article vous plaît ? Notre application les apporte avant les autres.",
            "- La suite après ce message -",
        ),
        related="Dans la même rubrique",
        share="Imprimer  Envoyer  Copier le lien",
        comments=("Connectez-vous pour réagir", "0 réaction"),
        disclaimer=(
            "Les avis exprimés n'engagent que leur auteur. Ce site réunit ce qu'il trouve pour la"
            " commodité de ses visiteurs et ne répond ni de l'exactitude ni de l'âge des textes."
        ),
        more="Lire la suite à la source",
        notice="Rectificatif : une version antérieure donnait un titre inexact à un responsable.",
    ),
    "es": Words(
        dated="Subido el {:%d/%m/%Y} a las {:%H:%M}",
        credit=("Por el equipo de la web", "Sección: Varios"),
        promos=(
            "Puede interesarle\nSiete paseos para un domingo de lluvia",
            "¿Le gusta este texto? Nuestra aplicación los lleva antes que nadie.",
            "- Sigue después de este mensaje -",
        ),
        related="Más de esta sección",
        share="Imprimir  Enviar  Copiar enlace",
        comments=("Entre para opinar", "0 respuestas"),
        disclaimer=(
            "Las opiniones son solo de quien las firma. Esta web reúne lo que encuentra para"
            " comodidad de sus visitantes y no responde de que sea exacto, completo ni reciente."
        ),
        more="Siga leyendo en la fuente",
        notice="Corrección: una versión anterior daba mal el cargo de una persona.",
    ),
    "ja": Words(
        dated="{:%Y年%m月%d日} {:%H:%M} 掲載",
        credit=("編集部まとめ", "カテゴリー：総合"),
        promos=(
            "あわせて読みたい\n雨の週末に歩きたい七つの道",
            "この記事が役に立ったらアプリもお試しください。",
        ),
        related="この欄のほかの記事",
        share="印刷　送る　リンクを写す",
        comments=("書き込むには登録が必要です", "返信はまだありません"),
        disclaimer="掲載された意見は筆者個人のものであり、当サイトは内容の正確さについて責任を負いません。",
        more="続きは元の記事で",
        notice="訂正：以前の版では担当者の肩書きに誤りがありました。",
    ),
}

STYLES = 6


@dataclass(frozen=True, slots=True)
class Page:
    """A text with its title and language, of which documents are made."""

    title: str
    text: str
    language: str


def words_of(language: str) -> Words:
    """Return the words of a language's sites."""
    return WORDS.get(language, WORDS["en"])


def wrap(page: Page, now: datetime, titles: Sequence[str], random: Random) -> str:
    """Wrap a text as one of six kinds of site does; the greatest wrapper has 200 words."""
    title = page.title
    words = words_of(page.language)
    dated = words.dated.format(now, now)
    named = [word for word in re.split(r"\W+", title) if word][: random.randint(3, 8)]
    others = random.sample(titles, min(len(titles), random.randint(3, 9)))
    body = interrupted(page.text, random.sample(words.promos, random.choice((0, 1, 1, 2))), random)
    credit = random.choice(words.credit)
    styles = (
        [credit, dated, body, f"Tags: {', '.join(named)}", "\n".join(words.comments)],
        [f"Home > News > {title}", words.share, dated, body, words.related, "\n".join(others)],
        [title, dated, body, " ".join(f"#{word}" for word in named), words.disclaimer],
        [body, words.more],
        [words.share, body, words.share, words.related, *others, *words.comments],
        [f"{dated} | {credit}", title, body, words.disclaimer, *words.comments, "\n".join(others)],
    )
    return "\n\n".join(styles[random.randrange(STYLES)])


def interrupted(text: str, lines: Sequence[str], random: Random) -> str:
    """Put lines between a text's paragraphs."""
    paragraphs = text.split("\n\n") if "\n\n" in text else text.split("\n")
    for line in lines:
        paragraphs.insert(random.randint(1, max(1, len(paragraphs) - 1)), line)
    return "\n\n".join(paragraphs)
