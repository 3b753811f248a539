"""The doctor and what processes share: each fault of Redis and PostgreSQL by its name."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import redis

from scheduler.config.loader import load_settings
from scheduler.diagnosis.doctor import stored
from scheduler.diagnosis.doctor.reached import check_redis
from scheduler.diagnosis.doctor.records import CheckResult, ExaminedInstallation
from scheduler.diagnosis.judge import Grade
from scheduler.runtime.clock import utc_now


def a_patient(folder: Path, **storage: str) -> ExaminedInstallation:
    environ = {f"WIREWATCH_STORAGE__{name.upper()}": value for name, value in storage.items()}
    return ExaminedInstallation(
        loaded=load_settings(None, environ),
        data=folder,
        environ=environ,
        clock=utc_now,
        free=lambda _where: (1, 1),
        files=lambda: 1,
        origin=lambda _package: "",
        seconds=0.5,
    )


async def of_redis(folder: Path, url: str) -> CheckResult:
    patient = a_patient(folder, redis=url, database="postgresql://db.example/x")
    [found] = [finding async for finding in check_redis(patient)]
    return found


def of_database(folder: Path, url: str) -> CheckResult:
    [found] = stored.check_database(a_patient(folder, database=url))
    return found


async def test_a_redis_that_is_well_is_named_with_its_version(
    tmp_path: Path, redis_url: str
) -> None:
    found = await of_redis(tmp_path, redis_url)
    assert found.grade is Grade.WELL
    assert found.says.startswith(("Redis ", "Valkey "))


async def test_a_redis_that_is_away_is_broken(tmp_path: Path) -> None:
    found = await of_redis(tmp_path, "redis://127.0.0.1:1")
    assert found.grade is Grade.BROKEN
    assert "storage.redis" in found.remedy


@pytest.mark.parametrize(
    ("most", "policy", "says"),
    [("100mb", "allkeys-lru", "throws away"), ("1100kb", "noeviction", "are used")],
)
async def test_a_redis_that_will_give_trouble_is_warned_of(
    tmp_path: Path, redis_url: str, most: str, policy: str, says: str
) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("maxmemory-policy", policy)
        client.config_set("maxmemory", most)
        try:
            found = await of_redis(tmp_path, redis_url)
        finally:
            client.config_set("maxmemory", "0")
            client.config_set("maxmemory-policy", "noeviction")
    assert found.grade is Grade.WARNING
    assert says in found.says


async def test_without_redis_there_is_nothing_to_check(tmp_path: Path) -> None:
    [found] = [finding async for finding in check_redis(a_patient(tmp_path))]
    assert found.grade is Grade.SKIPPED


def test_a_server_with_the_newest_schema_is_well(
    tmp_path: Path, postgres_url_migrated: str
) -> None:
    found = of_database(tmp_path, postgres_url_migrated)
    assert found.grade is Grade.WELL
    assert found.says.startswith("PostgreSQL ")


def test_an_empty_one_will_be_migrated(tmp_path: Path, postgres_url: str) -> None:
    found = of_database(tmp_path, postgres_url)
    assert (found.grade, "schema none" in found.says) == (Grade.WARNING, True)


def test_one_from_the_future_is_refused(tmp_path: Path, postgres_url_migrated: str) -> None:
    with psycopg.connect(postgres_url_migrated, autocommit=True) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    found = of_database(tmp_path, postgres_url_migrated)
    assert (found.grade, "9999" in found.says) == (Grade.BROKEN, True)


def test_a_server_that_is_away_is_broken(tmp_path: Path) -> None:
    found = of_database(tmp_path, "postgresql://nobody@127.0.0.1:1/none")
    assert found.grade is Grade.BROKEN
    assert "Start the server" in found.remedy
