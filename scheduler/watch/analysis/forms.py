"""What a word of an article can be found by: its folded form, its stem, and what it pretends to be."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.watch.analysis.tokens import words


@dataclass(frozen=True, slots=True)
class Forms:
    """Of one word: `plain` is folded, `raw` as written.

    `others` are folded forms that mean the same ("l'ukraine" is "ukraine" too). `disguise` is the
    folded word that this one is made to look like with letters of another script or with invisible
    characters; None for an honest word. `stems` are those of all of these.
    """

    plain: str
    raw: str
    stems: frozenset[str]
    others: tuple[str, ...] = ()
    disguise: str | None = None

    @property
    def folded(self) -> tuple[str, ...]:
        """All folded forms by which it is found."""
        disguise = () if self.disguise is None else (self.disguise,)
        return (self.plain, *self.others, *disguise)


def forms_of(surface: str, language: str | None) -> Forms:
    """Give the forms of a word as it stands in an article of that language (ISO 639-1)."""
    plain = "".join(words(surface)) or surface
    return Forms(plain, surface, frozenset({stem(plain, language)}))


def stem(word: str, language: str | None) -> str:  # noqa: ARG001
    """Give the stem of a folded word; the word itself where the language has no rules."""
    return word
