"""Roles: which there are, and what they need."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from scheduler.config.roles import ALL, ProcessRole, check_roles, named, read_roles
from scheduler.config.settings import Settings
from storage.errors import ConfigError
from storage.settings import StorageSettings

SHARED = StorageSettings(
    database=SecretStr("postgresql://db.example/news"), redis=SecretStr("redis://cache.example")
)
TRUTH_ALONE = StorageSettings(database=SecretStr("postgresql://db.example/news"))


def test_without_a_word_a_process_does_all() -> None:
    assert read_roles([]) == ALL == read_roles(["all"])
    assert read_roles(["web", "crawler"]) == {ProcessRole.WEB, ProcessRole.CRAWLER}


def test_a_role_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'cook'; there are crawler, scheduler, delivery, web"):
        read_roles(["cook"])


def test_a_part_of_the_work_needs_what_is_shared() -> None:
    one = frozenset({ProcessRole.CRAWLER})
    with pytest.raises(ConfigError, match=r"storage\.database"):
        check_roles(one, Settings())
    with pytest.raises(ConfigError, match=r"storage\.redis"):
        check_roles(one, Settings(storage=TRUTH_ALONE))
    check_roles(one, Settings(storage=SHARED))
    check_roles(ALL, Settings())
    check_roles(ALL, Settings(storage=TRUTH_ALONE))


def test_roles_are_shown_in_one_word() -> None:
    assert named(ALL) == "all"
    assert named(frozenset({ProcessRole.WEB, ProcessRole.CRAWLER})) == "crawler+web"


@pytest.mark.parametrize(
    ("database", "redis", "says"),
    [
        ("mysql://x", None, "postgresql://USER"),
        (None, "redis://x", "set storage.database too"),
        ("postgresql://x", "memcached://x", r"redis\+sentinel"),
    ],
)
def test_wrong_addresses_say_what_would_be_right(
    database: str | None, redis: str | None, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        StorageSettings(
            database=SecretStr(database) if database else None,
            redis=SecretStr(redis) if redis else None,
        )
