"""The values of filters: a site, a language, a country, in the form that is compared; pure.

Languages are ISO 639-1 (of BCP 47 tags the first subtag counts), countries ISO 3166-1 alpha-2, hosts
are compared in ASCII (IDNA 2003, as Python's codec has it).
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping

from scheduler.query.analysis.tokens import folded_words
from scheduler.query.language.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from scheduler.query.language.limits import shown
from scheduler.query.language.tree import Filter, Or, Query
from storage.errors import QueryError

COUNTRY_NAMES = """
ad andorra|ae unitedarabemirates uae emirates|af afghanistan|ag antiguaandbarbuda antigua|ai anguilla
al albania|am armenia|ao angola|aq antarctica|ar argentina|as americansamoa|at austria|au australia
aw aruba|ax alandislands|az azerbaijan|ba bosniaandherzegovina bosnia|bb barbados|bd bangladesh
be belgium|bf burkinafaso|bg bulgaria|bh bahrain|bi burundi|bj benin|bl saintbarthelemy|bm bermuda
bn brunei|bo bolivia|bq bonaire|br brazil|bs bahamas|bt bhutan|bv bouvetisland|bw botswana
by belarus|bz belize|ca canada|cc cocosislands|cd democraticrepublicofthecongo drcongo drc
cf centralafricanrepublic|cg congo republicofthecongo|ch switzerland|ci ivorycoast cotedivoire
ck cookislands|cl chile|cm cameroon|cn china|co colombia|cr costarica|cu cuba|cv capeverde caboverde
cw curacao|cx christmasisland|cy cyprus|cz czechia czechrepublic|de germany|dj djibouti|dk denmark
dm dominica|do dominicanrepublic|dz algeria|ec ecuador|ee estonia|eg egypt|eh westernsahara
er eritrea|es spain|et ethiopia|fi finland|fj fiji|fk falklandislands falklands|fm micronesia
fo faroeislands faroes|fr france|ga gabon
gb unitedkingdom uk britain greatbritain england scotland wales northernireland
gd grenada|ge georgia|gf frenchguiana|gg guernsey|gh ghana|gi gibraltar|gl greenland|gm gambia
gn guinea|gp guadeloupe|gq equatorialguinea|gr greece|gs southgeorgia|gt guatemala|gu guam
gw guineabissau|gy guyana|hk hongkong|hm heardisland|hn honduras|hr croatia|ht haiti|hu hungary
id indonesia|ie ireland|il israel|im isleofman|in india|io britishindianoceanterritory|iq iraq
ir iran|is iceland|it italy|je jersey|jm jamaica|jo jordan|jp japan|ke kenya|kg kyrgyzstan
kh cambodia|ki kiribati|km comoros|kn saintkittsandnevis|kp northkorea
kr southkorea korea republicofkorea|kw kuwait|ky caymanislands|kz kazakhstan|la laos|lb lebanon
lc saintlucia|li liechtenstein|lk srilanka|lr liberia|ls lesotho|lt lithuania|lu luxembourg
lv latvia|ly libya|ma morocco|mc monaco|md moldova|me montenegro|mf saintmartin|mg madagascar
mh marshallislands|mk northmacedonia macedonia|ml mali|mm myanmar burma|mn mongolia|mo macau macao
mp northernmarianaislands|mq martinique|mr mauritania|ms montserrat|mt malta|mu mauritius
mv maldives|mw malawi|mx mexico|my malaysia|mz mozambique|na namibia|nc newcaledonia|ne niger
nf norfolkisland|ng nigeria|ni nicaragua|nl netherlands holland|no norway|np nepal|nr nauru|nu niue
nz newzealand|om oman|pa panama|pe peru|pf frenchpolynesia|pg papuanewguinea|ph philippines
pk pakistan|pl poland|pm saintpierreandmiquelon|pn pitcairn|pr puertorico|ps palestine
pt portugal|pw palau|py paraguay|qa qatar|re reunion|ro romania|rs serbia|ru russia
rw rwanda|sa saudiarabia|sb solomonislands|sc seychelles|sd sudan|se sweden|sg singapore
sh sainthelena|si slovenia|sj svalbard|sk slovakia|sl sierraleone|sm sanmarino|sn senegal|so somalia
sr suriname|ss southsudan|st saotomeandprincipe|sv elsalvador|sx sintmaarten|sy syria
sz eswatini swaziland|tc turksandcaicosislands|td chad|tf frenchsouthernterritories|tg togo
th thailand|tj tajikistan|tk tokelau|tl timorleste easttimor|tm turkmenistan|tn tunisia|to tonga
tr turkey turkiye|tt trinidadandtobago trinidad|tv tuvalu|tw taiwan|tz tanzania|ua ukraine|ug uganda
um usminoroutlyingislands|us usa unitedstates unitedstatesofamerica america|uy uruguay|uz uzbekistan
va vatican holysee|vc saintvincent|ve venezuela|vg britishvirginislands|vi usvirginislands
vn vietnam|vu vanuatu|wf wallisandfutuna|ws samoa|ye yemen|yt mayotte|za southafrica|zm zambia
zw zimbabwe
"""


_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*://")
_HOST = re.compile(r"(?!-)[a-z0-9_\-]+(?:\.[a-z0-9_\-]+)*")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_LONGEST_HOST = 253
_LETTERS_OF_A_CODE = 2
_ALIKE = 0.75
_ENDS = frozenset(("com", "org", "net", "gov", "edu", "mil", "int", "info", "news", "press"))


def filter_node(field: str, text: str, at: int) -> Query:
    """Return the filter of a value, or an Or of several with commas. Raises QueryError for no value."""
    values = [part.strip() for part in text.split(",") if part.strip()]
    if not values:
        raise QueryError(
            f"{field}: holds nothing",
            position=at,
            expected=(_WHAT[field],),
            suggestion=f"write for instance {_EXAMPLES[field]}",
        )
    found = tuple(Filter(field, _READERS[field](value, at)) for value in values)
    return found[0] if len(found) == 1 else Or(found)


def filter_hint(query: Query) -> str | None:
    """Return a hint on a filter that can be read and is hardly meant; None for others."""
    if not isinstance(query, Filter) or query.field != "site" or "." in query.value:
        return None
    if len(query.value) == _LETTERS_OF_A_CODE or query.value in _ENDS:
        return None
    return (
        f"site:{query.value} means all sites whose domain ends in .{query.value}; "
        f"for one site write its domain, or source:{query.value} for its name"
    )


def _site(text: str, at: int) -> str:
    host = _SCHEME.sub("", text.lower(), count=1)
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    host = host.lstrip("*.").rstrip(".")
    # A www of its own right, as in www.com, stays.
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    if not host.isascii():
        host = _in_ascii(host)
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise QueryError(
            f"{shown(text)} is no domain",
            position=at,
            expected=("a domain, its subdomains are included",),
            suggestion="write site:example.com, or source:example for a publisher's name; "
            "several as site:(example.com OR example.org)",
        )
    return host


def _in_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _language(text: str, at: int) -> str:
    # Of en-GB and zh_Hans the language is the first part.
    name = _joined(re.split("[-_]", text, maxsplit=1)[0])
    return _languages().get(name) or _unknown("lang", text, name, at)


def _country(text: str, at: int) -> str:
    name = _joined(text).removeprefix("the")
    return _countries().get(name) or _unknown("country", text, name, at)


def _joined(text: str) -> str:
    """Fold a name and leave out all between its letters: Côte d'Ivoire, UnitedStates."""
    return _NOT_LETTERS.sub("", "".join(folded_words(text)))


def _unknown(field: str, text: str, name: str, at: int) -> str:
    known = _languages() if field == "lang" else _countries()
    close = difflib.get_close_matches(name[:40], known, 1, _ALIKE)
    raise QueryError(
        f"{shown(text)} is no {'language' if field == 'lang' else 'country'} that is known here",
        position=at,
        expected=(_WHAT[field],),
        suggestion=f"write {field}:{known[close[0]]}"
        if close
        else f"write for instance {_EXAMPLES[field]}",
    )


@functools.cache
def _languages() -> Mapping[str, str]:
    return {**{code: code for code in LANGUAGE_CODES.split()}, **_by_name(LANGUAGE_NAMES)}


@functools.cache
def _countries() -> Mapping[str, str]:
    return _by_name(COUNTRY_NAMES)


def _by_name(table: str) -> dict[str, str]:
    """Read rows of a code and its other names, parted by line ends or bars."""
    found: dict[str, str] = {}
    for row in table.replace("|", "\n").strip().splitlines():
        code, *names = row.split()
        found.update(dict.fromkeys((code, *names), code))
    return found


_READERS = {"site": _site, "lang": _language, "country": _country}
READ = frozenset(_READERS)
"""The fields whose values are read here."""

_WHAT = {
    "site": "a domain",
    "lang": "a code of ISO 639-1 or the name of a language",
    "country": "a code of ISO 3166-1 or the English name of a country",
}
_EXAMPLES = {"site": "site:example.com", "lang": "lang:en", "country": "country:gb"}
