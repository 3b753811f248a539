"""A model of many workers: queues before the worker's own core, Redis and PostgreSQL.

Each place of a worker visits one page after the other: it waits for the site, then for its own
process, for Redis (one core) and for PostgreSQL (some cores), each of which serves in the order in
which it is asked. What a page takes of each is what was measured here.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds that a page takes: of its site, of its worker's core, of Redis, of PostgreSQL."""

    site: float
    worker: float
    redis: float
    postgres: float
    postgres_cores: int = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """Pages a second, and how busy each part was, from 0 to 1."""

    pages_per_s: float
    workers_busy: float
    redis_busy: float
    postgres_busy: float

    @property
    def limit(self) -> str:
        """What held it up most."""
        busy = {
            "workers": self.workers_busy,
            "redis": self.redis_busy,
            "postgres": self.postgres_busy,
        }
        name = max(busy, key=lambda part: busy[part])
        return name if busy[name] > 0.9 else "the sites"


def simulated(costs: Costs, *, workers: int, concurrency: int, pages: int) -> Outcome:
    """Play so many pages."""
    places = [(0.0, number) for number in range(workers * concurrency)]
    heapq.heapify(places)
    cores = [0.0] * workers
    postgres = [0.0] * costs.postgres_cores
    redis = ended = 0.0
    for _ in range(pages):
        moment, place = places[0]
        worker = place % workers
        moment += costs.site
        moment = cores[worker] = max(moment, cores[worker]) + costs.worker
        moment = redis = max(moment, redis) + costs.redis
        moment = max(moment, postgres[0]) + costs.postgres
        heapq.heapreplace(postgres, moment)
        heapq.heapreplace(places, (moment, place))
        ended = max(ended, moment)
    return Outcome(
        pages_per_s=pages / ended,
        workers_busy=pages * costs.worker / workers / ended,
        redis_busy=pages * costs.redis / ended,
        postgres_busy=pages * costs.postgres / costs.postgres_cores / ended,
    )
