"""Words by which newsrooms mark what they edit, and what surrounds a text, in the larger languages; pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

_CORRECTION_LABELS = (
    "correction corrections corrected clarification erratum errata retraction editor's_note "
    "berichtigung korrektur korrigiert richtigstellung anm(erkung)?[.]?_d(er|[.])_red(aktion|[.]) "
    "rectificatif rectification précision corrección rectificación fe_de_(errores|erratas) "
    "rettifica correzione errata_corrige correção retificação correctie rectificatie "
    "sprostowanie korekta oprava rättelse rettelse rettet oikaisu düzeltme исправление поправка "
    "уточнение виправлення διόρθωση helyesbítés corectură تصحيح תיקון"
)
_CORRECTION_LABELS_UNSPACED = "更正 勘误 勘誤 訂正 お詫び 정정 바로잡습니다"
_CORRECTION_PHRASES = (
    r"(an )?earlier versions? of (this|the) (article|story|report|post|piece|headline)",
    r"(a )?previous versions? of (this|the) (article|story|report|post|piece|headline)",
    r"(has|have|was|were) (been )?(amended|corrected|updated|clarified|edited) to "
    r"(correct|clarify|reflect|remove|make clear)",
    r"we (regret|apologi[sz]e for) the error",
    r"(article|story|report) (has been|was) (retracted|withdrawn|corrected)",
    r"in einer (früheren|vorherigen|ersten) (version|fassung)",
    r"wir haben (den|diesen) (fehler|artikel|text) korrigiert",
    r"une (première |précédente )?version (précédente|antérieure|initiale)? ?de (cet|cette|l') ?"
    r"(article|dépêche)",
    r"(cet article|cette dépêche) a été (corrigée?|rectifiée?)",
    r"una versión (anterior|previa) de (este|esta) (artículo|nota|noticia)",
    r"una (versione precedente|precedente versione) (di|dell)",
    r"uma versão anterior (deste|desta|dest)",
    r"(een|in een) eerdere versie van dit (artikel|bericht|stuk)",
    r"w poprzedniej wersji",
    r"(en|i en) tidigare version av",
    r"в предыдущей версии",
)
_TIME_LABELS = (
    "(last_)?updated published posted stand (zuletzt_)?aktualisiert veröffentlicht mis_à_jour "
    "publié modifié actualizado publicado aggiornato pubblicato atualizado bijgewerkt gepubliceerd "
    "zaktualizowano uppdaterad publicerad opdateret oppdatert päivitetty обновлено опубликовано "
    "güncellenme güncelleme 更新"
)
_DATED = re.compile(r"\d{1,2}[:.h]\d\d|\b(19|20)\d\d\b|\d{1,2}[./-]\d{1,2}")
_EDGE_LABELS = (
    "read_(more|also|next) see_also related more_(on|from|stories|about) "
    "sign_up subscribe follow_us share_(this|on|via) advertisement advert most_read trending "
    "listen watch photo image picture credit copyright © all_rights_reserved "
    "lesen_sie_(auch|mehr) mehr_(zum|zu|aus) anzeige newsletter folgen_sie teilen foto bild "
    "quelle lire_(aussi|la|plus) à_lire voir_aussi abonnez publicité lea_(también|más) "
    "lee_también suscríbete síguenos publicidad leggi_anche iscriviti pubblicità leia_(também|mais) "
    "lees_(ook|meer) czytaj_(też|także) läs_(också|mer|även) les_også читайте подписывайтесь"
)
_COUNTER = re.compile(
    r"\b\d[\d.,]{0,12} ?(k|m|tsd[.]?|mio[.]?)? ?"
    r"(comments?|shares?|likes?|views?|reads?|readers?|reactions?|followers?|votes?|min(ute)?s? read|"
    r"kommentare?|aufrufe|leser|minuten? lesezeit|commentaires?|partages|vues|lectures?|"
    r"comentarios?|vistas|lecturas|commenti|visualizzazioni|comentários|reacties|komentarz[ye]?|"
    r"комментари\w*|просмотр\w*)\b",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b\d{1,4} ?(seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|weeks?) ago\b|"
    r"\bvor \d{1,4} (sekunden?|minuten?|min[.]?|stunden?|std[.]?|tage?n?)\b|"
    r"\bil y a \d{1,4} ?(secondes?|minutes?|min|heures?|h|jours?)\b|"
    r"\bhace \d{1,4} (segundos?|minutos?|horas?|días?)\b|"
    r"\bhá \d{1,4} (minutos?|horas?|dias?)\b|"
    r"\b\d{1,4} (minuti|ore|giorni) fa\b|"
    r"\b\d{1,4} (минут\w*|час\w*|дн\w+) назад",
    re.IGNORECASE,
)
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec today yesterday tomorrow "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "montagmorgen montagabend dienstagmorgen dienstagabend mittwochmorgen mittwochabend "
    "donnerstagmorgen donnerstagabend freitagmorgen freitagabend samstagabend sonntagabend "
    "januar jänner februar märz mai juni juli oktober dezember "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes "
    "sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica".split()
)
_LITTLE = frozenset(
    "a an the of in on at to for by and as is are its with from that der die das den dem ein eine im "
    "am und zu von le la les un une de des du et à au en el los las y il lo gli i di e o os as do da "
    "het een van".split()
)
_PREFIXES = (
    r"^\W*(live|breaking|updated?|exclusive|watch|video|just in|developing|live-?ticker|liveblog|"
    r"eilmeldung|\+\+\+.*?\+\+\+|direct|en direct|urgente?|última hora|exclusif|ultim'ora)"
    r"\s*(\d+\s*)?[:|–—-]\s*"
)
_NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf",
}
_MOST_LABEL_WORDS = 18
"""A line with more words than that is a sentence, whatever it begins with."""

_MOST_TIME_WORDS = 6
"""The words that a line with a time has besides it: "last updated by Ann Lee at"."""


def is_correction(sentence: str) -> bool:
    """Tell whether a sentence says that the text was corrected or withdrawn."""
    return bool(_corrections().search(sentence.casefold()))


def is_edge(sentence: str) -> bool:
    """Tell whether a line belongs to the page and not to the text: times, counters, links, adverts."""
    if len(sentence.split()) > _MOST_LABEL_WORDS:
        return False
    folded = sentence.casefold()
    return bool(_edges().match(folded) or _COUNTER.search(folded)) or _is_time(folded)


def without_ages(sentence: str) -> str:
    """Take out how long ago something was: it changes by itself."""
    return _AGO.sub(" ", sentence)


def without_label(headline: str) -> str:
    """Take off what says of a headline only that it is new: LIVE, Update, Breaking."""
    return _prefixes().sub("", headline)


def is_calendar(word: str) -> bool:
    """Tell whether a word is a day or a month, which follow-ups exchange for style."""
    return word.casefold() in _CALENDAR


def is_little(word: str) -> bool:
    """Tell whether a folded word says nothing by itself, such as an article."""
    return word in _LITTLE


def number_words(language: str | None) -> Mapping[str, str]:
    """Return the digits of the numbers from two to twelve that a language writes out.

    One is an article in most languages, and no number here. A language that is unknown or not
    among these has none, for `once` is eleven in Spanish.
    """
    words = _NUMBER_WORDS.get(language or "", "").split()
    return {word: str(value) for value, word in enumerate(words, start=2)}


def _is_time(folded: str) -> bool:
    """Tell whether a line says when the text was published or changed, and nothing else."""
    if not _times().match(folded) or not _DATED.search(folded):
        return False
    words = [word for word in re.findall(r"[^\W\d_]+", folded) if not is_calendar(word)]
    return len(words) <= _MOST_TIME_WORDS


@functools.cache
def _times() -> re.Pattern[str]:
    return re.compile(rf"^\W{{0,5}}({_either(_TIME_LABELS)})(?!\w)")


@functools.cache
def _corrections() -> re.Pattern[str]:
    labels = _either(_CORRECTION_LABELS)
    unspaced = _either(_CORRECTION_LABELS_UNSPACED)
    label = rf"^\W{{0,5}}(({labels})(\s*\([^)]{{0,60}}\)|\s+[\d./-]{{1,12}})?\s*([:：—–|-]|[.]?$)|({unspaced}))"
    phrases = "|".join(_CORRECTION_PHRASES)
    return re.compile(rf"{label}|\b({phrases})")


@functools.cache
def _edges() -> re.Pattern[str]:
    return re.compile(rf"^\W{{0,5}}({_either(_EDGE_LABELS)})(?!\w)")


@functools.cache
def _prefixes() -> re.Pattern[str]:
    return re.compile(_PREFIXES, re.IGNORECASE)


def _either(words: str) -> str:
    """Make a pattern of words; an underscore in them stands for a space."""
    return "|".join(words.split()).replace("_", " ")
