"""Pairs of made texts, some of each kind that real streams hold: copies, and what only looks like one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    """A text, where it stands, and how many hours after the first one it was published."""

    text: str
    title: str = "From the desk"
    host: str = "courier.example"
    hours: float = 0


@dataclass(frozen=True)
class Kind:
    """Two texts of a kind, and whether they are one story."""

    name: str
    earlier: Written
    later: Written
    is_one: bool


def filled(form: Written, **fields: str) -> Written:
    """Fill in a form, and its title."""
    text, title = (each.format(**fields) for each in (form.text, form.title))
    return replace(form, text=text, title=title)


RESERVES = (
    "The central bank of the islands lent {amount} million crowns to commercial lenders for {days}"
    " through its usual window, a spokesman said. Dealers said the rate on overnight money stood at"
    " {rate} percent when the offer was made, and that the step had been expected by most of them."
)
TONNAGE = (
    "Landings of cod at the northern ports came to {cod} tonnes in the week to {day}, the fisheries"
    " board said, with {haddock} tonnes of haddock and {ling} tonnes of ling. That compares with"
    " {before} tonnes of cod in the week before. Prices at auction were {price} crowns a kilo."
)
BOND = (
    "{issuer} is issuing a bond of {amount} million crowns, due {due}, with a coupon of {coupon}"
    " percent and priced at {price}, lead manager {lead} said. The bond is available in pieces of"
    " 10,000 crowns and will be listed on the island exchange. Selling concession is 1-1/4 percent."
)
TABLE = (
    "Fixings at {hour}: crown 7.4{a} 7.4{b} pound 1.2{c} 1.2{d} yen 151.{e} 151.{f} franc 0.91 0.92"
    " guilder 2.04 2.05 mark 1.81 1.82 lira 1,870 1,880 peseta 153 154 escudo 184 185 schilling 12.7"
    " 12.8 krona 10.4 10.5 forint 391 392 zloty 4.31 4.32 koruna 25.1 25.2 dinar 117 118 drachma 339"
)
RESULTS = (
    "Shr {share} crowns vs {before} crowns. Net {net} vs 2,930,000. Revs {revenue} vs 41,400,000. Nine"
    " months: shr {nine} crowns vs 3.02 crowns, net 9,118,000 vs {nine_before}, revs 131,700,000."
    " NOTE: figures for the year before are restated for a split of two for one in {month}."
)
DIVIDEND = "Quarterly payment 14 cents vs 14 cents prior. Pay May 9. Record April 22."

NOTE = (
    "“We have read with dismay what was alleged of our members last night. No wharf was ever closed for"
    " money, no captain was ever told to wait, and no ledger was ever kept beside the one that the"
    " auditors have seen. We ask the minister to open every book that he holds, on any day that suits"
    " him, and we shall open ours beside his. Until then we shall answer no further questions from"
    " those who have made up their minds before they put them.”"
)
NOTE_IN_FULL = NOTE.strip("“”")
GALLERY = " ".join(
    f"Picture {number}: {who} {what} on the {place} as the fair opens for another summer."
    for number, (who, what, place) in enumerate(
        [
            ("A baker", "carries loaves", "upper lane"),
            ("Two sisters", "ride the carousel", "green"),
            ("The mayor", "cuts a ribbon", "town stairs"),
            ("Brass players", "tune their horns", "bandstand"),
            ("A cooper", "bends a stave", "mill yard"),
            ("Children", "feed the geese", "lower pond"),
            ("A fiddler", "waits for rain to stop", "chapel porch"),
            ("Four weavers", "compare their cloths", "market floor"),
            ("A sergeant", "holds back the crowd", "bridge"),
            ("The oldest visitor", "tastes a pear", "orchard wall"),
        ],
        start=1,
    )
)
ARREST = (
    "Police on the mainland arrested the harbour's former treasurer at his sister's house before dawn."
    " He is accused of moving nine million crowns of dues into accounts of a boatyard that never built"
    " a boat. The sum was found missing when an apprentice added up old receipts for a school essay and"
    " asked why the wharf had been paid for twice. The treasurer left the islands the same evening, and"
    " a ferry's steward remembered him for the two suitcases that he would not let go."
)
VERDICT_ON_TOP = (
    "A jury of seven found against the harbour's former treasurer on every count yesterday, after less"
    " than an hour in its room. The judge spoke of greed without need, put the sentence at six years,"
    " and let him keep nothing but his spectacles. His counsel said there would be no appeal, since the"
    " only witness he could have called was the ledger."
)
HEARING_ON_TOP = (
    "Lawyers quarrelled for a whole morning over who may see the boatyard's books, while the man whom"
    " they concern slept on his bench. The clerk found that two pages had been glued together and held"
    " them over a kettle, to laughter from the gallery. A further day was set for the end of the month,"
    " when the apprentice is to be heard as well, with her teacher beside her."
)
LONG_REPORT = (
    "Engineers will drain the upper reservoir for the first time since it was filled, after divers saw"
    " a crack as long as a bus in the old sluice. The water board said the work would take eleven weeks"
    " and leave three valleys on tanks. Farmers above the dam were told last night and met in a barn"
    " until late. They want hay paid for as well as water, which the board had not thought of."
)
REST_OF_REPORT = " ".join(
    f"In the {place} {who} said that {what}, whatever {whom} might think of it by then."
    for place, who, what, whom in [
        ("first valley", "a miller", "his wheel had not stood still in forty years", "the board"),
        ("second valley", "the schoolmistress", "buckets would stand beside every desk", "parents"),
        (
            "third valley",
            "a shepherd",
            "sheep had always found water before engineers did",
            "anyone",
        ),
        (
            "board's office",
            "an accountant",
            "the fund for such weeks was spent on lamps",
            "auditors",
        ),
        ("barn", "a widow of ninety", "she had carried water then and could do so now", "her sons"),
        ("capital", "a deputy", "no dam in the land was looked at often enough", "the minister"),
        (
            "mountains above",
            "a surveyor",
            "snow would fill what was let out by spring",
            "the farmers",
        ),
        ("laboratory", "a chemist", "old mortar dissolves from within", "the builders' heirs"),
        ("chapel", "a preacher", "rain was never late but only waited for", "those who measure it"),
        ("inn", "the landlord", "beer at least is brewed from a spring of its own", "his guests"),
        ("archive", "a clerk", "the plans of the sluice had been lent to a museum", "the diver"),
        ("museum", "its keeper", "nobody had ever asked for them back", "the archive"),
    ]
)
"""Of the long report, three times as much as stands on top."""


def _serials() -> list[Kind]:
    day = {"amount": "200", "days": "two days", "rate": "6-1/4"}
    cod = {"cod": "412", "haddock": "97", "ling": "31", "before": "388", "price": "52"}
    bond = {"amount": "100", "due": "May 5, 2031", "coupon": "7-1/2", "price": "101-3/8"}
    fixing = dict(zip("abcdef", "123456", strict=True))
    return [
        Kind(
            "a daily report, of which one figure differs",
            filled(Written(RESERVES), **day),
            filled(Written(RESERVES, hours=24), **{**day, "rate": "6-3/8"}),
            is_one=False,
        ),
        Kind(
            "a daily report, of which a number in words and a term differ",
            filled(Written(RESERVES), **{**day, "rate": "six"}),
            filled(Written(RESERVES, hours=48), **{**day, "rate": "seven"}),
            is_one=False,
        ),
        Kind(
            "a daily report that another paper prints two days late",
            filled(Written(RESERVES), **day),
            filled(Written(RESERVES, host="post.example", hours=48), **day),
            is_one=True,
        ),
        Kind(
            "a weekly report, of which the day and half of the figures differ",
            filled(Written(TONNAGE), day="March 1", **cod),
            filled(Written(TONNAGE, hours=168), day="March 8", **{**cod, "cod": "430", "before": "412"}),
            is_one=False,
        ),
        Kind(
            "a weekly report, of which only the month differs, at another host",
            filled(Written(TONNAGE), day="March 1", **cod),
            filled(Written(TONNAGE, host="post.example", hours=24 * 31), day="April 1", **cod),
            is_one=False,
        ),
        Kind(
            "bonds of two issuers on one form",
            filled(Written(BOND), issuer="Northern Ferries", lead="Alder and Company", **bond),
            filled(Written(BOND, hours=30), issuer="Salt Mills", lead="Hazel Brothers", **{**bond, "amount": "75"}
            ),
            is_one=False,
        ),
        Kind(
            "a bond whose amount is raised within the hour",
            filled(Written(BOND), issuer="Northern Ferries", lead="Alder and Company", **bond),
            filled(Written(BOND, hours=1), issuer="Northern Ferries", lead="Alder and Company",
                **{**bond, "amount": "125"},
            ),
            is_one=True,
        ),
        Kind(
            "two fixings of one morning",
            filled(Written(TABLE, "Fixings at {hour}"), hour="9:30", **fixing),
            filled(Written(TABLE, "Crown weaker at {hour}", hours=1), hour="10:30", **{**fixing, "a": "2", "b": "3"}),
            is_one=False,
        ),
    ]  # fmt: skip


def _sent_again() -> list[Kind]:
    results = {"share": "1.31", "net": "3,412,000", "revenue": "44,100,000", "month": "May"}
    results |= {"before": "1.12", "nine": "3.41", "nine_before": "8,020,000"}
    rounded = {**results, "net": "3.4 mln", "revenue": "44.1 mln"}
    again = "Shr 1.31 crowns vs 1.12 crowns. Net 3.4 mln vs 2.9 mln. Year is not comparable."
    title = "Salt Mills third quarter net"
    return [
        Kind(
            "results that are sent again rounded",
            filled(Written(RESULTS, title), **results),
            filled(Written(RESULTS, title, hours=2), **rounded),
            is_one=True,
        ),
        Kind(
            "results of two companies",
            filled(Written(RESULTS, title), **results),
            filled(Written(RESULTS, "Northern Ferries third quarter net", hours=2), share="0.61", net="811,000", revenue="9,300,000", month="July",
                before="0.58", nine="1.77", nine_before="6,511,000",
            ),
            is_one=False,
        ),
        Kind(
            "a short item, equal word for word",
            Written(DIVIDEND, "Salt Mills declares dividend"),
            Written(DIVIDEND, "Salt Mills sets dividend", hours=2),
            is_one=True,
        ),
        Kind(
            "equal short items of two companies",
            Written(DIVIDEND, "Salt Mills declares dividend"),
            Written(DIVIDEND, "Northern Ferries sets payment", hours=2),
            is_one=False,
        ),
        Kind(
            "an equal short item of the next quarter",
            Written(DIVIDEND, "Salt Mills declares dividend"),
            Written(DIVIDEND, "Salt Mills declares dividend", hours=24 * 90),
            is_one=False,
        ),
        Kind(
            "short results that are sent again in another form",
            Written(again, title),
            Written(f"{again} Revs 44.1 mln vs 41.4 mln. Avg shrs 2.6 mln vs 2.6 mln.", title, hours=1),
            is_one=True,
        ),
    ]  # fmt: skip


def _quoted() -> list[Kind]:
    def report(note: str, before: str, after: str, host: str) -> Written:
        return Written(f"{before}\n{note}\n{after}", before[:40], host, 1)

    asked = (
        "Reporters waited on the quay in the rain for somebody to come out and say a word to them."
    )
    posted = (
        "The union of pilots broke its silence of three days by a letter nailed to its own door."
    )
    later = (
        "Nobody at the ministry could say last evening whether the books had been sent for at all."
    )
    shrug = (
        "By nightfall the letter had been taken down, folded, and given to a museum by its author."
    )
    return [
        Kind(
            "two reports round one quotation",
            report(NOTE, asked, later, "courier.example"),
            report(NOTE, posted, shrug, "post.example"),
            is_one=False,
        ),
        Kind(
            "two reports above one note in full",
            report(f"Statement in full: {NOTE_IN_FULL}", f"{asked} {later}", "", "courier.example"),
            report(
                f"Full text of the letter: {NOTE_IN_FULL}", f"{posted} {shrug}", "", "post.example"
            ),
            is_one=False,
        ),
        Kind(
            "a report with a quotation, and its copy",
            report(NOTE, asked, later, "courier.example"),
            report(NOTE, asked, later, "post.example"),
            is_one=True,
        ),
        Kind(
            "two reports of one publisher above one gallery",
            Written(f"{VERDICT_ON_TOP} {ARREST} {GALLERY}"),
            Written(f"{LONG_REPORT} {HEARING_ON_TOP} {GALLERY}", hours=24 * 9),
            is_one=False,
        ),
    ]


def _developments() -> list[Kind]:
    return [
        Kind(
            "a later development above last month's background",
            Written(f"{HEARING_ON_TOP} {ARREST}"),
            Written(f"{VERDICT_ON_TOP} {ARREST}", hours=24 * 20),
            is_one=False,
        ),
        Kind(
            "an update that replaces the text it repeats, within hours",
            Written(ARREST),
            Written(f"{ARREST} {HEARING_ON_TOP}", hours=3),
            is_one=True,
        ),
        Kind(
            "an update with a new lead, within hours",
            Written(f"{HEARING_ON_TOP} {ARREST}"),
            Written(f"{VERDICT_ON_TOP} {ARREST}", hours=3),
            is_one=True,
        ),
        Kind(
            "an agency's story that a paper cuts to a seventh",
            Written(
                f"{LONG_REPORT} {REST_OF_REPORT} {REST_OF_REPORT.upper()[:1]} {GALLERY} {ARREST}"
            ),
            Written(LONG_REPORT, host="post.example", hours=5),
            is_one=True,
        ),
        Kind(
            "a brief that stands deep in a page of news",
            Written(f"{REST_OF_REPORT} {GALLERY} {ARREST} {LONG_REPORT}"),
            Written(LONG_REPORT, host="post.example", hours=5),
            is_one=False,
        ),
        Kind(
            "a farm that lifts most of its page out of an original",
            Written(f"{LONG_REPORT} {REST_OF_REPORT}"),
            Written(
                f"Shocking news for all who drink water! {LONG_REPORT} What do you think? Tell us below"
                " and share this page with ten friends before midnight to learn what happens next.",
                host="click.example",
                hours=8,
            ),
            is_one=True,
        ),
    ]


KINDS = [*_serials(), *_sent_again(), *_quoted(), *_developments()]
