"""How pages say where their text was published before, in the languages of the news: patterns."""

from __future__ import annotations

import re

_THIS = r"(?:article|story|piece|post|column|essay|report|commentary|op-?ed|interview|feature|text|content|excerpt)"
_PHRASES_BY_LANGUAGE = {
    "en": rf"""
        \b(?:was\W+)?(?:originally|first)\W+(?:published|appeared|posted|ran|aired|reported)\W+(?:here\W+)?(?:by|on|in|at)\b
      | \b(?:re)?published\W+(?:here\W+)?(?:with\W+(?:the\W+)?permission|under\W+(?:a\W+)?creative\W+commons|from)\b
      | \breprinted\W+(?:with|from|by)\b | \bsyndicated\W+(?:by|from|via)\b
      | \bthis\W+{_THIS}\W+(?:is|was|has\W+been)\W+(?:originally\W+)?
        (?:produced|provided|republished|reproduced|distributed|supplied)\W+(?:by|from|in\W+partnership)\b""",
    "de": r"""
        \b(?:zuerst|ursprünglich|erstmals)\W+(?:\w+\W+){0,6}?(?:erschienen|veröffentlicht|publiziert)\b | \berschien\W+zuerst\b
      | \bübernommen\W+(?:von|aus)\b | \bmit\W+freundlicher\W+genehmigung\W+(?:von|de[rs])\b""",
    "fr": r"""
        \b(?:initialement|originellement|d.abord)\W+(?:été\W+)?(?:publié|paru)e?s?\b | \bpublié\w*\W+(?:initialement|à\W+l.origine)\b
      | \b(?:re|ré)publié\w*\W+(?:à\W+partir\W+d|avec\W+l.autorisation)""",
    "es": r"""
        \b(?:publicad[oa]|apareció|public[oó])\W+(?:originalmente|originariamente|por\W+primera\W+vez)\b
      | \boriginalmente\W+(?:publicad[oa]|apareció)\b | \bse\W+publicó\W+(?:originalmente|por\W+primera\W+vez)\b""",
    "pt": r"""
        \b(?:publicad[oa]|apareceu)\W+(?:originalmente|originariamente|pela\W+primeira\W+vez|primeiro)\b
      | \boriginalmente\W+publicad[oa]\b""",
    "it": r"""
        \bpubblicat[oa]\W+(?:originariamente|originalmente|inizialmente|per\W+la\W+prima\W+volta)\b
      | \b(?:originariamente|originalmente)\W+(?:pubblicat|appars)[oa]\b""",
    "nl": r"\b(?:oorspronkelijk|eerder|eerst)\W+(?:gepubliceerd|verschenen)\b | \bverscheen\W+(?:eerder|oorspronkelijk|eerst)\b",
    "sv": r"\b(?:ursprungligen|först)\W+(?:publicera(?:d|t|des)|publicerats)\b",
    "da": r"\b(?:oprindeligt?|først)\W+(?:blevet\W+)?(?:publiceret|udgivet|bragt|offentliggjort)\b",
    "no": r"\b(?:opprinnelig|først)\W+(?:publisert|utgitt|trykket)\b",
    "fi": r"\bjulkaistu\W+(?:alun\W+perin|alunperin|ensimmäisen\W+kerran)\b | \balun\W*perin\W+julkaistu\b",
    "pl": r"""
        \b(?:pierwotnie|po\W+raz\W+pierwszy)\W+(?:\w+\W+)?(?:opublikowan|ukaza)\w*
      | \bprzedruk\W+(?:z|za)\b | \b(?:opublikowan|ukaza)\w*\W+(?:się\W+)?(?:pierwotnie|po\W+raz\W+pierwszy)\b""",
    "cs": r"\b(?:původně|poprvé)\W+(?:\w+\W+)?(?:publikován|vyšel|vyšla|vyšlo|zveřejněn)\w*",
    "hu": r"\b(?:eredetileg|először)\W+(?:\w+\W+){0,5}?(?:jelent\W+meg|megjelent)\b",
    "ro": r"\bpublicat\w*\W+(?:inițial|pentru\W+prima\W+dată)\b | \bpreluat\w*\W+(?:de\W+pe|din)\b",
    "tr": r"\bilk\W+(?:olarak|kez)\W+(?:\S+\W+){0,6}?(?:yayımlan|yayınlan)\w*",
    "ru": r"\b(?:впервые|первоначально|изначально)\W+(?:был[оаи]?\W+)?опубликован\w* | \bперепечат\w+\W+(?:из|с)\b | \bопубликован\w*\W+впервые\b",
    "uk": r"\b(?:вперше|спочатку|початково)\W+(?:бул[оаи]\W+|був\W+)?опублікован\w* | \bпередрук\w*\W+(?:з|із)\b",
    "ar": r"(?:نُشر|نشر|نُشرت|نشرت)(?:\W+هذ[اه]\W+\w+)?\W+(?:لأول\W+مرة|أول\W+مرة|أصلا|في\W+الأصل|أولا) | نقلا?ً?\W+عن",
    "zh": r"本文(?:最初|首先)?(?:首发|首發|原载|原載|转载|轉載|刊登|发表|發表|摘自)(?:于|於|自|在) | (?:转载自|轉載自|原载于|原載於|首发于|首發於)",
    "ja": r"(?:初出|より転載|から転載|に掲載された(?:もの|記事)|の転載です|の提供記事|配信元)",
    "ko": r"(?:에\s*처음\s*(?:게재|게시|실린|실렸)|에서\s*전재|원문은|최초\s*게재)",
}
_STEMS = {
    "en": (
        *("publish", "reprinted", "syndicated", "originally", "first"),
        *("produced", "provided", "distributed", "supplied"),
    ),
    "de": ("erschien", "veröffentlicht", "publiziert", "übernommen", "genehmigung"),
    "fr": ("initialement", "originellement", "abord", "origine", "publié"),
    "es": ("originalmente", "originariamente", "primera"),
    "pt": ("originalmente", "originariamente", "primeir"),
    "it": ("pubblicat", "appars"),
    "nl": ("gepubliceerd", "verschenen", "verscheen"),
    "sv": ("publicera",),
    "da": ("publiceret", "udgivet", "bragt", "offentliggjort"),
    "no": ("publisert", "utgitt", "trykket"),
    "fi": ("julkaistu",),
    "pl": ("opublikowan", "ukaza", "przedruk"),
    "cs": ("původně", "poprvé"),
    "hu": ("jelent",),
    "ro": ("publicat", "preluat"),
    "tr": ("yayımlan", "yayınlan"),
    "ru": ("опубликован", "перепечат"),
    "uk": ("опублікован", "передрук"),
    "ar": ("نشر", "نُشر", "نقلا"),
    "zh": ("本文", "转载", "轉載", "原载", "原載", "首发", "首發"),
    "ja": ("初出", "転載", "掲載された", "提供記事", "配信元"),
    "ko": ("게재", "게시", "실린", "실렸", "전재", "원문은"),
}
"""One of which is in every sentence that a language's pattern finds."""

PHRASES = tuple(
    (_STEMS[language], re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for language, pattern in _PHRASES_BY_LANGUAGE.items()
)
"""Stems, and what to look for in a page that has one of them: a search for all takes too long."""

_LABELS = (
    *("source", "originally from", "story source", "article source", "original source", "via"),
    *(
        "quelle",
        "source de l'article",
        "fuente",
        "fonte",
        "bron",
        "kilde",
        "källa",
        "lähde",
        "heimild",
    ),
    *("źródło", "zdroj", "forrás", "sursa", "izvor", "kaynak", "πηγή", "источник", "джерело"),
    *(
        "المصدر",
        "来源",
        "來源",
        "文章来源",
        "文章來源",
        "稿源",
        "出典",
        "引用元",
        "情報元",
        "ソース",
        "출처",
    ),
)
LABEL = re.compile(
    rf"^\W*(?:{'|'.join(map(re.escape, _LABELS))})\s*[:：]|^\W*via\W*$", re.IGNORECASE
)
TO_THE_ORIGINAL = re.compile(
    r"""
    ^\W*(?:
      (?:read|see|view)\W+(?:the\W+)?(?:full\W+)?original(?:\W+(?:article|story|post|piece|version))?\b
    | (?:the\W+)?original\W+(?:article|story|post|source|version)\b
    | (?:zum\W+original|originalartikel|originalbeitrag|lire\W+l.(?:article\W+)?original|article\W+original)
    | (?:leer|ver)\W+(?:el\W+)?(?:artículo\W+|nota\W+)?original | (?:artículo|nota)\W+original
    | (?:leia|veja)\W+(?:o\W+)?(?:artigo\W+|texto\W+)?original | (?:artigo|texto|matéria)\W+original
    | leggi\W+l.(?:articolo\W+)?originale | articolo\W+originale | (?:het\W+)?originele\W+artikel
    | originalartikeln | den\W+originale\W+artikel | den\W+opprinnelige\W+artikkelen | alkuperäinen\W+artikkeli
    | oryginalny\W+artykuł | původní\W+článek | eredeti\W+cikk | haberin\W+aslı
    | (?:читать\W+)?оригинал(?:\W+статьи)? | (?:читати\W+)?оригінал(?:\W+статті)?
    | المقال\W+الأصلي | 原文链接|原文連結|阅读原文|閱讀原文|查看原文 | 元記事|元の記事 | 원문\s*(?:보기|기사)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
CONTRIBUTION = re.compile(
    r"""
    \bcontribut(?:ed|ing)\b(?:\W+\w+){0,3}?\W+to\W+th(?:is|e)\W+(?:report|story|article)
    | ^\W*with\W+(?:additional\W+)?(?:reporting|files|input|inputs|information|material)s?\W+(?:by|from)\b
    | ^\W*[(\[]?\s*(?:mit\W+(?:material|informationen|angaben)\W+(?:von|der)|mit|avec|con\W+información\W+de|com\W+informações\W+d[aeo]
      |con\W+informazioni\W+di|met\W+medewerking\W+van|med\W+material\W+från|com|con|met|med)\W+(?-i:[A-ZČİ]|dpa|epd)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAME = (
    r"(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}\b"
    r"|(?:[^\W\d_a-zà-ÿ][\w'\u2019&-]*|\d{2,3})(?:\s+(?:of|the|and|&|de|del|della|la|le|der|die|und)(?=\s+[^\W\d_a-zà-ÿ])"
    r"|\s+[^\W\d_a-zà-ÿ][\w'\u2019&-]*){0,5}"
)
NAMED = re.compile(
    rf"\b(?:by|on|in|at|from|of|bei|auf|im|in|von|aus|par|dans|sur|por|en|em|no|na|da|do|su|da|bij|op|i|på|hos|w|na|z|v|a|az|în|pe|в|на|из|у|з)\s+"
    rf"(?:the\s+|der\s+|die\s+|das\s+|dem\s+|le\s+|la\s+|el\s+|o\s+|het\s+|de\s+)?[«\u201e\u201c\"'\u2018]?(?P<name>{_NAME})"
)
QUOTED = re.compile(r"[《「『“](?P<name>[^》」』”]{2,40})[》」』”]")
NO_PUBLISHER = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Spring|Summer|Autumn|Fall|Winter|Issue|Volume"
    r"|English|Spanish|French|German|Creative|Author|Permission|\d+)\b|.*\bAuthor Name\b",
    re.IGNORECASE,
)
THIS_TEXT = re.compile(
    rf"\bth(?:is|e)\W+(?:\w+\W+)?{_THIS}\b|^\W*(?:originally|first|re-?published|reprinted|syndicated)\b"
    r"|\b(?:dieser|der|diese|cet|cette|este|esta|questo|quest|dit|denne|den|ten|tento|ez\W+a|bu)\W"
    r"|\b(?:artikeln|artiklen|artikkelen|teksten|juttu|artikkeli|artykuł|tekst|článek|cikk|articol|yazı|haber)\w*\b"
    r"|本文|この記事|本記事|이\s*(?:기사|글)|эт[аои]|ця|цей|هذ[اه]",
    re.IGNORECASE,
)
A_TEMPLATE = re.compile(
    r"please\W+(?:include|use|credit|link)|author\W+name|must\W+(?:include|credit)", re.IGNORECASE
)
OF_A_PICTURE = re.compile(
    r"caption|credit|copyright|photo|image|picture|gallery|figure|bild|foto|media", re.IGNORECASE
)
ABOUT_A_PICTURE = re.compile(
    r"\b(?:foto|photo|image|getty|imago|shutterstock|montage|bild|screenshot|instagram|youtube|grafik)",
    re.IGNORECASE,
)
