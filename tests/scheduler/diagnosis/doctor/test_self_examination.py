"""The daemon finds what the doctor finds, and the judge says it wherever the installation is asked about."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from scheduler.config.settings import Settings
from scheduler.diagnosis.doctor.records import CheckResult
from scheduler.diagnosis.doctor.self_examination import SelfExamination
from scheduler.diagnosis.judge import Facts, Finding, FindingCode, Grade, judge
from scheduler.runtime.clock import utc_now
from scheduler.runtime.disk_guard import DiskGuard
from storage.models.recipients import Channel, NewRecipient
from storage.process import failed_checks, jobs
from storage.reports.installation import installation_facts
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.diagnosis.doctor.test_faults import FAULTS, Installation, installation

__all__ = ["installation"]

NOT_OF_A_DAEMON_THAT_RUNS = {
    # It does not start with these, or ends, or nobody could ask it.
    *("a file in place of the data directory", "a damaged database", "a database that is none"),
    *("a database from the future", "no daemon", "a daemon that hangs"),
    *("a port that another program has", "no certificate authorities"),
}
OF_SITES = {
    # The crawl meets them, and each source says so.
    *("a name without an address", "robots.txt that forbids a source"),
    *("a clock that is a minute off", "a clock that is an hour off"),
}


async def looked(it: Installation) -> list[Finding]:
    """Let the daemon look once, and return what the judge says of what is stored then."""
    loaded, wrong = it.read()
    guard = DiskGuard(it.data, Settings().storage.min_free_mb, free=lambda _folder: it.disk[1])
    db = Database.open(it.data / "wirewatch.db")
    try:
        await SelfExamination(it.patient(loaded), db, not_in_force=lambda: wrong).look()
        with db.begin() as conn:
            now = it.clock()
            jobs.started(conn, failed_checks.JOB, now)
            jobs.finished(conn, failed_checks.JOB, now)
            stored = installation_facts(conn, now)
    finally:
        db.close()
    return list(judge(Facts(stored=stored, shortage=str(guard.shortage() or ""))))


def says_the_same(finding: Finding, result: CheckResult) -> bool:
    told = {_plain(finding.reason), _plain(finding.says)}
    return finding.grade is result.grade and _plain(result.says) in told


def _plain(says: str) -> str:
    """Return what is said without how many files there are, which changes while they are open."""
    return re.sub(r" and \d+ more below it", "", says).casefold()


async def test_in_a_well_installation_it_finds_nothing(installation: Installation) -> None:
    assert await looked(installation) == []


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - NOT_OF_A_DAEMON_THAT_RUNS - OF_SITES))
async def test_what_the_doctor_says_of_a_running_installation_the_judge_says_too(
    installation: Installation, fault: str
) -> None:
    plant, check, _says, remedy = FAULTS[fault]
    plant(installation)
    found = await looked(installation)
    results = [
        each
        for each in await installation.examined()
        if each.check == check and each.grade > Grade.WELL
    ]
    assert results
    for result in results:
        [same] = [each for each in found if says_the_same(each, result)]
        assert remedy in f"{same.remedy} {same.command}" or check == "config"


async def test_what_is_mended_is_forgotten_at_the_next_look(installation: Installation) -> None:
    installation.file.touch()
    installation.file.chmod(0o644)
    assert [each.code for each in await looked(installation)] == [FindingCode.SECRETS]
    installation.file.chmod(0o600)
    assert await looked(installation) == []


async def test_what_was_found_long_ago_is_not_told(installation: Installation) -> None:
    installation.file.touch()
    installation.file.chmod(0o644)
    await looked(installation)
    later = utc_now() + timedelta(minutes=6)
    db = Database.open(installation.data / "wirewatch.db")
    with db.connect() as conn:
        assert installation_facts(conn, later).failed_checks is None
    db.close()


async def test_relay_and_receivers_are_asked_seldom_while_they_are_well(
    installation: Installation,
) -> None:
    passed = 0.0
    loaded, _ = installation.read()
    db = Database.open(installation.data / "wirewatch.db")
    examination = SelfExamination(
        installation.patient(loaded), db, not_in_force=str, monotonic=lambda: passed
    )
    for seconds, logins in ((0, 1), (15, 1), (299, 1), (301, 2), (330, 2)):
        passed = float(seconds)
        await examination.look()
        assert len(installation.relay.users) == logins, seconds
    installation.store(
        lambda conn: topics.add(
            conn,
            name="more",
            query="boat",
            recipients=[NewRecipient(Channel.EMAIL, "other@example.org")],
            now=utc_now(),
        )
    )
    await examination.look()
    assert len(installation.relay.users) == 3, "at once, when other recipients are told"
    db.close()
