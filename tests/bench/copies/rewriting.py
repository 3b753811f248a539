"""What is done to a text to make another of it, in words, or characters where none are spaced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.scores import writes_no_spaces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

CHARACTERS_IN_WORD = 2
_PIECE = re.compile(r"\s*\S+")
_SENTENCE = re.compile(r".+?(?:[.!?](?=\s)|。|\n+|$)\s*", re.DOTALL)
_FIGURE = re.compile(r"\d")


def pieces(text: str) -> list[str]:
    """Cut a text into words, each with the space before it."""
    if not writes_no_spaces(text):
        return _PIECE.findall(text)
    return [
        text[place : place + CHARACTERS_IN_WORD]
        for place in range(0, len(text), CHARACTERS_IN_WORD)
    ]


def sentences(text: str) -> list[str]:
    """Cut a text behind its sentences and paragraphs; put together they are the text again."""
    return [part for part in _SENTENCE.findall(text) if part.strip()]


@dataclass
class Rewriter:
    """Makes other texts of texts; strange words and sentences come from texts that nobody copies.

    Each strange sentence is given once; when all are spent, their words come in any order.
    """

    random: Random
    spare: dict[str, list[str]]
    """Sentences by language."""

    spent: dict[str, list[str]]

    @classmethod
    def of(cls, random: Random, texts: Sequence[tuple[str, str]]) -> Rewriter:
        """Take strange sentences from texts, each given with its language.

        Those that repeat others, as the rows of tables do, are left out.
        """
        spare: dict[str, list[str]] = {}
        known: set[tuple[str, ...]] = set()
        for language, text in texts:
            for said in sentences(text):
                words = [word.strip() for word in pieces(said)]
                runs = set(zip(*(words[place:] for place in range(4)), strict=False))
                if not runs & known:
                    spare.setdefault(language, []).append(said)
                known |= runs
        return cls(random, spare, {language: list(said) for language, said in spare.items()})

    def strange(self, words: int, language: str) -> str:
        """Return about so many words that stand in no other document."""
        known = language if self.spare.get(language) or self.spent.get(language) else "en"
        made: list[str] = []
        count = 0
        while count < words:
            said = self._sentence(known)
            made.append(said.strip())
            count += len(pieces(said))
        return "\n\n".join(" ".join(made[place : place + 3]) for place in range(0, len(made), 3))

    def _sentence(self, language: str) -> str:
        if self.spare.get(language):
            return self.spare[language].pop(0)
        words = [word for said in self._any(language) for word in pieces(said)]
        self.random.shuffle(words)
        return "".join(words)

    def _any(self, language: str) -> list[str]:
        said = self.spent.get(language) or next(iter(self.spent.values()), ["so and so"])
        return self.random.choices(said, k=9)

    def edited(self, text: str, share: float, language: str) -> str:
        """Change a share of the words: others in their place, some more, some less."""
        strange = [word.strip() for said in self._any(language) for word in pieces(said)]
        made: list[str] = []
        for word in pieces(text):
            how = self.random.randrange(3) if self.random.random() < share else None
            bare = word.lstrip()
            if how in (0, 1):
                made.append(word.replace(bare, self.random.choice(strange)))
            if how in (1, None):
                made.append(word)
        return "".join(made)

    def excerpt(self, text: str, least: float, most: float) -> str:
        """Keep a share of the words, from the top."""
        words = pieces(text)
        return "".join(words[: int(len(words) * self.random.uniform(least, most))])

    def trimmed(self, text: str, share: float) -> str:
        """Cut a share of the sentences, anywhere."""
        return "".join(said for said in sentences(text) if self.random.random() >= share)

    def shortened(self, text: str, share: float) -> str:
        """Make an agency's short form: its first sentences, and one of three of the others."""
        said = sentences(text)
        top = max(2, int(len(said) * share * 2 / 3))
        rest = [one for one in said[top:] if self.random.random() < share / 2]
        return "".join([*said[:top], *rest])

    def passage(self, text: str, words: int) -> str:
        """Return so many words that stand together in a text."""
        known = pieces(text)
        start = self.random.randrange(max(1, len(known) - words))
        return "".join(known[start : start + words]).strip()

    def passages(self, text: str, words: int, count: int) -> list[str]:
        """Return runs of so many words, from different parts of a text."""
        known = pieces(text)
        part = len(known) // count
        starts = (self.random.randrange(max(1, part - words)) + part * n for n in range(count))
        return ["".join(known[start : start + words]).strip() for start in starts]

    def in_other_words(self, text: str) -> str:
        """Make what a translation looks like: names and figures stay, other words are others."""
        made: dict[str, str] = {}

        def other(word: str) -> str:
            bare = word.strip()
            if _FIGURE.search(bare) or bare.istitle():
                return word
            if bare not in made:
                letters = list(bare)
                self.random.shuffle(letters)
                made[bare] = "".join(letters) + self.random.choice(("o", "en", "a", "is"))
            return word.replace(bare, made[bare])

        return "".join(map(other, pieces(text)))
