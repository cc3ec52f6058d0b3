from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from patternbench.backends.sql_counts import SqlCounts
from patternbench.backends.sqlite_file import ROWS, name, sqlite_file

sqlalchemy = pytest.importorskip("sqlalchemy")


def test_the_file_holds_its_rows_and_is_gone_afterwards() -> None:
    import sqlite3

    with sqlite_file() as path:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT id, name FROM items ORDER BY id").fetchall()
        assert rows == [(number, name(number)) for number in range(1, ROWS + 1)]
    assert not path.parent.exists()


def test_connects_checkouts_and_statements_of_a_sync_engine_are_counted() -> None:
    counts = SqlCounts()
    with sqlite_file() as path:
        engine = sqlalchemy.create_engine(f"sqlite:///{path}", poolclass=sqlalchemy.QueuePool)
        counts.watch(engine)
        for _ in range(3):
            with engine.connect() as connection:
                connection.execute(sqlalchemy.text("SELECT 1"))
                connection.execute(sqlalchemy.text("SELECT 2"))
        engine.dispose()
    assert counts.as_counters() == {"connects": 1, "checkouts": 3, "statements": 6}


def test_connects_checkouts_and_statements_of_an_async_engine_are_counted() -> None:
    pytest.importorskip("aiosqlite")
    asyncio_extension = pytest.importorskip("sqlalchemy.ext.asyncio")
    counts = SqlCounts()

    async def use(url: str) -> None:
        engine = asyncio_extension.create_async_engine(url, poolclass=sqlalchemy.NullPool)
        counts.watch(engine)
        for _ in range(2):
            async with engine.connect() as connection:
                await connection.execute(sqlalchemy.text("SELECT 1"))
        await engine.dispose()

    with sqlite_file() as path:
        asyncio.run(use(f"sqlite+aiosqlite:///{path}"))
    assert counts.as_counters() == {"connects": 2, "checkouts": 2, "statements": 2}
