"""What a source's articles are worth to the topics: those that are watched are met sooner; pure."""

from __future__ import annotations

from collections.abc import Mapping

_PRIOR_ARTICLES = 30.0
_LEAST, _MOST = 0.25, 4.0


def weights(counts: Mapping[int, tuple[int, int]]) -> dict[int, float]:
    """Weigh sources by the share of their late articles that matched topics; (articles, matched).

    The weight is that share over the share of all sources, drawn towards one where few articles
    are known. A price is divided by it, so gaps change by its square root: half to twice.
    """
    articles = sum(number for number, _ in counts.values())
    matched = sum(hits for _, hits in counts.values())
    if matched == 0:
        return dict.fromkeys(counts, 1.0)
    usual = matched / articles
    return {
        source: min(
            max((hits / usual + _PRIOR_ARTICLES) / (number + _PRIOR_ARTICLES), _LEAST), _MOST
        )
        for source, (number, hits) in counts.items()
    }
