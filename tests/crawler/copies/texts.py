"""Self-written news, and what other sites make of it: farms, leads, edits, excerpts, round-ups."""

from __future__ import annotations

from random import Random

STORIES: dict[str, str] = {
    "ferry": (
        "The harbour board of Lindholm voted on Tuesday to replace its last diesel ferry with two"
        " electric boats, ending eleven years of argument over who should pay for the crossing.\n"
        "Under the plan, the first boat is to carry passengers by March, and the second before the"
        " summer season. Each holds 140 people and 22 bicycles, and charges for nine minutes at"
        " the southern pier while travellers board.\n"
        "Chairwoman Ida Brekke said fishermen had feared for their berths until engineers moved"
        " the charging mast behind the ice house. The board set aside 6.4 million crowns, a third"
        " of it borrowed from the regional fund, and promised that fares would not rise before"
        " 2029. Only the members for the outer islands voted against, asking why their own quay,"
        " closed since the storm of 2021, was still without a date for repair."
    ),
    "bakery": (
        "A bakery that had fed night-shift nurses in Corran for half a century will stay open"
        " after its customers bought it. More than 900 people paid 50 pounds each into a"
        " cooperative within five weeks, the solicitor handling the sale confirmed.\n"
        "Owner Patrick Dunne, 71, had planned to close in autumn because none of his children"
        " wanted to rise at two in the morning. A buyer from the capital offered more, but meant"
        " to turn the ovens into flats. Dunne turned him down over the telephone, he said, with"
        " flour on the receiver.\n"
        "The cooperative will keep all seven workers and begin an apprenticeship for two school"
        " leavers. It has also asked the hospital across the road to order its breakfast rolls"
        " again, which stopped when a national caterer won the contract in 2017."
    ),
    "glacier": (
        "Researchers drilling on the Vassdal glacier have pulled up ice that fell as snow before"
        " the first farms were built in the valley below, they reported in a journal article.\n"
        "The core, 212 metres long, holds ash from at least fourteen eruptions and soot from the"
        " great fires of the nineteenth century. Its lowest section was so brittle that the team"
        " had to let it rest in a snow cave for a month before sawing.\n"
        "Glaciologist Mira Solheim said the oldest layers showed three warm centuries that no"
        " model had predicted, and cautioned against reading them as comfort: the present melt is"
        " six times as quick. The upper eight metres, which should record the past two decades,"
        " were missing altogether, washed away during recent summers."
    ),
    "court": (
        "An appeals court has thrown out the licence of a quarry above the village of Sant Miquel,"
        " ruling that the province never counted the wells that would run dry.\n"
        "Judges found that officials had copied a water study made for a different hill and"
        " changed the name on its cover. The company, which has already cleared a road through"
        " nine hectares of cork oak, must stop blasting at once and restore the slope within"
        " three years.\n"
        "Residents who had mortgaged a communal barn to pay their lawyer rang the church bell when"
        " the news came. A spokesman for the province said it would read the judgment with care;"
        " he would not say whether anyone in the licensing office faced discipline. The quarry"
        " firm announced that it would take the matter to the supreme court."
    ),
    "telescope": (
        "Amateur astronomers in four countries have traced a faint comet that the large surveys"
        " missed, after one of them noticed a smudge beside a galaxy she photographs each spring.\n"
        "Noor Haddad, a pharmacist, first took the smudge for dust on her camera. When it had"
        " moved by the following evening she wrote to a mailing list, and colleagues from Chile to"
        " Finland turned their telescopes within hours. Their 61 observations show a path that"
        " brings the comet past Jupiter every 34 years.\n"
        "The surveys had discarded it because their software treats slow objects near bright"
        " galaxies as errors. One survey's director thanked the group and said that the filter"
        " would be rewritten. The comet will stay too dim for binoculars, whatever happens."
    ),
    "trams": (
        "Tram drivers in Velmar ended a nine-day strike before dawn on Friday after the city"
        " agreed to shorten split shifts, the issue on which three earlier rounds had failed.\n"
        "From October no driver may be kept waiting unpaid for longer than forty minutes between"
        " two runs. In exchange the union accepted a pay rise of 3.1 percent, less than half of"
        " what it had demanded, and dropped its call for a conductor aboard every night tram.\n"
        "Passengers found the first carriages decorated with paper flowers. Shopkeepers along the"
        " Ring complained that the settlement might have been had a week sooner; a chamber of"
        " commerce estimate puts their losses at 12 million. Negotiators for both sides were seen"
        " sharing soup at a stall outside the depot."
    ),
    "bridge": (
        "Die Brücke über die Aare bei Wilen bleibt bis mindestens Ende November gesperrt. Bei"
        " Schweissarbeiten am Nordpfeiler wurden Risse entdeckt, die tiefer reichen als die"
        " Ingenieure nach der Inspektion von 2019 angenommen hatten.\n"
        "Der Kanton leitet den Verkehr über Oberried um, was die Fahrt um 25 Minuten verlängert."
        " Für Schulkinder verkehrt ab Montag eine kostenlose Fähre, die der Ruderklub mit zwei"
        " geliehenen Booten betreibt. Bauern vom linken Ufer verlangen, dass wenigstens Traktoren"
        " die alte Furt benutzen dürfen.\n"
        "Baudirektorin Leonie Amstutz sprach von einer Geduldsprobe und schloss einen Abbruch"
        " nicht aus. Eine neue Brücke würde nach ersten Schätzungen 18 Millionen Franken kosten"
        " und wäre frühestens in fünf Jahren befahrbar."
    ),
    "library": (
        "Thieves who emptied the map room of the Orlova library returned everything by post this"
        " week, in forty padded envelopes without a single stamp out of place.\n"
        "Curators had counted 38 sheets missing, among them a hand-coloured chart of the Barents"
        " Sea valued at 400 thousand euros. The envelopes held 40. Two of the returned maps had"
        " never been catalogued, and staff now think that they were stolen in an earlier raid"
        " which nobody noticed.\n"
        "Police traced the postmarks to a village without a post office. The chief librarian said"
        " she wished to thank whoever had wrapped the sheets in acid-free tissue, better than her"
        " own budget allows, and that the locks had been changed twice since."
    ),
    "reactor": (
        "市政府星期三宣布，位于东岸的旧热电厂将在两年内改建为公共图书馆和工人住宅，"
        "结束了持续八年的争论。按照计划，高度为九十六米的烟囱会保留下来，"
        "内部将安装楼梯，让居民可以登上顶部眺望海湾。\n"
        "负责工程的建筑师林若涵表示，最困难的部分是清理地下油库，因为早期图纸在一九七五年的洪水中丢失。"
        "工程总预算为三亿二千万元，其中四成来自中央的城市更新基金。\n"
        "附近的商户担心施工期间道路封闭会影响生意，市长答应提供租金补贴，并且每个月公布一次进度报告。"
        "退休工人协会希望把一台老汽轮机留在大厅，作为对几代人劳动的纪念。"
    ),
    "orchard": (
        "Frost on two nights in late April destroyed most of the cherry blossom along the Tessel"
        " river, and growers say that the region will bring in barely a tenth of a usual crop.\n"
        "Helicopters hired to push warm air down over the orchards could not fly because of fog."
        " Instead, families burned straw between the rows until their eyes streamed. It saved the"
        " lower terraces of perhaps thirty farms out of 410.\n"
        "The growers' league asked for emergency loans and for an end to a rule that bars insured"
        " farms from state help. Agriculture minister Jonas Wirth promised an answer within a"
        " fortnight. Jam makers have begun to buy sour cherries from across the border, at double"
        " last year's price, and warn that even those may run short."
    ),
}

FILLER = (
    "Our reporter spent the morning in the market square, where talk was of little else. A"
    " retired postman recalled how his mother used to tell a similar tale about her own youth."
    " Nobody could say for certain what would come next, and few seemed in a hurry to guess."
    " Children played on the steps of the old school while two dogs slept in the shade of a cart."
    " Older readers may remember that this paper covered a dispute of the sort when typewriters"
    " still rattled upstairs, and that it ended with a handshake and a broken window."
)


def sentences(text: str) -> list[str]:
    """Cut a text behind its full stops."""
    chinese = "。" in text
    parts = text.replace("\n", "" if chinese else " ").split("。" if chinese else ". ")
    ends = "。" if chinese else "."
    return [part.strip().rstrip(".。") + ends for part in parts if part.strip()]


def joined(parts: list[str]) -> str:
    return ("" if parts and parts[0].endswith("。") else " ").join(parts)


def farm(text: str) -> str:
    """Wrap a text as a content farm does."""
    return (
        f"Mon. Jun 01, 2026\n\nAdvertisement\n\n{text}\n\n#news #today #trending\n\n"
        "Leave a Reply\nYour email address will not be published. Required fields are marked *"
    )


def unrelated(seed: int) -> str:
    """Make words that no other text has in this order."""
    words = FILLER.split()
    Random(seed).shuffle(words)
    return " ".join(words)


def lead(text: str) -> str:
    """Put new paragraphs on top, as a licensed reprint does."""
    return f"{unrelated(len(text))}\n\n{text}"


def excerpt(text: str) -> str:
    """Keep the first half of the sentences."""
    parts = sentences(text)
    return joined(parts[: (len(parts) + 1) // 2])


def trim(text: str) -> str:
    """Cut every fourth sentence."""
    return joined([part for place, part in enumerate(sentences(text)) if place % 4 != 2])


def edit(text: str, seed: int = 7, share: float = 0.05) -> str:
    """Change a share of the words."""
    random = Random(seed)
    words = text.split(" ")
    for place in random.sample(range(len(words)), int(len(words) * share)):
        words[place] = "otherwise"
    return " ".join(words)


def quotation(text: str) -> str:
    """Quote one sentence in an analysis of its own."""
    before, after = unrelated(len(text) + 1), unrelated(len(text) + 2)
    return f'{before} "{sentences(text)[1]}" That is how the report put it. {after}'


def roundup(texts: list[str]) -> str:
    """Put together the first sentences of several stories."""
    return "\n".join(sentences(text)[0] for text in texts)


def market_report(seed: int) -> str:
    """Fill in a closing report's template."""
    random = Random(seed)
    figures = [f"{random.uniform(1, 9):.2f}" for _ in range(9)]
    return (
        f"Shares closed {random.choice(['higher', 'lower'])} as investors weighed interest rates."
        f" The main index moved by {figures[0]} percent to {random.randint(5000, 9000)} points"
        f" while the technology index ended {figures[1]} percent away from its last close."
        f" Turnover on the exchange came to {figures[2]} billion against an average of"
        f" {figures[3]} billion over the past month. The currency traded at {figures[4]} to the"
        f" dollar in the late afternoon. Ten-year government yields stood at {figures[5]} percent"
        f" and two-year yields at {figures[6]} percent. Oil for delivery next month cost"
        f" {random.randint(50, 99)} dollars a barrel and gold {random.randint(1500, 2500)} an ounce."
    )


SUBJECTS: dict[str, str] = {
    "dam": (
        "Engineers began on Monday to empty the reservoir behind the Halden dam, where inspectors"
        " found seepage beneath the spillway. The reservoir will fall by four metres before Sunday,"
        " the water authority said, and the spillway gates stay open until divers have reached the"
        " foundation. Farmers below the dam were told to move cattle from the river meadows."
        " Inspectors had warned of seepage in 2019 already; the authority then measured the"
        " spillway each month and found no change. A diver who worked on the foundation that year"
        " said the seepage came from a joint that nobody could see from the reservoir.\n"
        "The authority now wants to seal the joint with clay while the reservoir is low. Engineers"
        " reckon that divers need nine days at the foundation and that the spillway can carry the"
        " spring flood even if one gate is shut. Farmers asked who pays for hay while the meadows"
        " are closed. The water authority answered that inspectors will count cattle and meadows"
        " next week. Halden council meets on Thursday to hear whether the dam is safe enough for"
        " the campsite below to open, and engineers promised to bring pictures of the joint."
    ),
    "orchestra": (
        "Musicians of the Velmar orchestra will play without a conductor this season after three"
        " candidates turned the post down. The orchestra's musicians voted by a large majority to"
        " rehearse in sections, as string quartets do, and to let the first violin give the tempo."
        " Rehearsals began with a symphony by Haydn, whose symphonies were led from the violin in"
        " his own day. Subscribers were offered their money back; eleven of nine hundred took it."
        " The trumpets complained that rehearsals last longer without a conductor, the violins"
        " that the trumpets do not listen.\n"
        "Critics who heard the first concert praised the symphony and found the concerto ragged."
        " The soloist, asked after the concert whether she had missed a conductor, said that the"
        " musicians had breathed together for the first time in years. Subscribers stood to"
        " applaud the violins. Management will count tickets until the last concert of the season"
        " and then decide whether a conductor is hired or the rehearsals go on as they are, with a"
        " committee of musicians that chooses each symphony and each soloist by secret ballot."
    ),
}
"""Two longer texts, each with its subject's words in both of its paragraphs."""
