"""News as the tests tell it: two long texts, and a page that holds one."""

from __future__ import annotations

from datetime import UTC, datetime

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STORY = " ".join(
    f"The {ordinal} ferry of the {place} line left the quay at {ordinal} o'clock with "
    f"{passengers} people on board, said harbour master Ines Quell of {place}."
    for ordinal, place, passengers in [
        ("first", "Ansel", 312),
        ("second", "Greater Holm", 287),
        ("third", "Torvel", 148),
        ("fourth", "Ridgeline", 96),
        ("fifth", "Ostrand", 431),
        ("sixth", "Salt Basin", 205),
    ]
)
OTHER = " ".join(
    f"Apple growers near {place} lit {fires} small fires before dawn, and {grower} counted "
    f"{lost} frozen blossoms on a single branch of an old tree."
    for place, fires, grower, lost in [
        ("Low Barrow", 40, "Mara Tind", 17),
        ("High Barrow", 55, "Olle Brandt", 23),
        ("the mill", 61, "Suse Kray", 9),
        ("the chapel", 38, "Per Anders", 31),
        ("Ridgeline", 72, "Ada Voss", 12),
    ]
)


def html(title: str, text: str) -> str:
    paragraphs = "".join(f"<p>{sentence}.</p>" for sentence in text.rstrip(".").split(". "))
    return (
        f'<html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
        f"{paragraphs}</article></body></html>"
    )
