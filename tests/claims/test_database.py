"""6.1 to 6.3: models, sessions and repositories, on SQLite files."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import event, select
from sqlalchemy.exc import InvalidRequestError, MissingGreenlet, PendingRollbackError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from patternbench.patterns.printed import config, models, repositories
from patternbench.patterns.repaired import models as mended_models
from patternbench.patterns.repaired import repositories as mended_repositories


class Database:
    """One file, with the tables of some models, and the statements that were sent to it."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.statements: list[str] = []
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: self.statements.append(args[2]))

    def session(self) -> AsyncSession:
        return AsyncSession(self.engine, expire_on_commit=False)


@asynccontextmanager
async def opened(folder: Path, tables: Any) -> AsyncIterator[Database]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / (tables.__name__ + '.sqlite')}")
    event.listen(engine.sync_engine, "connect", lambda made, _: made.execute("pragma foreign_keys = on"))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(tables.Base.metadata.create_all)
        yield Database(engine)
    finally:
        await engine.dispose()


def user(tables: Any, name: str, **more: Any) -> Any:
    return tables.User(email=f"{name}@example.com", name=name, hashed_password="hash", **more)


PAIRS = [(models, repositories), (mended_models, mended_repositories)]

# 6.1 Models


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_the_database_sets_cannot_be_read_after_an_update(tmp_path: Path) -> None:
    async def updated(tables: Any) -> Any:
        async with opened(tmp_path, tables) as database, database.session() as session:
            found = user(tables, "a")
            session.add(found)
            await session.commit()
            found.name = "b"
            await session.flush()
            return found.updated_at

    with pytest.raises((MissingGreenlet, StatementError), match="greenlet_spawn"):
        asyncio.run(updated(models))
    gc.collect()  # the driver's coroutine that nobody awaited
    assert asyncio.run(updated(mended_models)) is not None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_was_not_loaded_cannot_be_read(tmp_path: Path) -> None:
    async def posts(tables: Any) -> Any:
        async with opened(tmp_path, tables) as database:
            async with database.session() as session:
                session.add(user(tables, "a", posts=[tables.Post(title="t", content="c")]))
                await session.commit()
            async with database.session() as session:
                found = (await session.scalars(select(tables.User))).one()
                if tables is mended_models:
                    return len(await found.awaitable_attrs.posts)
                return len(found.posts)

    with pytest.raises((MissingGreenlet, StatementError), match="greenlet_spawn"):
        asyncio.run(posts(models))
    gc.collect()  # the driver's coroutine that nobody awaited
    assert asyncio.run(posts(mended_models)) == 1


def test_a_foreign_key_has_no_index() -> None:
    def indexed(tables: Any) -> set[str]:
        return {
            column.name
            for table in tables.Base.metadata.tables.values()
            for index in table.indexes
            for column in index.columns
        }

    assert not {"author_id", "tag_id"} & indexed(models)
    assert {"author_id", "tag_id"} <= indexed(mended_models)


def test_a_user_is_deleted_by_asking_for_every_post(tmp_path: Path) -> None:
    async def statements(tables: Any, posts: int) -> tuple[int, int]:
        async with opened(tmp_path, tables) as database:
            async with database.session() as session:
                mine = [tables.Post(title="t", content="c") for _ in range(posts)]
                session.add(user(tables, f"with-{posts}", posts=mine))
                await session.commit()
            async with database.session() as session:
                found = (await session.scalars(select(tables.User).where(tables.User.name == f"with-{posts}"))).one()
                database.statements.clear()
                await session.delete(found)
                await session.commit()
                sent = len(database.statements)
                left = len((await session.scalars(select(tables.Post))).all())
                return sent, left

    few, many = (asyncio.run(statements(models, posts)) for posts in (5, 50))
    assert many[0] - few[0] >= 45, "a statement for each post"
    few, many = (asyncio.run(statements(mended_models, posts)) for posts in (5, 50))
    assert few == many == (1, 0)


def test_times_are_without_a_zone() -> None:
    assert models.User.__table__.c.created_at.type.timezone is False
    assert mended_models.User.__table__.c.created_at.type.timezone is True


# 6.2 Async database session


def test_the_printed_pool_fits_no_database_in_memory() -> None:
    with pytest.raises(TypeError, match="pool_size"):
        create_async_engine("sqlite+aiosqlite:///:memory:", pool_size=5, max_overflow=10)
    assert config.settings.database_url.startswith("postgresql")


# 6.3 Repository pattern


def test_pages_have_no_order(tmp_path: Path) -> None:
    async def query(tables: Any, module: Any) -> str:
        async with opened(tmp_path, tables) as database, database.session() as session:
            await module.UserRepository(session).get_all()
            return database.statements[-1]

    printed, mended = (asyncio.run(query(*pair)) for pair in PAIRS)
    assert "ORDER BY" not in printed
    assert "ORDER BY users.id" in mended


def test_an_update_commits_whatever_the_session_holds(tmp_path: Path) -> None:
    async def names(tables: Any, module: Any) -> list[str]:
        async with opened(tmp_path, tables) as database:
            async with database.session() as session:
                users = module.UserRepository(session)
                first, second = user(tables, "a"), user(tables, "b")
                session.add_all([first, second])
                await session.commit()
                second.name = "changed by the way"
                first.name = "changed"
                await users.update(first)
                await session.rollback()
            async with database.session() as session:
                return sorted(await session.scalars(select(tables.User.name)))

    printed, mended = (asyncio.run(names(*pair)) for pair in PAIRS)
    assert printed == ["changed", "changed by the way"]
    assert mended == ["a", "b"]


def test_an_object_of_another_session_is_complained_of_after_the_commit(tmp_path: Path) -> None:
    async def committed(tables: Any, module: Any) -> list[str]:
        async with opened(tmp_path, tables) as database:
            async with database.session() as session:
                session.add(user(tables, "held"))
                with pytest.raises((InvalidRequestError, ValueError)):
                    await module.UserRepository(session).update(user(tables, "detached"))
                await session.rollback()
            async with database.session() as session:
                return list(await session.scalars(select(tables.User.name)))

    printed, mended = (asyncio.run(committed(*pair)) for pair in PAIRS)
    assert (printed, mended) == (["held"], [])


def test_after_a_duplicate_the_session_is_of_no_use(tmp_path: Path) -> None:
    async def after(tables: Any, module: Any) -> int:
        async with opened(tmp_path, tables) as database, database.session() as session:
            users = module.UserRepository(session)
            await users.create(user(tables, "a"))
            with pytest.raises((sqlalchemy.exc.IntegrityError, mended_repositories.Conflict)):
                await users.create(user(tables, "a"))
            return (await users.get_all())[1]

    (printed, mended) = PAIRS
    with pytest.raises(PendingRollbackError):
        asyncio.run(after(*printed))
    assert asyncio.run(after(*mended)) == 1


def test_the_repaired_repository_does_the_rest_too(tmp_path: Path) -> None:
    async def all_of_it() -> tuple[Any, ...]:
        async with opened(tmp_path, mended_models) as database, database.session() as session:
            users = mended_repositories.UserRepository(session)
            made = [await users.create(user(mended_models, name, is_active=name != "b")) for name in "abc"]
            found = await users.get_by_email("b@example.com")
            pages = [[each.name for each in await users.get_after(last, limit=2)] for last in (0, made[1].id)]
            active = [each.name for each in await users.get_active_users()]
            await users.delete(made[0])
            return found is made[1], pages, active, await users.get(made[0].id), (await users.get_all(limit=1))[1]

    assert asyncio.run(all_of_it()) == (True, [["a", "b"], ["c"]], ["a", "c"], None, 2)
