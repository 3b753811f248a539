"""Labelled documents made from article bodies and a seed, to see how we do on other articles.

The kinds of the labelled file, with other words round the texts and other forms of reports:
original, exact, farm, farm_edit, edit (2 to 8 % of the words), excerpt (25 to 40 %), lead (30 to
60 % on top), trim, quotation (25 to 60 words; of a long text three), roundup (4 to 10 items, with
and without words of its own) and template (reports whose figures tell them apart).

And more kinds, with figures of their own. To be folded:

- `newsletter`: sign-up lines at three places of the text;
- `two_lengths`: an agency's long form, and a short form of a third to a half of it;
- `press_release`: a reprint with a tenth of the words and of the sentences changed;
- `correction`: the text again with a correction below, at the same site;
- `template_copy`: a farm's copy of a report of a form;
- `paper_copy`: a copy between the header and footer that stand on all pages of its site.

Not to be folded, since copies are not events:

- `translation`: other words in the same order, with the names and figures;
- `follow_up`: a later report that repeats a fifth to three tenths of the earlier one, which is as
  much of it: most of each is not in the other, so neither tells the other's news;
- `series`: parts with an introduction in common, a fifth to two fifths of each;
- `paper`: texts of one site between its header and footer;
- `wordy_template`: reports of a form with few figures (obituaries, job ads, horoscopes, police).
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.bench.copies.documents import Document
from tests.bench.copies.forms import FIGURES, WORDY, fill
from tests.bench.copies.rewriting import Rewriter, pieces
from tests.bench.copies.wrappers import Page, interrupted, words_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

LEAST_WORDS = 120
ORIGINALS, SOURCES = 0.7, 0.12
"""Shares of the pages that are copied, and that the further kinds are made of."""

QUOTATIONS, ROUNDUPS, TEMPLATES, FORMS_A_SET = 53, 21, 84, 4
COPIES = (0, 1, 2, 3, 5)
KINDS = ("farm", "farm", "farm_edit", "lead", "exact", "excerpt", "edit", "trim")
ONE_STORY = frozenset(
    {"newsletter", "two_lengths", "press_release", "correction", "template_copy", "paper_copy"}
)
"""Of the further kinds, those that are copies."""

LAGS = (18, 45, 75, 210, 1470)
"""Minutes from an original's publication until a copy is seen."""

_BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
_GAP = timedelta(minutes=83)
_PARTS_OF_SERIES, _PAGES_OF_PAPER, _WORDY = 5, 12, 8
_FUNCTION_WORDS = {
    "en": {"the", "and", "of", "to", "that"},
    "de": {"der", "die", "und", "das", "nicht"},
    "fr": {"le", "les", "des", "et", "une"},
    "es": {"el", "los", "que", "una", "por"},
}


@dataclass
class Maker:
    """Makes one set of documents."""

    random: Random
    originals: list[Page]
    sources: list[Page]
    rewriter: Rewriter
    documents: list[Document] = field(default_factory=list)

    @classmethod
    def of(cls, pages: Sequence[Page], seed: int) -> Maker:
        """Choose by the seed which pages are originals, which sources, and which only give words."""
        random = Random(seed)
        shuffled = random.sample(pages, len(pages))
        first = int(len(pages) * ORIGINALS)
        last = first + int(len(pages) * SOURCES)
        spare = [(page.language, page.text) for page in shuffled[last:]]
        return cls(random, shuffled[:first], shuffled[first:last], Rewriter.of(random, spare))

    def labelled(self) -> list[Document]:
        """Make the kinds of the labelled file."""
        for number, page in enumerate(self.originals):
            self._story(number, page)
        share = len(self.originals) / 213  # as many as the labelled file has
        for number in range(int(QUOTATIONS * share)):
            self._quotation(number)
        for number in range(int(ROUNDUPS * share)):
            self._roundup(number)
        for form in self.random.sample(sorted(FIGURES), FORMS_A_SET):
            self._reports(form, FIGURES[form], "template", int(TEMPLATES * share / FORMS_A_SET))
        return self._taken()

    def further(self) -> list[Document]:
        """Make the kinds that the labelled file has not."""
        paired: dict[str, Callable[[Page], str]] = {
            "newsletter": self._with_newsletter,
            "two_lengths": lambda page: self.rewriter.shortened(
                page.text, self.random.uniform(0.35, 0.5)
            ),
            "press_release": lambda page: self.rewriter.edited(
                self.rewriter.trimmed(page.text, 0.1), 0.1, page.language
            ),
            "correction": lambda page: f"{page.text}\n\n{words_of(page.language).notice}",
            "paper_copy": lambda page: self._on_paper(page.text),
            "translation": lambda page: self.rewriter.in_other_words(page.text),
            "follow_up": self._follow_up,
        }
        each = len(self.sources) // len(paired)
        left = iter(self.sources)
        for kind, make in paired.items():
            for number in range(each):
                self._pair(kind, number, next(left), make)
        for number in range(_PAGES_OF_PAPER):
            text = self._on_paper(self.rewriter.strange(self.random.randint(60, 250), "en"))
            self._alone("paper", number, "paper.example", text)
        for number in range(3):
            self._series(number)
        for name, form in WORDY.items():
            self._reports(name, form, "wordy_template", _WORDY)
        self._copied_reports()
        return self._taken()

    # --- the labelled file's kinds --------------------------------------------------------

    def _story(self, number: int, page: Page) -> None:
        published = _BEGIN + number * _GAP
        original = self._document(
            f"s{number}", "original", f"daily{self.random.randrange(50)}.example", page, published
        )
        seen = published + timedelta(minutes=self.random.randint(2, 39))
        self.documents.append(replace(original, seen_at=seen, original=True))
        for _ in range(self.random.choice(COPIES)):
            self._copy(f"s{number}", self.random.choice(KINDS), page, published)

    def _copy(self, group: str, kind: str, page: Page, published: datetime) -> None:
        seen = published + timedelta(minutes=self.random.choice(LAGS))
        stated = seen if "farm" in kind else self.random.choice((None, published, seen))
        text, language = page.text, page.language
        edits = self.random.uniform(0.02, 0.08)
        if kind in {"edit", "farm_edit"}:
            text = self.rewriter.edited(text, edits, language)
        if kind in {"farm", "farm_edit"}:
            titles = [other.title for other in self.originals]
            text = wrap(replace(page, text=text), seen, titles, self.random)
        elif kind == "excerpt":
            text = self.rewriter.excerpt(text, 0.25, 0.4)
            text += self.random.choice(("", " …", f"…\n\n{words_of(language).more}"))
        elif kind == "lead":
            strange = int(len(pieces(text)) * self.random.uniform(0.3, 0.6))
            text = f"{self.rewriter.strange(strange, language)}\n\n{text}"
        elif kind == "trim":
            text = self.rewriter.trimmed(text, 0.25)
        site = f"mirror{self.random.randrange(90)}.example"
        made = self._document(group, kind, site, replace(page, text=text), seen)
        self.documents.append(replace(made, published=stated, original=False))

    def _quotation(self, number: int) -> None:
        source = self.random.choice(self.originals)
        words = self.random.randint(25, 60)
        several = len(pieces(source.text)) > 10 * words and self.random.random() < 1 / 3
        quoted = self.rewriter.passages(source.text, words, 3 if several else 1)
        own = [
            self.rewriter.strange(self.random.randint(120, 400), source.language)
            for _ in range(len(quoted) + 1)
        ]
        said = [f"“{words}”\n\n{after}" for words, after in zip(quoted, own[1:], strict=True)]
        self._alone("quotation", number, "review.example", "\n\n".join([own[0], *said]))

    def _roundup(self, number: int) -> None:
        has_words = self.random.random() < 1 / 2
        items: list[str] = []
        chosen = self.random.sample(self.originals, self.random.randint(4, 10))
        for page in chosen:
            words = self.random.randint(30, 60)
            item = "".join(pieces(page.text)[:words]) + "…"
            own = self.rewriter.strange(15, "en") if has_words else ""
            items.append("\n".join(part for part in (own and page.title, own, item) if part))
        self._alone("roundup", number, "digest.example", "\n\n".join(items))

    def _reports(self, name: str, form: str, kind: str, count: int) -> None:
        for number in range(count):
            day = _BEGIN + timedelta(days=number)
            page = Page(f"{name} {day:%d %B}", fill(form, day, self.random), "en")
            self.documents.append(
                self._document(f"{name}{number}", kind, f"{name}.example", page, day)
            )

    # --- further kinds --------------------------------------------------------------------

    def _pair(self, kind: str, number: int, page: Page, make: Callable[[Page], str]) -> None:
        """Add a source and what is made of it: one story, or two where the kind is not to fold."""
        published = _BEGIN + number * _GAP
        sites = {"paper_copy": "paper.example", "correction": f"{kind}{number}a.example"}
        for place, text in enumerate((page.text, make(page))):
            site = f"{kind}{number}{'ab'[place]}.example"
            made = self._document(
                f"{kind}{number}{'' if kind in ONE_STORY else place}",
                kind,
                sites.get(kind, site) if place else site,
                replace(page, text=text),
                published + timedelta(minutes=90 * place),
            )
            self.documents.append(made)

    def _with_newsletter(self, page: Page) -> str:
        promos = words_of(page.language).promos
        return interrupted(page.text, [self.random.choice(promos) for _ in range(3)], self.random)

    def _follow_up(self, page: Page) -> str:
        background = int(len(pieces(page.text)) * self.random.uniform(0.2, 0.3))
        own = int(background / self.random.uniform(0.2, 0.3)) - background
        told = self.rewriter.passage(page.text, background)
        return f"{self.rewriter.strange(own, page.language)}\n\n{told}"

    def _on_paper(self, text: str) -> str:
        return f"{_HEADER}\n\n{text}\n\n{_FOOTER}"

    def _series(self, number: int) -> None:
        words = self.random.randint(80, 150)
        shared = self.rewriter.strange(words, "en")
        for part in range(_PARTS_OF_SERIES):
            own = int(len(pieces(shared)) * self.random.uniform(1.5, 4))
            text = f"{shared}\n\n{self.rewriter.strange(own, 'en')}"
            self._alone("series", number * 10 + part, f"series{number}.example", text)

    def _copied_reports(self) -> None:
        reports = [one for one in self.documents if one.kind == "wordy_template"]
        for number, form in enumerate(FIGURES.values()):
            day = _BEGIN + timedelta(days=40 + number)
            reports.append(
                self._document(
                    f"copied{number}",
                    "template_copy",
                    "forms.example",
                    Page(f"Report {number}", fill(form, day, self.random), "en"),
                    day,
                )
            )
            self.documents.append(reports[-1])
        for report in self.random.sample(reports, 8) + reports[-len(FIGURES) :]:
            seen = report.seen_at + timedelta(hours=3)
            page = Page(report.title, report.text, "en")
            text = wrap(page, seen, [other.title for other in self.originals], self.random)
            site = f"mirror{self.random.randrange(90)}.example"
            made = self._document(
                report.group, "template_copy", site, replace(page, text=text), seen
            )
            self.documents.append(made)

    # --- documents ------------------------------------------------------------------------

    def _alone(self, kind: str, number: int, site: str, text: str) -> None:
        """Add a document that is a story of its own, at any time."""
        span = len(self.originals) * _GAP
        page = Page(f"{kind} {number}", text, "en")
        self.documents.append(
            self._document(
                f"{kind}{number}", kind, site, page, _BEGIN + span * self.random.random()
            )
        )

    def _document(
        self, group: str, kind: str, site: str, page: Page, published: datetime
    ) -> Document:
        return Document(0, group, kind, site, page.title, page.text, published, published, None)

    def _taken(self) -> list[Document]:
        taken, self.documents = self.documents, []
        return taken


_HEADER = (
    "The Lorne Valley Herald\nFounded in 1874 by the printers of the valley, read at every table"
    " from Kells to the sea\nSubscribe | Place a notice | Letters to the editor | Our shop | Past"
    " editions since 1990\nMembers read without advertisements for four a month, or forty a year"
)
_FOOTER = (
    "Printed and published by the Lorne Valley Printers' Cooperative, 4 Mill Lane. Registered as a"
    " newspaper at the post office. The cooperative keeps to the code of the press council; whoever"
    " thinks that we have not may write to the readers' editor, who answers within ten days. No"
    " part of this page may be stored or sold without leave. Terms of use | Privacy | Cookies |"
    " Work with us | Where to buy the paper | Help for members | Site map"
)


def make(pages: Sequence[Page], seed: int) -> tuple[list[Document], list[Document]]:
    """Make a set: documents of the labelled file's kinds, and of the further kinds.

    Each list is in order of arrival; the ids are those of the order of arrival of all.
    """
    maker = Maker.of(pages, seed)
    labelled = maker.labelled()
    further = maker.further()
    arriving = sorted((*labelled, *further), key=lambda made: (made.seen_at, made.site, made.group))
    numbered = [replace(made, id=number) for number, made in enumerate(arriving)]
    groups = {made.group for made in labelled}
    return (
        [made for made in numbered if made.group in groups],
        [made for made in numbered if made.group not in groups],
    )


def read_pages(paths: Iterable[Path]) -> list[Page]:
    """Read the article bodies of files of pages, long enough and each unlike the others."""
    found: list[Page] = []
    known: Counter[str] = Counter()
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                truth = json.loads(line).get("truth", {})
                body = truth.get("body")
                text = "\n".join(body) if isinstance(body, list) else body or ""
                _take_page(found, known, truth.get("title") or "", text)
    return found


def pages_of(documents: Iterable[Document]) -> list[Page]:
    """Take the originals of labelled documents for pages."""
    found: list[Page] = []
    known: Counter[str] = Counter()
    for document in documents:
        if document.original:
            _take_page(found, known, document.title, document.text)
    return found


def _take_page(found: list[Page], known: Counter[str], title: str, text: str) -> None:
    """Keep a page, unless a tenth of its runs of five words stand in others."""
    words = pieces(text)
    runs = {"".join(words[place : place + 5]) for place in range(len(words) - 4)}
    if len(words) < LEAST_WORDS or sum(run in known for run in runs) > len(runs) / 10:
        return
    known.update(runs)
    named = title or "".join(words[:8]).strip()
    found.append(Page(named, text, _language(text)))


def _language(text: str) -> str:
    if any("\u3040" <= letter <= "\u30ff" for letter in text):
        return "ja"
    counts = Counter(text.lower().split())
    said = {name: sum(counts[word] for word in words) for name, words in _FUNCTION_WORDS.items()}
    best = max(said, key=lambda name: said[name])
    return best if said[best] > counts.total() / 40 else "other"
