"""What the demo tells whoever watches it."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.markup import escape

from scheduler.demo.expectations import DemoState
from scheduler.demo.mailbox import ReceivedEmail
from scheduler.demo.webhook_receiver import ReceivedWebhook
from storage.models.stories import Relation, StoryMember
from storage.reports.statistics import StoryRow

_RELATIONS = {
    Relation.EXACT: "the same text",
    Relation.NEAR: "nearly the same text",
    Relation.CONTAINS: "the whole text, with more round it",
    Relation.EXCERPT: "an excerpt",
    Relation.PARTIAL: "a part of the text",
}
_MOST_REASONS = 3
_SHOWN_CHARACTERS = 400  # of a webhook's body


class DemoReport:
    """Prints, in colour on a terminal and plain into a pipe."""

    def __init__(self, console: Console, began: datetime) -> None:
        self._console = console
        self._began = began

    def seconds(self, now: datetime) -> float:
        """Return the seconds since the demo began."""
        return (now - self._began).total_seconds()

    def line(self, text: str = "", style: str = "") -> None:
        """Print a line as it is, without reading markup in it or breaking it."""
        self._console.print(escape(text), style=style, soft_wrap=True, highlight=False)

    def step(self, now: datetime, text: str) -> None:
        """Print what the demo does now, with the seconds since it began."""
        self.line(f"{self.seconds(now):5.1f} s  {text}")

    def heading(self, text: str) -> None:
        """Print a heading with an empty line above."""
        self.line()
        self.line(text, style="bold")

    def outcome(self, state: DemoState, stats_page: str) -> None:
        """Print all that happened."""
        self._counts(state)
        self._stories(state)
        for email in state.emails:
            self._email(email)
        for webhook in state.webhooks:
            self._webhook(webhook)
        self.heading("Stats page")
        self.line(f"  {stats_page}")

    def failed(self, reasons: tuple[str, ...], last_words: str) -> None:
        """Print what is missing, with the end of the daemon's log."""
        self.heading("Not everything happened that was to happen:")
        for reason in reasons:
            self.line(f"  - {reason}", style="red")
        if last_words:
            self.heading("The daemon's last words")
            self.line(last_words)

    def _counts(self, state: DemoState) -> None:
        overview = state.overview
        funnel = overview.funnel
        self.heading("What happened")
        rows = (
            ("requests", f"{funnel.requests}, of which {funnel.not_modified} not modified"),
            ("pages fetched", str(funnel.fetched)),
            ("articles", str(overview.articles_total)),
            ("revisions", str(funnel.revisions)),
            ("stories", str(overview.stories_total)),
            ("copies folded", str(funnel.copies)),
            ("matches", f"{funnel.matched}, of which {funnel.held} held (backlog)"),
            ("alerts", str(funnel.alerted)),
            ("deliveries", str(funnel.delivered)),
        )
        for name, value in rows:
            self.line(f"  {name:<15}{value}")

    def _stories(self, state: DemoState) -> None:
        self.heading("Stories with copies")
        for row in state.overview.stories:
            if row.copies:
                self._story(row)
        alone = sum(1 for row in state.overview.stories if not row.copies)
        self.line(f"  and {alone} stories that nobody copied", style="dim")

    def _story(self, row: StoryRow) -> None:
        self.line(f"  {row.root.article.title}", style="bold")
        self.line(
            f"    original  {row.root.article.host}  (confidence {row.story.confidence:.0%})",
            style="green",
        )
        reasons = [
            reason
            for reason in row.story.evidence
            if reason.article_id == row.root.article.id and reason.weight > 0
        ]
        for reason in reasons[:_MOST_REASONS]:
            self.line(f"              {reason.says}", style="dim")
        for member in row.copies:
            self._copy(member)

    def _copy(self, member: StoryMember) -> None:
        host = member.article.host
        if member.verdict is None:
            self.line(f"    copy      {host}  (seen before its original)")
            return
        verdict = member.verdict
        self.line(
            f"    copy      {host}  {_RELATIONS[verdict.relation]}: "
            f"{verdict.share_of_other:.0%} of it stands here, "
            f"{verdict.share_of_article:.0%} of this page is it"
        )

    def _email(self, email: ReceivedEmail) -> None:
        self.heading("The e-mail")
        self.line(f"  To:         {', '.join(email.to)}")
        self.line(f"  Subject:    {email.subject}")
        self.line(f"  Message-ID: {email.message_id}")
        self.line(f"  Parts:      {', '.join(email.kinds())}")
        for line in email.excerpt().splitlines():
            self.line(f"  | {line}")

    def _webhook(self, webhook: ReceivedWebhook) -> None:
        self.heading("The webhook")
        for name, value in sorted(webhook.headers.items()):
            self.line(f"  {name}: {value}")
        verified = "verified with the topic's secret" if webhook.verified else "WRONG"
        self.line(f"  signature:  {verified}", style="green" if webhook.verified else "red")
        body = webhook.body.decode("utf-8", "replace")
        shown = body if len(body) <= _SHOWN_CHARACTERS else f"{body[:_SHOWN_CHARACTERS]} …"
        self.line(f"  | {shown}")
