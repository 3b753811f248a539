"""How many files may be open at once, and how they are shared between the pages and all else."""

from __future__ import annotations

import resource
from dataclasses import dataclass

_WANTED = 8_192
_BESIDE = (
    192  # database, log, parser processes, relay, webhooks, Redis, and connections being accepted
)
_PER_VISIT = 8  # connections that are open or closing for each page that is fetched at once
_MOST_PAGES, _LEAST_PAGES = 512, 32


@dataclass(frozen=True, slots=True)
class FileBudget:
    """Descriptors: the limit, what is kept for crawl and delivery, and connections of the pages."""

    limit: int
    kept: int
    connections: int

    @property
    def is_enough(self) -> bool:
        """Whether the pages' connections leave the crawl all that is kept for it."""
        return self.kept + self.connections <= self.limit


def file_budget(limit: int, concurrency: int) -> FileBudget:
    """Return how a limit is shared, where `concurrency` pages may be fetched at once."""
    kept = _BESIDE + _PER_VISIT * concurrency
    return FileBudget(limit, kept, max(_LEAST_PAGES, min(_MOST_PAGES, limit - kept)))


def raise_file_limit() -> None:
    """Raise this process's soft limit as far as it may go, and is of use.

    Nothing here uses `select`, for which the soft limit is kept at 1,024
    (https://0pointer.net/blog/file-descriptor-limits.html).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < file_limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (file_limit(), hard))


def file_limit() -> int:
    """Return how many files a process that raises its limit may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY in (soft, hard):
        return _WANTED
    return max(soft, min(_WANTED, hard))
