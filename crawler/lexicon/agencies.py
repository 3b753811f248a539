"""News agencies and others whose texts are printed elsewhere: proper names, spellings, sites; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, by the names that stand in credits.

    `spellings` are unmistakable wherever they stand in a line; `marks` are also ordinary words,
    names or initials: they count only where an agency has to stand.
    """

    name: str
    sites: tuple[str, ...]
    spellings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


AGENCIES = (
    Agency("The Associated Press", ("apnews.com", "ap.org"), ("Associated Press",), ("AP",)),
    Agency(
        "Reuters", ("reuters.com", "reutersagency.com"), ("Reuters", "ロイター", "路透社", "路透")
    ),
    Agency(
        "Agence France-Presse",
        ("afp.com", "afpforum.com"),
        ("AFP", "Agence France-Presse", "Agence France Presse", "法新社"),
    ),
    Agency("United Press International", ("upi.com",), ("United Press International", "UPI")),
    Agency("Bloomberg", ("bloomberg.com",), ("Bloomberg News",), ("Bloomberg",)),
    Agency(
        "The Canadian Press",
        ("thecanadianpress.com",),
        ("Canadian Press", "La Presse canadienne"),
        ("CP",),
    ),
    Agency("PA Media", ("pa.media",), ("PA Media", "Press Association"), ("PA",)),
    Agency("Australian Associated Press", ("aap.com.au",), ("Australian Associated Press", "AAP")),
    Agency(
        "dpa", ("dpa.com", "dpa-international.com"), ("dpa", "Deutsche Presse-Agentur"), ("DPA",)
    ),
    Agency("epd", ("epd.de",), ("Evangelischer Pressedienst",), ("epd",)),
    Agency("KNA", ("kna.de", "kna-news.de"), ("Katholische Nachrichten-Agentur",), ("KNA",)),
    Agency("SID", ("sid.de",), ("Sport-Informations-Dienst",), ("SID",)),
    Agency("APA", ("apa.at",), ("Austria Presse Agentur",), ("APA",)),
    Agency(
        "Keystone-SDA",
        ("keystone-sda.ch",),
        ("Keystone-SDA", "Keystone-ATS"),
        ("SDA", "ATS", "sda", "ats"),
    ),
    Agency("ANSA", ("ansa.it",), ("Agenzia ANSA",), ("ANSA", "Ansa")),
    Agency("Adnkronos", ("adnkronos.com",), ("Adnkronos",)),
    Agency("AGI", ("agi.it",), (), ("AGI",)),
    Agency("EFE", ("efe.com",), ("Agencia EFE",), ("EFE",)),
    Agency("Europa Press", ("europapress.es",), ("Europa Press",)),
    Agency("Lusa", ("lusa.pt",), ("Agência Lusa",), ("Lusa",)),
    Agency("Agência Brasil", ("agenciabrasil.ebc.com.br",), ("Agência Brasil",)),
    Agency("Belga", ("belga.be", "belganewsagency.eu"), ("Belga News Agency", "BELGA"), ("Belga",)),
    Agency("ANP", ("anp.nl",), (), ("ANP",)),
    Agency("TT", ("tt.se",), ("TT Nyhetsbyrån",), ("TT",)),
    Agency("NTB", ("ntb.no",), ("Norsk Telegrambyrå",), ("NTB",)),
    Agency("Ritzau", ("ritzau.dk", "ritzau.com"), ("Ritzau", "/ritzau/")),
    Agency("STT", ("stt.fi",), ("Suomen Tietotoimisto",), ("STT",)),
    Agency("PAP", ("pap.pl",), ("Polska Agencja Prasowa",), ("PAP",)),
    Agency("ČTK", ("ctk.cz", "ceskenoviny.cz"), ("ČTK", "Česká tisková kancelář"), ("CTK",)),
    Agency("TASR", ("tasr.sk",), ("TASR",)),
    Agency("SITA", ("sita.sk",), (), ("SITA",)),
    Agency("MTI", ("mti.hu",), (), ("MTI",)),
    Agency("Agerpres", ("agerpres.ro",), ("Agerpres", "AGERPRES")),
    Agency("Tanjug", ("tanjug.rs",), ("Tanjug", "Танјуг")),
    Agency("Hina", ("hina.hr",), (), ("Hina", "HINA")),
    Agency("TASS", ("tass.ru", "tass.com"), ("TASS", "ТАСС", "ИТАР-ТАСС", "塔斯社")),
    Agency(
        "Interfax",
        ("interfax.ru", "interfax.com", "interfax.com.ua"),
        ("Interfax", "Интерфакс", "Інтерфакс"),
    ),
    Agency("RIA Novosti", ("ria.ru",), ("RIA Novosti", "РИА Новости", "РІА Новини")),
    Agency(
        "Sputnik", ("sputniknews.com", "sputnikglobe.com"), ("Sputnik International",), ("Sputnik",)
    ),
    Agency(
        "Ukrinform",
        ("ukrinform.net", "ukrinform.ua", "ukrinform.ru"),
        ("Ukrinform", "Укрінформ", "Укринформ"),
    ),
    Agency("UNIAN", ("unian.net", "unian.ua", "unian.info"), ("UNIAN", "УНІАН", "УНИАН")),
    Agency("Anadolu", ("aa.com.tr",), ("Anadolu Agency", "Anadolu Ajansı"), ("Anadolu", "AA")),
    Agency("DHA", ("dha.com.tr",), ("Demirören Haber Ajansı",), ("DHA",)),
    Agency("İHA", ("iha.com.tr",), ("İhlas Haber Ajansı",), ("İHA", "IHA")),
    Agency("Press Trust of India", ("ptinews.com",), ("Press Trust of India", "PTI")),
    Agency("ANI", ("aninews.in",), ("Asian News International",), ("ANI",)),
    Agency("IANS", ("ians.in",), ("Indo-Asian News Service", "IANS")),
    Agency(
        "Xinhua", ("xinhuanet.com", "news.cn"), ("Xinhua", "新华社", "新華社", "新华网", "新華網")
    ),
    Agency(
        "China News Service",
        ("chinanews.com.cn", "chinanews.com", "ecns.cn"),
        ("China News Service", "中新社", "中新网"),
    ),
    Agency(
        "Central News Agency",
        ("cna.com.tw", "focustaiwan.tw"),
        ("Central News Agency", "中央社"),
        ("CNA",),
    ),
    Agency("Kyodo News", ("kyodonews.net", "kyodonews.jp", "nordot.app"), ("Kyodo", "共同通信")),
    Agency("Jiji Press", ("jiji.com",), ("Jiji Press", "時事通信")),
    Agency("Yonhap", ("yna.co.kr",), ("Yonhap", "연합뉴스")),
    Agency("Newsis", ("newsis.com",), ("뉴시스",)),
    Agency("Bernama", ("bernama.com",), ("Bernama", "BERNAMA")),
    Agency("Antara", ("antaranews.com",), (), ("Antara", "ANTARA")),
    Agency(
        "Vietnam News Agency",
        ("vnanet.vn", "vietnamplus.vn"),
        ("Vietnam News Agency", "TTXVN"),
        ("VNA",),
    ),
    Agency(
        "Tribune News Service", ("tribunenewsservice.com",), ("Tribune News Service",), ("TNS",)
    ),
    Agency("PR Newswire", ("prnewswire.com", "prnewswire.co.uk"), ("PRNewswire", "PR Newswire")),
    Agency("Business Wire", ("businesswire.com",), ("Business Wire", "BUSINESS WIRE")),
    Agency("GlobeNewswire", ("globenewswire.com",), ("GlobeNewswire", "GLOBE NEWSWIRE")),
    Agency("Newswise", ("newswise.com",), ("Newswise",)),
    Agency("StatePoint", ("statepoint.net",), ("StatePoint",)),
    Agency("Stacker", ("stacker.com",), (), ("Stacker",)),
    Agency("The Conversation", ("theconversation.com",), (), ("The Conversation",)),
    Agency("ProPublica", ("propublica.org",), ("ProPublica",)),
    Agency("KFF Health News", ("kffhealthnews.org",), ("KFF Health News", "Kaiser Health News")),
)
_NOT_IN_A_WORD = r"(?<![\w.@/-])(?:{})(?![\w@]|-(?!infocom|AFX|tmn))"
_ROLE = re.compile(
    r"\b(?:staff|writers?|reporters?|correspondents?|with|mit|avec|con|com|and|und|et|agencies|editor|the|die|"
    r"news\s+agency|agency|Agentur|agence|agencia|agência|infocom|AFX|tmn)\b",
    re.IGNORECASE,
)


def agency_named(name: str) -> Agency | None:
    """Return the agency that a whole name is, whatever role stands beside it ("Reuters Staff")."""
    known = _by_spelling()
    for text in (name, _ROLE.sub(" ", name)):
        plain = " ".join(re.sub(r"[()\[\]/|,;:]+|(?<!\w)-|-(?!\w)", " ", text).split()).strip(" .")
        if found := known.get(plain) or known.get(plain.casefold()):
            return found
    return None


def agency_within(line: str) -> Agency | None:
    """Return the first agency that a line names unmistakably."""
    found = _unmistakable().search(line)
    return _by_spelling().get(found.group()) if found else None


def agency_marked(line: str) -> Agency | None:
    """Return the first agency that a line names or marks, for lines where one has to stand."""
    found = _any_spelling().search(line)
    return _by_spelling().get(found.group()) if found else None


def agency_of_host(host: str) -> Agency | None:
    """Return the agency whose site a host is."""
    labels = host.lower().partition(":")[0].split(".")
    sites = _by_site()
    tails = (".".join(labels[start:]) for start in range(len(labels)))
    return next((sites[tail] for tail in tails if tail in sites), None)


def mark_pattern() -> str:
    """Return a pattern of all spellings and marks, the longest first."""
    return _pattern(word for agency in AGENCIES for word in (*agency.spellings, *agency.marks))


def spelling_pattern() -> str:
    """Return a pattern of the unmistakable spellings, the longest first."""
    return _pattern(word for agency in AGENCIES for word in agency.spellings)


def _pattern(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@cache
def _unmistakable() -> re.Pattern[str]:
    return re.compile(_NOT_IN_A_WORD.format(spelling_pattern()))


@cache
def _any_spelling() -> re.Pattern[str]:
    return re.compile(_NOT_IN_A_WORD.format(mark_pattern()))


@cache
def _by_spelling() -> dict[str, Agency]:
    known: dict[str, Agency] = {}
    for agency in AGENCIES:
        for word in (agency.name, *agency.spellings, *agency.marks):
            known[word] = agency
            if len(word) > 4:  # noqa: PLR2004 - short marks are told by their capitals
                known[word.casefold()] = agency
    known |= {word.removeprefix("The "): agency for word, agency in known.items()}
    return known


@cache
def _by_site() -> dict[str, Agency]:
    return {site: agency for agency in AGENCIES for site in agency.sites}
