"""Harder ground than the labelled file: what is done to originals here has no published bar.

Of up to 40 originals of the file, each of at least 150 words:

- `edit_10`, `edit_15`, `edit_20`: that share of the words is replaced by other words of the file;
- `ocr_1`, `ocr_3`: that share (percent) of the letters is misread, as scanners do;
- `reordered`: the sentences stand in any order;
- `spliced`: two originals in one document; neither may be folded into the other's story by it;
- `halves`: the two halves of an original, and then the whole, which proves them one story;
- `translation`: the same report in two languages (written for this file); must not be folded;
- `paraphrase`: the same report in other words (written for this file); reported, not required;
- `brief`: the first 50 words, as an agency's brief, and the same with a farm's wrapper;
- `non_latin`: farm copies, excerpts and edits of pages in other scripts, of the file of pages.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.bench.copies.documents import Document
from tests.bench.copies.folding import fold
from tests.bench.copies.reports import PARAPHRASES, TRANSLATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

ORIGINALS = 40
LEAST_WORDS = 150
BRIEF = 50
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_MISREAD = {
    "l": "1", "O": "0", "e": "c", "m": "rn", "i": "l", "S": "5", "h": "b", "u": "ii", "t": "f",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts to be streamed in turn, each of a site of its own, and which should be one story."""

    texts: Sequence[str]
    groups: Sequence[str]


def measure(originals: Sequence[str], vocabulary: Sequence[str]) -> dict[str, Any]:
    """Of each kind, the share of the copies that are folded into their original's story."""
    random = Random(3)
    chosen = [text for text in originals if len(text.split()) >= LEAST_WORDS][:ORIGINALS]
    kinds: dict[str, Callable[[str], str]] = {
        **{f"edit_{share}": _editing(share / 100, vocabulary, random) for share in (10, 15, 20)},
        **{f"ocr_{share}": _misreading(share / 100, random) for share in (1, 3)},
        "reordered": lambda text: _reordered(text, random),
    }
    briefs = [" ".join(text.split()[:BRIEF]) for text in chosen]
    return {
        **{
            kind: _found(zip(chosen, map(make, chosen), strict=True))
            for kind, make in kinds.items()
        },
        "brief_exact": _found(zip(briefs, briefs, strict=True)),
        "brief_in_wrapper": _found((brief, _wrapped(brief)) for brief in briefs),
        "spliced_joins_two_stories": _joined(_splices(chosen)),
        "halves_bridged": _joined(map(_halves, chosen)),
        "translation_folded": _found(TRANSLATIONS),
        "paraphrase_folded": _found(PARAPHRASES),
    }


def measure_scripts(pages: Path) -> dict[str, dict[str, float]]:
    """Do the labelled file's kinds to pages of scripts other than Latin: share found, by script."""
    found: dict[str, list[str]] = {}
    for text in _bodies(pages):
        script = _script(text)
        if script is not None and len(text) >= LEAST_WORDS:
            found.setdefault(script, []).append(text)
    return {
        script: {
            "texts": len(texts),
            "farm": _found((text, _wrapped(text)) for text in texts),
            "excerpt": _found((text, text[: len(text) * 2 // 5]) for text in texts),
            "trim": _found(
                (text, text[: len(text) // 3] + text[len(text) // 2 :]) for text in texts
            ),
        }
        for script, texts in sorted(found.items())
    }


def _found(pairs: Iterable[tuple[str, str]]) -> float:
    """Stream pairs of an original and its copy; the share of the copies that were folded rightly."""
    made = list(pairs)
    texts = [text for pair in made for text in pair]
    roots = _roots(texts)
    together = sum(roots[place] == roots[place + 1] for place in range(0, len(texts), 2))
    return round(together / len(made), 4) if made else 0.0


def _splices(originals: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for one, other in zip(originals[::2], originals[1::2], strict=False):
        yield one, other, f"{one}\n\n{other}"


def _halves(text: str) -> tuple[str, str, str]:
    sentences = _SENTENCE_END.split(text)
    cut = len(sentences) // 2
    return " ".join(sentences[:cut]), " ".join(sentences[cut:]), text


def _joined(triples: Iterable[tuple[str, str, str]]) -> float:
    """Stream two texts and one that holds both; how often the two became one story."""
    stories = [_roots(triple) for triple in triples]
    joined = sum(one == other for one, other, _ in stories)
    return round(joined / len(stories), 4) if stories else 0.0


def _roots(texts: Sequence[str]) -> list[int]:
    documents = [
        Document(
            id=place,
            group="",
            kind="",
            site=f"site{place}.example",
            title="",
            text=text,
            published=None,
            seen_at=_BEGIN + timedelta(minutes=place),
            original=None,
        )
        for place, text in enumerate(texts)
    ]
    stories, _ = asyncio.run(fold(documents))
    return [stories.root(place) for place in range(len(texts))]


def _editing(share: float, vocabulary: Sequence[str], random: Random) -> Callable[[str], str]:
    def edit(text: str) -> str:
        words = text.split(" ")
        for place in random.sample(range(len(words)), int(len(words) * share)):
            words[place] = random.choice(vocabulary)
        return " ".join(words)

    return edit


def _misreading(share: float, random: Random) -> Callable[[str], str]:
    def misread(text: str) -> str:
        letters = sum(map(text.count, _MISREAD))
        chance = share * len(text) / max(letters, 1)
        return "".join(
            _MISREAD[letter] if letter in _MISREAD and random.random() < chance else letter
            for letter in text
        )

    return misread


def _reordered(text: str, random: Random) -> str:
    sentences = _SENTENCE_END.split(text)
    random.shuffle(sentences)
    return " ".join(sentences)


def _wrapped(text: str) -> str:
    return (
        f"Mon. Jun 01, 2026\n\nBy info\n\n{text}\n\n#news #today\n\nLeave a Reply\n"
        "Your email address will not be published. Required fields are marked *"
    )


def _bodies(pages: Path) -> Iterable[str]:
    with gzip.open(pages, "rt", encoding="utf-8") as lines:
        for line in lines:
            body = json.loads(line)["truth"].get("body")
            if isinstance(body, list):
                body = "\n".join(body)
            if body:
                yield body


_SCRIPTS = {
    "arabic": re.compile(r"[\u0600-\u06ff]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "hangul": re.compile(r"[\uac00-\ud7af]"),
    "hebrew": re.compile(r"[\u0590-\u05ff]"),
    "indic": re.compile(r"[\u0900-\u0dff]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
    "chinese or japanese": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
}


def _script(text: str) -> str | None:
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] > len(text) / 3 else None
