"""How late articles are met under equal budgets of requests: our plan beside its peers.

Made sources of lognormal rates, with days, weeks, drift, bursts and minutes of their own, are polled
for three weeks, of which the last counts. The peers are tuned until they make as many requests as
ours. The oracle polls by our rule too, at one price, and knows the true articles an hour of every
hour ahead, bursts included; the oracle of minutes also at which minutes each source publishes.
Nutch shortens its interval by its own default; `mean_over_best_nutch` is beside the best of four.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.bench.recrawl import peers
from tests.bench.recrawl.made import World, make
from tests.bench.recrawl.ours import Simulation, oracle
from tests.bench.recrawl.peers import Planned, tuned
from tests.bench.recrawl.scoring import Score, score
from tests.bench.report import progress

_A_DAY = 24.0  # requests a source
_SEED, _OTHER_SEED = 1, 2
_FEW = 150  # sources of the runs that vary one thing
_LESS_OF_NUTCH = (0.05, 0.1, 0.4)  # shortening rates other than its default, 0.2


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of this benchmark."""
    parser.add_argument("--sources", type=int, default=2000, help="how many sources")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--a-day", type=float, default=_A_DAY, help="requests a source")
    parser.add_argument("--few", type=int, default=_FEW, help="sources of the varied runs; 0: none")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Measure all plans on one world, and ours and the best peer's where one thing is different."""
    world = make(args.sources, seed=args.seed)
    scores = _scores(world, args.a_day)
    result: dict[str, Any] = {
        "sources": args.sources,
        "articles": sum(map(len, world.times)),
        "requests_a_day": args.a_day,
        **_ratios(scores),
        "mean_over_best_nutch": _ratio(scores, "mean", _best_nutch(scores)),
        "policies": {name: each.as_json() for name, each in scores.items()},
    }
    if args.few:
        result |= _varied(args.few)
    return result


def _scores(world: World, a_day: float) -> dict[str, Score]:
    simulation = Simulation(world, a_day)
    found = {"ours": score(world, simulation.run())}
    _tell("ours", found["ours"])
    wanted, price = found["ours"].requests, simulation.steering.value
    plans: dict[str, tuple[Callable[[float], Planned], float]] = {
        "fixed": (lambda hours: peers.fixed(world, hours), 24 / a_day),
        "nutch": (lambda more: peers.nutch(world, more), 0.1),
        **{f"nutch_{less}": (_nutch(world, less), less / 2) for less in _LESS_OF_NUTCH},
        "miniflux": (lambda factor: peers.miniflux(world, factor), a_day / 12),
        "oracle": (lambda price: oracle(world, price, beat=False), price),
        "oracle_minutes": (lambda price: oracle(world, price, beat=True), price),
    }
    for name, (plan, first) in plans.items():
        planned = tuned(plan, lambda made: _requests(world, made), wanted, first)
        found[name] = score(world, planned)
        _tell(name, found[name])
    return found


def _nutch(world: World, less: float) -> Callable[[float], Planned]:
    return lambda more: peers.nutch(world, more, less=less)


def _varied(count: int) -> dict[str, Any]:
    """Change the budget, the seed, or take the bursts away; and halve the requests."""
    usual = make(count, seed=_SEED)
    base = _scores(usual, _A_DAY)
    varied = {
        "6_a_day": _ratios(_scores(usual, 6)),
        "24_a_day": _ratios(base),
        "96_a_day": _ratios(_scores(usual, 96)),
        "no_bursts": _ratios(_scores(make(count, seed=_SEED, bursts=False), _A_DAY)),
        "other_seed": _ratios(_scores(make(count, seed=_OTHER_SEED), _A_DAY)),
    }
    return {"requests_ratio": _requests_ratio(usual, base), "varied": varied}


def _requests_ratio(world: World, scores: Mapping[str, Score]) -> float:
    """Return the share of the requests with which ours is as early as the better peer.

    One more run with about so many; between the two the mean delay is a power of the requests.
    """
    full = scores["ours"]
    wanted = min(scores["nutch"].mean, scores["miniflux"].mean)
    share = full.mean / wanted
    fewer = score(world, Simulation(world, _A_DAY * share).run())
    power = math.log(fewer.mean / full.mean) / math.log(fewer.requests / full.requests)
    return round(math.exp(math.log(wanted / full.mean) / power), 3)


def _ratios(scores: Mapping[str, Score]) -> dict[str, float]:
    """Return ours over the better of Nutch (its own rate of shortening) and Miniflux."""
    peer = ("nutch", "miniflux")
    return {
        "mean_delay_ratio": _ratio(scores, "mean", peer),
        "p95_delay_ratio": _ratio(scores, "p95", peer),
        "p99_delay_ratio": _ratio(scores, "p99", peer),
        "median_delay_ratio": _ratio(scores, "median", peer),
        "by_source_delay_ratio": _ratio(scores, "by_source", peer),
        "over_oracle": _ratio(scores, "mean", ("oracle",)),
        "over_oracle_of_minutes": _ratio(scores, "mean", ("oracle_minutes",)),
        "requests_spread": round(_spread(scores), 4),
    }


def _best_nutch(scores: Mapping[str, Score]) -> tuple[str, ...]:
    return tuple(name for name in scores if name.startswith("nutch"))


def _ratio(scores: Mapping[str, Score], of: str, over: tuple[str, ...]) -> float:
    best: float = min(getattr(scores[name], of) for name in over)
    ours: float = getattr(scores["ours"], of)
    return round(ours / best, 3)


def _spread(scores: Mapping[str, Score]) -> float:
    """Return by how much the requests of the plans differ at most."""
    made = [each.requests for each in scores.values()]
    return max(made) / min(made) - 1


def _requests(world: World, planned: Planned) -> int:
    begin, end = world.measured_from, world.measured_to
    return sum(int(np.sum((polls >= begin) & (polls < end))) for polls in planned)


def _tell(name: str, found: Score) -> None:
    progress(f"{name:14} {found.as_json()}")
