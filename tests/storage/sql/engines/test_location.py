"""Where a database is: a file, or an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import ConfigError
from storage.sql.engines.location import DatabaseLocation


def test_a_path_is_a_file_of_this_machine() -> None:
    place = DatabaseLocation.of(Path("/var/lib/wirewatch/wirewatch.db"))
    assert not place.is_shared
    assert place.shown == "/var/lib/wirewatch/wirewatch.db"


def test_an_address_is_shown_without_its_password() -> None:
    place = DatabaseLocation.of("postgresql://ann:secret@db.example:5432/news?sslmode=require")
    assert place.is_shared
    assert place.shown == "postgresql://ann@db.example:5432/news"


def test_an_address_of_something_else_is_refused_with_what_would_do() -> None:
    with pytest.raises(ConfigError, match=r"mysql.*postgresql://USER"):
        DatabaseLocation.of("mysql://db.example/news")
