from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("asyncpg")
pytest.importorskip("aiosqlite")
sqlalchemy = pytest.importorskip("sqlalchemy")

from patternbench.patterns.printed import config, database_pool, database_session  # noqa: E402 (where they can be)


def _session_module(url: str) -> ModuleType:
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


def test_the_engine_of_section_9_3_has_the_printed_settings_which_the_suite_repeats() -> None:
    pool = database_pool.engine.pool
    printed = {
        "pool_size": pool.size(),  # type: ignore[attr-defined]
        "max_overflow": pool._max_overflow,  # type: ignore[attr-defined]
        "pool_timeout": pool.timeout(),  # type: ignore[attr-defined]
        "pool_recycle": pool._recycle,
    }
    assert pool._pre_ping
    suite = Path(__file__).parents[3] / "benchmarks" / "db_pooling.py"
    (line,) = [line for line in suite.read_text().splitlines() if line.startswith("_GUIDE = ")]
    assert line == "_GUIDE = " + repr(printed).replace("'", '"').replace("30.0", "30")


def test_the_engine_of_section_6_2_keeps_five_connections_and_lets_ten_overflow() -> None:
    pool = database_session.engine.pool
    assert (pool.size(), pool._max_overflow, pool._pre_ping) == (5, 10, False)  # type: ignore[attr-defined]


def test_a_session_commits_nothing_by_itself_as_printed(tmp_path: Path) -> None:
    module = _session_module(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")

    async def use() -> int:
        async with module.engine.begin() as connection:
            await connection.execute(sqlalchemy.text("CREATE TABLE notes (id INTEGER)"))
        async with module.get_session() as session:
            await session.execute(sqlalchemy.text("INSERT INTO notes VALUES (1)"))
        async with module.get_session() as session:
            rows = (await session.execute(sqlalchemy.text("SELECT count(*) FROM notes"))).scalar_one()
        await module.create_tables()
        await module.engine.dispose()
        return int(rows)

    assert asyncio.run(use()) == 0


def test_an_error_inside_a_session_is_raised_again(tmp_path: Path) -> None:
    module = _session_module(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")

    async def use() -> None:
        try:
            async with module.get_session():
                raise LookupError("mine")
        finally:
            await module.engine.dispose()

    with pytest.raises(LookupError, match="mine"):
        asyncio.run(use())


def test_the_printed_pool_sizes_cannot_be_used_with_a_database_in_memory() -> None:
    with pytest.raises(TypeError, match="pool_size"):
        _session_module("sqlite+aiosqlite:///:memory:")
