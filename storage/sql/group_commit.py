"""Writes that wait together share one commit: the disk is waited for once, not once for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy import Connection, exc

from storage.sql.engines.faults import ends_transaction, storage_error
from storage.sql.retry import Retrying

T = TypeVar("T")
_MOST_TOGETHER = 64  # writes of one commit; the last one waits for all that come before it


class _QueuedWrite:
    """A function that is to be run in a transaction, and the future of what it returns."""

    def __init__(self, function: Callable[[Connection], Any]) -> None:
        self.function = function
        self.future: Future[Any] = Future()
        self._failed: BaseException | None = None
        self._answer: Any = None

    def run(self, conn: Connection) -> None:
        """Run the function in a savepoint: what it did is undone when it fails, and only that.

        Raises what ended the transaction of all.
        """

        def attempt() -> object:
            with conn.begin_nested():
                return self.function(conn)

        self._answer, error = _outcome(attempt)
        self._failed = storage_error(error) if isinstance(error, exc.DBAPIError) else error
        fault = None if error is None else _said_first(error)
        if fault is not None and (ends_transaction(fault) or not _goes_on(conn)):
            raise fault from error

    def settle(self, error: BaseException | None = None) -> None:
        """Settle the future; `error` is what the whole transaction failed of."""
        failed = error or self._failed
        if failed is not None:
            self.future.set_exception(failed)
        else:
            self.future.set_result(self._answer)


def _outcome(attempt: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """Return what was returned, or what was raised."""
    try:
        return attempt(), None
    except BaseException as error:  # noqa: BLE001 - whoever waits for it in another thread gets it
        return None, error


def _said_first(error: BaseException) -> exc.DBAPIError | None:
    """Return what the database said first: to go back to a savepoint may have failed after it."""
    first = None
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, exc.DBAPIError):
            first = seen
        seen = seen.__cause__ or seen.__context__
    return first


def _goes_on(conn: Connection) -> bool:
    """Whether the transaction is still one: SQLite undoes all of it when its disk fails.

    What came after would be a transaction of its own, stored although all were refused.
    """
    return bool(getattr(conn.connection.dbapi_connection, "in_transaction", True))


class WriteQueue:
    """Runs functions of a connection one after the other, in the order in which they came.

    Each is a transaction as its caller sees it: all that it did is on the disk when its future is
    done, or nothing when it raised. Those that wait while another is written are committed together
    (group commit; DeWitt et al., “Implementation techniques for main memory database systems”,
    SIGMOD 1984).
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        retrying: Retrying | None = None,
    ) -> None:
        self._transaction = transaction
        self._retrying = retrying or Retrying()
        self._queue: deque[_QueuedWrite] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="db-write")

    def submit(self, function: Callable[[Connection], T]) -> Future[T]:
        """Let a function run in its turn; the future gives what it returns or raises."""
        queued = _QueuedWrite(function)
        self._queue.append(queued)
        self._thread.submit(self._write_some)  # finds nothing when one before it took this too
        return queued.future

    def close(self) -> None:
        """Wait until all is written."""
        self._thread.shutdown()

    def _write_some(self) -> None:
        wanted: list[_QueuedWrite] = []
        while self._queue and len(wanted) < _MOST_TOGETHER:
            queued = self._queue.popleft()
            if queued.future.set_running_or_notify_cancel():
                wanted.append(queued)
        if len(wanted) == 1:
            self._write_one(wanted[0])
        elif wanted:
            self._write_together(wanted)

    def _write_one(self, queued: _QueuedWrite) -> None:
        def attempt() -> object:
            with self._transaction() as conn:
                return queued.function(conn)

        answer, error = _outcome(lambda: self._retrying.run(attempt))
        if error is not None:
            queued.future.set_exception(error)
        else:
            queued.future.set_result(answer)

    def _write_together(self, writes: Sequence[_QueuedWrite]) -> None:
        def attempt() -> None:
            with self._transaction() as conn:
                for queued in writes:
                    queued.run(conn)

        _, error = _outcome(lambda: self._retrying.run(attempt))
        for queued in writes:
            queued.settle(error)
