"""Placeholder until merged."""

from collections.abc import Sequence


def backtest_seconds(count: int, texts: Sequence[str]) -> float:
    return 0.0
