"""Counts what SQLAlchemy engines do: connections opened, connections taken from the pool, statements sent.

Works on sync and async engines through SQLAlchemy's own events. Not counted, because SQLAlchemy shows no event for
them: the pings of `pool_pre_ping`, BEGIN and ROLLBACK, and what a driver asks of the server when it connects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine


class SqlCounts:
    """The counts of the engines that are watched.

    Attributes:
        connects: connections opened to the database.
        checkouts: connections handed out by a pool.
        statements: statements executed through a cursor.
    """

    def __init__(self) -> None:
        self.connects = 0
        self.checkouts = 0
        self.statements = 0

    def watch(self, engine: Engine | AsyncEngine) -> None:
        """Count what this engine does from now on."""
        from sqlalchemy import event

        watched = getattr(engine, "sync_engine", engine)
        event.listen(watched, "connect", self._connected)
        event.listen(watched, "checkout", self._checked_out)
        event.listen(watched, "before_cursor_execute", self._executed)

    def as_counters(self) -> dict[str, int]:
        """The counts by the names under which suites report them."""
        return {"connects": self.connects, "checkouts": self.checkouts, "statements": self.statements}

    def _connected(self, *_: Any) -> None:
        self.connects += 1

    def _checked_out(self, *_: Any) -> None:
        self.checkouts += 1

    def _executed(self, *_: Any) -> None:
        self.statements += 1
