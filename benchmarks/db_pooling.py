"""Database pools: how connections are kept, how many, and whether they are tried before use (guide 6.2 and 9.3).

Every variant sends the same statement in a transaction of its own: a connection is taken, one row is read, and the
connection goes back, which rolls back. What differs is the engine's pool. The database is a SQLite file or a real
PostgreSQL; where there is no PostgreSQL, its cases are not measured.

Whatever a pool opens in its first call is opened before the clock starts: the counters are those of the first call in a
fresh instance, the times those of calls that find the pool as earlier calls left it.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
)
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, NullPool, QueuePool, StaticPool, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from patternbench import Comparison, NotMeasured, variant
from patternbench.backends import BackendUnavailable
from patternbench.backends.delaying_proxy import delaying_proxy
from patternbench.backends.postgres import PostgresServer, postgres, with_driver
from patternbench.backends.sql_counts import SqlCounts
from patternbench.backends.sqlite_file import sqlite_file
from patternbench.patterns.printed import config, database_session

_NO_POSTGRES = "PostgreSQL is missing because"
_POSTGRES = "PostgreSQL runs on the same machine, over TCP without TLS or passwords, which makes connecting cheap."

_SQLITE_ROW = text("SELECT name FROM items WHERE id = :id")
_POSTGRES_ROW = text("SELECT 'item ' || CAST(CAST(:id AS integer) AS text)")
"""No table, so that the user of a server that was only lent to us need not own one."""


class _Engines:
    """Engines that are made when first asked for, watched by one count, and disposed of together.

    Attributes:
        counts: what all of them did.
    """

    def __init__(self) -> None:
        self.counts = SqlCounts()
        self._made: dict[str, Any] = {}

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """The engine of that name."""
        engine = self._made.get(name)
        if engine is None:
            engine = self._made[name] = make()
            self.counts.watch(engine)
        return engine

    async def dispose(self) -> None:
        """Close every connection that a pool still holds."""
        for engine in self._made.values():
            if isinstance(engine, AsyncEngine):
                await engine.dispose()
            else:
                engine.dispose()


class _Pools(Comparison):
    """A comparison of pools over the databases that this machine has."""

    guide = "9.3"
    caveat = _POSTGRES
    round_trips_ms: tuple[float, ...] = ()

    @classmethod
    def backends(cls) -> AbstractContextManager[Mapping[str, str]]:
        return _databases(cls.round_trips_ms)

    def prepare(self, driver: str, distance: str = "postgresql") -> None:
        """Find the address of the database for that driver, and the statement that it understands."""
        module = {"sqlite": "sqlite3"}.get(driver, driver)
        if importlib.util.find_spec(module) is None:
            raise NotMeasured(f"{module} is not installed")
        if driver in ("sqlite", "aiosqlite"):
            self.url = f"sqlite+{'pysqlite' if driver == 'sqlite' else driver}:///{self.addresses['sqlite']}"
            self.row = _SQLITE_ROW
        elif self.addresses[_NO_POSTGRES]:
            raise NotMeasured(self.addresses[_NO_POSTGRES])
        else:
            self.url = with_driver(self.addresses[distance], driver)
            self.row = _POSTGRES_ROW
        self.engines = _Engines()

    async def teardown(self) -> None:
        await self.engines.dispose()

    def counters(self) -> Mapping[str, int]:
        """Connections opened, connections taken from the pool, and statements, as SQLAlchemy's events count them."""
        return self.engines.counts.as_counters()


@contextmanager
def _databases(round_trips_ms: tuple[float, ...]) -> Iterator[Mapping[str, str]]:
    """A SQLite file, PostgreSQL where there is one, and PostgreSQL at each of the distances."""
    with ExitStack() as stack:
        addresses = {"sqlite": str(stack.enter_context(sqlite_file())), _NO_POSTGRES: ""}
        try:
            server: PostgresServer = stack.enter_context(postgres())
            addresses["postgresql"] = server.url
            if round_trips_ms:
                proxy = stack.enter_context(delaying_proxy(server.host, server.port, round_trips_ms))
                for round_trip, port in proxy.ports.items():
                    addresses[_distance(round_trip)] = server.reached_at("127.0.0.1", port)
        except BackendUnavailable as reason:
            addresses[_NO_POSTGRES] = str(reason)
        yield addresses


def _distance(round_trip_ms: float) -> str:
    return f"postgresql at {round_trip_ms:g} ms"


_IN_A_ROW = 5
"""Checkouts in one call, where they come one after the other."""


class SyncPools(_Pools):
    """What does a pool save over a connection that is opened for every use, with a sync driver?

    One connection is in use at a time, so that any pool has one to hand out. `StaticPool` has never more than one and
    gives it to everybody, which is right for a single thread only.
    """

    baseline = "queue_pool"
    params = {"driver": ("sqlite", "psycopg")}
    headline = {"driver": "psycopg"}
    units = _IN_A_ROW

    def setup(self, driver: str) -> None:
        self.prepare(driver)

    @variant(holds={"connects": 1, "checkouts": _IN_A_ROW, "statements": _IN_A_ROW})
    def queue_pool(self) -> list[str]:
        """`QueuePool`, SQLAlchemy's default for databases and files."""
        return self._rows(QueuePool)

    @variant(holds={"connects": _IN_A_ROW, "checkouts": _IN_A_ROW, "statements": _IN_A_ROW})
    def null_pool(self) -> list[str]:
        """`NullPool`: no pool, a connection for every use."""
        return self._rows(NullPool)

    @variant(holds={"connects": 1, "checkouts": _IN_A_ROW, "statements": _IN_A_ROW})
    def static_pool(self) -> list[str]:
        """`StaticPool`: one connection for everybody."""
        return self._rows(StaticPool)

    def _rows(self, pool: type) -> list[str]:
        engine: Engine = self.engines.get("sync", lambda: create_engine(self.url, poolclass=pool))
        names = []
        for number in range(1, _IN_A_ROW + 1):
            with engine.connect() as connection:
                names.append(str(connection.execute(self.row, {"id": number}).scalar_one()))
        return names


class AsyncPools(_Pools):
    """What does a pool save over a connection that is opened for every use, with an async driver?

    One connection is in use at a time, so that any pool has one to hand out. `StaticPool` has never more than one and
    gives it to everybody, so that two tasks would find themselves in the same transaction.
    """

    baseline = "queue_pool"
    params = {"driver": ("aiosqlite", "asyncpg", "psycopg")}
    headline = {"driver": ("aiosqlite", "asyncpg")}
    units = _IN_A_ROW

    def setup(self, driver: str) -> None:
        self.prepare(driver)

    @variant(holds={"connects": 1, "checkouts": _IN_A_ROW, "statements": _IN_A_ROW})
    async def queue_pool(self) -> list[str]:
        """`AsyncAdaptedQueuePool`, SQLAlchemy's default for async engines."""
        return await self._rows(AsyncAdaptedQueuePool)

    @variant(holds={"connects": _IN_A_ROW, "checkouts": _IN_A_ROW, "statements": _IN_A_ROW})
    async def null_pool(self) -> list[str]:
        """`NullPool`: no pool, a connection for every use."""
        return await self._rows(NullPool)

    @variant(holds={"connects": 1, "checkouts": _IN_A_ROW, "statements": _IN_A_ROW})
    async def static_pool(self) -> list[str]:
        """`StaticPool`: one connection for everybody."""
        return await self._rows(StaticPool)

    async def _rows(self, pool: type) -> list[str]:
        engine: AsyncEngine = self.engines.get("async", lambda: create_async_engine(self.url, poolclass=pool))
        return [await _row(engine, self.row, number) for number in range(1, _IN_A_ROW + 1)]


async def _row(engine: AsyncEngine, row: Any, number: int) -> str:
    async with engine.connect() as connection:
        return str((await connection.execute(row, {"id": number})).scalar_one())


_AT_ONCE = 10
_WAVES = 3


class Overflow(_Pools):
    """How large must a pool be when ten requests come at once, and what does overflow cost?

    A connection beyond `pool_size` is closed when it comes back. In waves, ten requests start together, and the next
    ten when all have their answer; the guide's five connections and ten of overflow then open five anew with every
    wave. In a steady stream ten workers each send one request after another, and fewer come back at once. Names give
    `pool_size` and `max_overflow`; each request has a session of its own, as the guide's `get_session` gives it.
    """

    guide = "6.2"
    baseline = "guide_5_and_10"
    params = {"driver": ("asyncpg", "aiosqlite"), "arrival": ("waves", "steady")}
    headline = {"driver": "asyncpg", "arrival": "waves"}
    units = _AT_ONCE * _WAVES

    def setup(self, driver: str, arrival: str) -> None:
        self.prepare(driver)
        self.arrival = arrival
        self.printed = _printed_sessions(self.url)

    async def teardown(self) -> None:
        await self.printed.engine.dispose()
        await super().teardown()

    def opened(self, first: int, each_later_wave: int) -> int:
        """Connections opened by one call in waves; a steady stream may open any number between the extremes."""
        if self.arrival == "waves":
            return first + (_WAVES - 1) * each_later_wave
        most = _AT_ONCE * _WAVES if each_later_wave else first
        return min(max(self.engines.counts.connects, first), most)

    @variant(holds={"connects": lambda self: self.opened(10, 5), "statements": _AT_ONCE * _WAVES})
    async def guide_5_and_10(self) -> list[str]:
        """The guide's engine and `get_session` (6.2)."""
        self.engines.get("guide", lambda: self.printed.engine)
        return await self._arrive(self.printed.get_session)

    @variant(holds={"connects": lambda self: self.opened(5, 0), "statements": _AT_ONCE * _WAVES})
    async def pool_5_and_0(self) -> list[str]:
        """Five connections and no more: the other five requests wait."""
        return await self._arrive(self._sessions(pool_size=5, max_overflow=0))

    @variant(holds={"connects": lambda self: self.opened(10, 0), "statements": _AT_ONCE * _WAVES})
    async def pool_15_and_0(self) -> list[str]:
        """As many in all as the guide allows, all of them kept."""
        return await self._arrive(self._sessions(pool_size=15, max_overflow=0))

    @variant(holds={"connects": lambda self: self.opened(10, 0), "statements": _AT_ONCE * _WAVES})
    async def pool_10_and_20(self) -> list[str]:
        """The sizes of the guide's other engine (9.3)."""
        return await self._arrive(self._sessions(pool_size=10, max_overflow=20))

    @variant(holds={"connects": lambda self: self.opened(10, 10), "statements": _AT_ONCE * _WAVES})
    async def null_pool(self) -> list[str]:
        """No pool: a connection for every request."""
        return await self._arrive(self._sessions(poolclass=NullPool))

    def _sessions(self, **settings: Any) -> Callable[[], AbstractAsyncContextManager[AsyncSession]]:
        """The guide's `get_session`, over an engine with these settings."""
        engine = self.engines.get("engine", lambda: create_async_engine(self.url, **settings))
        maker = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)

        @asynccontextmanager
        async def get_session() -> AsyncIterator[AsyncSession]:
            async with maker() as session:
                try:
                    yield session
                except Exception:
                    await session.rollback()
                    raise

        return get_session

    async def _arrive(self, get_session: Callable[[], AbstractAsyncContextManager[AsyncSession]]) -> list[str]:
        """The rows of all requests in their order, whichever way they arrive."""

        async def request(number: int) -> str:
            async with get_session() as session:
                return str((await session.execute(self.row, {"id": number})).scalar_one())

        numbers = range(1, _AT_ONCE * _WAVES + 1)
        if self.arrival == "waves":
            waves = [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]
            return [row for wave in waves for row in await asyncio.gather(*map(request, wave))]

        async def worker(first: int) -> list[str]:
            return [await request(number) for number in numbers[first::_AT_ONCE]]

        of_workers = await asyncio.gather(*map(worker, range(_AT_ONCE)))
        return [row for turn in zip(*of_workers, strict=True) for row in turn]


def _printed_sessions(url: str) -> ModuleType:
    """The guide's module of section 6.2 as if imported by an application with that address; a fresh one each time."""
    spec = importlib.util.find_spec(database_session.__name__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, config.settings.database_url = config.settings.database_url, url
    try:
        spec.loader.exec_module(module)
    finally:
        config.settings.database_url = before
    return module


_UNDER_DELAY = 3
"""Checkouts in one call behind the proxy, where each takes several round trips."""


class PrePing(_Pools):
    """What does trying a connection before each use cost, and is the pool still worth it then?

    A checkout without a ping is BEGIN, the statement and ROLLBACK: three round trips, or one where the driver commits
    by itself. The ping comes on top, and drivers differ in how many round trips it takes. The delaying proxy adds the
    distance to PostgreSQL; connections take the more round trips the more a driver asks of the server at first.
    """

    baseline = "pool"
    params = {"driver": ("asyncpg", "psycopg"), "round_trip_ms": (0, 1, 10)}
    headline = {"driver": ("asyncpg", "psycopg"), "round_trip_ms": 1}
    caveat = f"{_POSTGRES} The proxy adds round trips and nothing else that a network does."
    units = _UNDER_DELAY
    round_trips_ms = (0, 1, 10)

    def setup(self, driver: str, round_trip_ms: int) -> None:
        self.prepare(driver, _distance(round_trip_ms))

    @variant(holds={"connects": 1, "checkouts": _UNDER_DELAY, "statements": _UNDER_DELAY})
    async def pool(self) -> list[str]:
        """The guide's pool without its ping."""
        return await self._rows(**_GUIDE, pool_pre_ping=False)

    @variant(holds={"connects": 1, "checkouts": _UNDER_DELAY, "statements": _UNDER_DELAY})
    async def guide_pre_ping(self) -> list[str]:
        """The guide's pool (9.3), which pings before each use."""
        return await self._rows(**_GUIDE, pool_pre_ping=True)

    @variant(holds={"connects": 1, "checkouts": _UNDER_DELAY, "statements": _UNDER_DELAY})
    async def pool_autocommit(self) -> list[str]:
        """The pool without a ping and without transactions around single statements."""
        return await self._rows(**_GUIDE, pool_pre_ping=False, isolation_level="AUTOCOMMIT")

    @variant(holds={"connects": _UNDER_DELAY, "checkouts": _UNDER_DELAY, "statements": _UNDER_DELAY})
    async def null_pool(self) -> list[str]:
        """No pool: a connection for every use, which needs no ping."""
        return await self._rows(poolclass=NullPool)

    async def _rows(self, **settings: Any) -> list[str]:
        engine = self.engines.get("engine", lambda: create_async_engine(self.url, **settings))
        return [await _row(engine, self.row, number) for number in range(1, _UNDER_DELAY + 1)]


_GUIDE = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 30, "pool_recycle": 1800}
"""The guide's engine (9.3) but for its ping; a test holds them against `patterns.printed.database_pool`."""
