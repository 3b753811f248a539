"""Tables are built and loops compiled once, before any test is timed."""

from __future__ import annotations

import pytest

from crawler.copies.detector import warm_up


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    warm_up()
