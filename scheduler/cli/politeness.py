"""`wirewatch politeness`: the proof that every request was polite, from the request ledger."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from crawler.settings import FetchSettings
from scheduler.cli.context import Context
from scheduler.cli.output import local_time, print_json, print_line, print_note, print_table
from scheduler.politeness.ledger import prove
from scheduler.politeness.records import BrokenPromise, HostFigures, PolitenessProof, PolitenessRule
from scheduler.runtime.clock import utc_now

_HEADERS = (
    *("host", "requests", "mean gap", "least gap", "not modified", "bytes"),
    *("refusals", "rules broken"),
)


def print_politeness(
    context: Context, *, window: timedelta, host: str | None, as_json_wanted: bool
) -> int:
    """Print the proof; the exit status: 0 when no rule was broken, 1 otherwise."""
    settings = context.loaded().settings.fetch
    with context.read() as conn:
        proof = prove(conn, settings, since=utc_now() - window, host=host)
    if as_json_wanted:
        print_json(asdict(proof) | {"holds": proof.holds})
    else:
        _print(proof, settings)
    return 0 if proof.holds else 1


def _print(proof: PolitenessProof, settings: FetchSettings) -> None:
    print_line(
        f"Since {local_time(proof.since)}: {proof.requests} requests to {len(proof.hosts)} hosts"
    )
    print_table(_HEADERS, [_row(figures) for figures in proof.hosts])
    print_line("")
    print_table(
        ("rule", "lines proved"),
        [(rule.value, proof.proved.get(rule, 0)) for rule in PolitenessRule],
    )
    print_line("")
    _print_broken(proof)
    for figures in proof.hosts:
        if figures.cut_delay is not None:
            longest = settings.max_crawl_delay_seconds
            print_line(
                f"cut: {figures.host} asks for {figures.cut_delay:g} s between requests: {longest:g} s"
            )
    for why, times in proof.unproved.items():
        print_line(f"not proved: {times} {why}")
    if not settings.names_operator:
        print_note(
            "the contact in the user agent is the project's page; set [fetch] contact to yours"
        )


def _print_broken(proof: PolitenessProof) -> None:
    for broken in proof.broken:
        print_line(_as_text(broken))
    if proof.broken_total > len(proof.broken):
        print_line(f"and {proof.broken_total - len(proof.broken)} more")
    if proof.holds:
        print_line("no rule was broken")
    else:
        print_line(f"{proof.broken_total} times a rule was broken")


def _as_text(broken: BrokenPromise) -> str:
    if broken.line is None:
        return f"BROKEN {broken.rule.value}: {broken.says}"
    at = f"{broken.line.at:%Y-%m-%d %H:%M:%S.%f} UTC"
    return f"BROKEN {broken.rule.value}: {broken.line.url}, {at}: {broken.says}"


def _row(figures: HostFigures) -> tuple[object, ...]:
    return (
        figures.host,
        figures.requests,
        "" if figures.mean_gap is None else f"{figures.mean_gap:.1f} s",
        "" if figures.least_gap is None else f"{figures.least_gap:.1f} s",
        f"{100 * figures.not_modified / figures.requests:.0f} %",
        figures.size,
        figures.refusals,
        figures.broken,
    )
