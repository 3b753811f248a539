"""The alphabet is built once, before any test is timed."""

from __future__ import annotations

import pytest

from crawler.copies.alphabet import alphabet


@pytest.fixture(scope="session", autouse=True)
def _alphabet() -> None:
    alphabet()
