"""The daemon's own look at its installation, several times a minute, so that status and pages know of it.

It makes the doctor's checks of settings, secrets, relay, receivers and proxy, and stores what is not
well for the judge. It leaves out what the judge sees by itself: the sources, the database, the disk
that is too full to fetch.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from scheduler.diagnosis.doctor import configured, stored
from scheduler.diagnosis.doctor.examination import examine_services
from scheduler.diagnosis.doctor.records import CheckResult, ExaminedInstallation, broken
from scheduler.diagnosis.judge import Grade
from storage.models.topics import Topic
from storage.process import failed_checks
from storage.process.failed_checks import FailedCheck
from storage.sql.database import Database
from storage.topics import topics

_WELL_SECONDS, _UNWELL_SECONDS = 300.0, 60.0  # between two looks over the network


class SelfExamination:
    """Looks, and keeps what is not well; `not_in_force` says why the settings as they stand are not.

    Relay and receivers are asked at once when other ones are told, every minute while one is not
    well, and else every five minutes.
    """

    def __init__(
        self,
        installation: ExaminedInstallation,
        db: Database,
        *,
        not_in_force: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._installation = installation
        self._db = db
        self._not_in_force = not_in_force
        self._monotonic = monotonic
        self._services: Sequence[CheckResult] = ()
        self._asked: object = None
        self._asked_at = 0.0

    async def look(self) -> None:
        """Make all checks that are due, and keep what is not well in place of what was."""
        known, results = await self._db.read(self._stored)
        results += await asyncio.to_thread(self._local)
        results += await self._of_services(known, results)
        failed = [
            FailedCheck(each.check, int(each.grade), each.says, each.remedy)
            for each in results
            if each.grade > Grade.WELL
        ]
        await self._db.write(failed_checks.keep, failed)

    def _stored(self, conn: Connection) -> tuple[list[Topic], list[CheckResult]]:
        checks = (stored.check_topics, stored.check_mail_wanted)
        results = [each for check in checks for each in check(self._installation, conn)]
        return topics.list_all(conn), results

    def _local(self) -> list[CheckResult]:
        reason = self._not_in_force()
        remedy = "Correct it, then: wirewatch reload"
        results = [broken("config", reason, remedy)] if reason else []
        for check in (*configured.CHECKS, stored.check_data, stored.check_disk):
            results += check(self._installation)
        return results

    async def _of_services(
        self, known: Sequence[Topic], results: Sequence[CheckResult]
    ) -> Sequence[CheckResult]:
        asked = {(each.channel, each.address) for topic in known for each in topic.recipients}
        is_well = all(each.grade <= Grade.WELL for each in self._services)
        rest = _WELL_SECONDS if is_well else _UNWELL_SECONDS
        if asked != self._asked or self._monotonic() - self._asked_at >= rest:
            self._services = await examine_services(self._installation, known, results)
            self._asked, self._asked_at = asked, self._monotonic()
        return self._services
