"""What dates a text: its dateline, byline and labels, in many languages; never a day in its story."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.copies.origin.text_date import dates_of_text
from crawler.extract.dates.written_dates import date_of_address

BODY = "\nThe ship left the quay at noon, said the harbour master.\nNobody was hurt."
DAY = date(2021, 3, 3)


@pytest.mark.parametrize(
    "line",
    [
        "March 3, 2021 (Reuters) - The ship left the quay.",
        "LONDON, 3 March 2021 (Reuters) - The ship left the quay.",
        "LONDON, 3 March 2021",
        "NEW DELHI, Mar 3, 2021 (IANS): The ship left the quay.",
        "WASHINGTON, March 3, 2021 /PRNewswire/ -- The ship left the quay.",
        "BEIJING, Mar. 3, 2021 (Xinhua) -- The ship left the quay.",
        "PARIS (AFP), le 3 mars 2021 – Le navire a quitté le port.",
        "São Paulo, 3 de março de 2021 (Agência Costa) – O navio deixou o porto.",
        "МОСКВА, 3 марта 2021 года. /ТАСС/. Корабль вышел из порта.",
        "新华社北京2021年3月3日电（记者王）船离开了码头。",
        "Published: 2021-03-03",
        "Published 3 March 2021",
        "Wednesday, March 3rd, 2021",
        "Mar 03, 2021, 07:00 ET",
        "2021-03-03T12:30:00Z",
        "Veröffentlicht am 3. März 2021",
        "Mittwoch, 3. März 2021, 12:30 Uhr",
        "Publié le 3 mars 2021 à 12h30",
        "Publicado el 3 de marzo de 2021",
        "Pubblicato il 3 marzo 2021, ore 12:30",
        "Publicado em 3 de março de 2021 às 12h30",
        "Gepubliceerd op 3 maart 2021 om 12:30",
        "Opublikowano 3 marca 2021",
        "Опубликовано 3 марта 2021 г., 12:30",
        "2021年3月3日",
        "发布时间：2021-03-03 12:30",
        "二〇二一年三月三日",
        "2021년 3월 3일",
        "By Jane Doe | March 3, 2021 | 5 min read",
        "Von Max Muster und Eva van der Berg, 3. März 2021",
        "This article was originally published on March 3, 2021.",
        "Dieser Artikel erschien zuerst am 3. März 2021 in der Küstenpost.",
    ],
)
def test_a_line_on_top_that_dates_the_text(line: str) -> None:
    assert [(found.day, found.of_change) for found in dates_of_text(line + BODY)] == [(DAY, False)]


@pytest.mark.parametrize(
    "line",
    [
        "Updated 12:30 GMT, 3 March 2021",
        "Zuletzt aktualisiert: 3.3.2021",
        "Mise à jour: 03/03/2021 à 12:00",
        "Обновлено 3 марта 2021",
        "This story was last updated on March 3, 2021.",
    ],
)
def test_a_change_is_told_from_a_publication(line: str) -> None:
    assert [(found.day, found.of_change) for found in dates_of_text(line + BODY)] == [(DAY, True)]


def test_a_line_may_give_both() -> None:
    found = dates_of_text(f"Published 3 March 2021 | Updated 4 March 2021{BODY}")
    assert [(each.day.day, each.of_change) for each in found] == [(3, False), (4, True)]


@pytest.mark.parametrize(
    "line",
    [
        "The ship sank on 5 May 2012.",
        "On 5 May 2012 - the captain said - nobody was on deck.",
        "Paris, 13 November 2015: it was a Friday.",
        "Kigali, 6 April 1994. A plane comes down.",
        "September 11, 2001 – the day that nobody forgets",
        "5 May 2012 (a Saturday) was the day of the wreck",
        "5 May 2012 marked the end of the line",
        "By 5 May 2012 all was lost",
        "By May 5, 2012, John Smith Had Won",
        "By the morning of March 3, 2021, few were left",
        "Published 3 March 2021 by Quay House, the book tells of the wreck",
        "The novel was originally published on March 3, 2021.",
        "Released: 5 May 2012",
        "Born 5 May 1984 in London",
        "From 5 May 2012 to 6 May 2013",
        "Opening hours from March 3, 2021",
        "LONDON, 5 May (Reuters) - A dateline without a year.",
        "Published: 2021-13-45",
    ],
)
def test_a_day_in_a_story_does_not_date_it(line: str) -> None:
    assert dates_of_text(line + BODY) == ()


def test_a_date_further_down_is_the_storys_own() -> None:
    assert dates_of_text(f"{BODY}{BODY}\n3 March 2021{BODY}{BODY}") == ()


def test_an_article_may_say_at_its_end_when_it_was_first_published() -> None:
    text = f"{BODY}{BODY}{BODY}\nThis story was first published on 3 March 2021."
    assert [found.day for found in dates_of_text(text)] == [DAY]


def test_a_timeline_is_not_dated_by_its_first_entry() -> None:
    timeline = "".join(f"\n{day} May 2012{BODY}" for day in (12, 13, 14))
    assert dates_of_text(timeline) == ()
    assert len(dates_of_text(f"Published 3 March 2021{timeline}")) == 1


def test_a_date_that_may_be_read_both_ways_is_the_later_one() -> None:
    [found] = dates_of_text(f"Published: 03/04/2021{BODY}")
    assert found.day == date(2021, 4, 3)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2021/03/03/ship-leaves", DAY),
        ("/world/2021/mar/03/ship-leaves", DAY),
        ("/news/2021/3/3", DAY),
        ("/2021-03-03/ship", DAY),
        ("/posts/2021-03-03-ship", DAY),
        ("/20210303/ship", DAY),
        ("/2021/03/ship", None),
        ("/2021/13/45/ship", None),
        ("/12345678/ship", None),
        ("/ship?day=/2021/03/03/", None),
    ],
)
def test_an_address_is_dated_by_its_path(path: str, day: date | None) -> None:
    assert date_of_address(f"https://herald.example{path}") == day


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    dates_of_text(text)
    dates_of_text(f"Published: 2021-03-03 {text}")
