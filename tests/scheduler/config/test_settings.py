"""Every setting says what it does."""

from __future__ import annotations

import re

import pytest
from pydantic.fields import FieldInfo

from scheduler.config.settings import Settings

SETTINGS: dict[str, FieldInfo] = {
    f"{section}.{name}": info
    for section, model in Settings.model_fields.items()
    for name, info in type(model.default).model_fields.items()
}
MAY_BE_EMPTY = [key for key, info in SETTINGS.items() if info.default in (None, ())]


@pytest.mark.parametrize("key", SETTINGS)
def test_a_setting_is_described_in_whole_sentences(key: str) -> None:
    assert re.fullmatch(r"[A-Z].*\.", SETTINGS[key].description or "")


@pytest.mark.parametrize("key", MAY_BE_EMPTY)
def test_a_setting_that_may_be_empty_says_what_that_means(key: str) -> None:
    assert "empty" in (SETTINGS[key].description or "").lower()
