"""3.1 to 3.5: classes, models, repositories, mixins and descriptors."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import gc
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydantic
import pytest
from sqlalchemy import String, event
from sqlalchemy.exc import MissingGreenlet, StatementError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from patternbench.patterns.printed import abstract_repository, descriptors, mixins, pydantic_models, records
from patternbench.patterns.repaired import abstract_repository as mended_repository
from patternbench.patterns.repaired import descriptors as mended_descriptors
from patternbench.patterns.repaired import mixins as mended_mixins
from patternbench.patterns.repaired import pydantic_models as mended_models
from patternbench.patterns.repaired import records as mended_records

# 3.1 Dataclasses


@pytest.fixture(autouse=True)
def an_empty_registry() -> Iterator[None]:
    records.User._registry.clear()
    yield
    records.User._registry.clear()


def registered(module: Any) -> int:
    gc.collect()
    return len(module.User._registry)


def test_a_registry_keeps_users_alive_whom_nobody_else_holds() -> None:
    for module in (records, mended_records):
        for number in range(100):
            module.User(number, "a@example.com", "A")
    assert registered(records) == 100
    assert registered(mended_records) == 0


def test_a_taken_id_is_taken_over() -> None:
    records.User(1, "a@example.com", "First")
    kept = records.User(1, "a@example.com", "Second")
    assert records.User.get_by_id(1) is kept
    first = mended_records.User(1, "a@example.com", "First")
    with pytest.raises(ValueError, match="the id 1 is taken"):
        mended_records.User(1, "a@example.com", "Second")
    assert mended_records.User.get_by_id(1) is first


def test_a_subclass_finds_users_of_its_base() -> None:
    plain = records.User(1, "a@example.com", "A")
    assert records.AdminUser.get_by_id(1) is plain
    mended = mended_records.User(1, "a@example.com", "A")
    assert mended_records.User.get_by_id(1) is mended
    assert mended_records.AdminUser.get_by_id(1) is None


def test_users_of_equal_data_are_not_equal() -> None:
    times = iter(datetime(2026, 1, 1, second=second, tzinfo=UTC) for second in range(9))

    def at(module: Any, number: int) -> Any:
        return module.User(number, "a@example.com", "A", created_at=next(times))

    assert at(records, 1) != at(records, 1)
    first = at(mended_records, 1)
    mended_records.User._registry.clear()
    assert first == at(mended_records, 1)
    assert mended_records.User(2, "a@example.com", "A").created_at.tzinfo is UTC


@pytest.mark.parametrize("address", ["@", "a@", "@b"])
def test_half_an_address_passes(address: str) -> None:
    user = records.User(1, "a@example.com", "A")
    user.email = "nothing like it"
    assert records.User(2, address, "A").email == address
    with pytest.raises(ValueError, match="Invalid email"):
        mended_records.User(1, address, "A")
    mended = mended_records.User(1, "a@example.com", "A")
    with pytest.raises(ValueError, match="Invalid email"):
        mended.email = address


def test_a_distance_leaves_the_range_of_its_square() -> None:
    far, near = (1e200, 0.0), (1e-200, 0.0)
    with pytest.raises(OverflowError):
        records.Point(*far).distance_to(records.Point(0.0, 0.0))
    assert records.Point(*near).distance_to(records.Point(0.0, 0.0)) == 0.0
    origin = mended_records.Point(0.0, 0.0)
    assert mended_records.Point(*far).distance_to(origin) == 1e200
    assert mended_records.Point(*near).distance_to(origin) == 1e-200
    assert mended_records.Point(3.0, 4.0).distance_to(origin) == 5.0


# 3.2 Pydantic models

USER = {"email": "a@example.com", "name": "A"}


def test_a_rejected_password_stands_in_the_error() -> None:
    for models, shown in ((pydantic_models, True), (mended_models, False)):
        with pytest.raises(pydantic.ValidationError) as wrong:
            models.UserCreate(**USER, password="secret-without-capital")
        assert ("secret-without-capital" in str(wrong.value)) is shown


def test_an_unknown_field_is_a_change() -> None:
    assert pydantic_models.UserUpdate(foo=1).model_dump(exclude_unset=True) == {}
    with pytest.raises(pydantic.ValidationError, match="Extra inputs"):
        mended_models.UserUpdate(foo=1)


def test_a_name_cannot_be_set_to_nothing() -> None:
    with pytest.raises(pydantic.ValidationError, match="At least one field"):
        pydantic_models.UserUpdate(name=None)
    assert mended_models.UserUpdate(name=None).changes() == {"name": None}
    with pytest.raises(pydantic.ValidationError, match="At least one field"):
        mended_models.UserUpdate()


def test_what_is_no_mapping_is_an_error_of_the_server() -> None:
    with pytest.raises(AttributeError):
        pydantic_models.UserUpdate.model_validate_json("[1]")
    with pytest.raises(pydantic.ValidationError):
        mended_models.UserUpdate.model_validate_json("[1]")


def test_whether_there_is_a_next_page_is_in_no_answer() -> None:
    page = {"items": [1], "total": 9, "page": 1, "page_size": 1, "pages": 9}
    assert "has_next" not in pydantic_models.PaginatedResponse[int](**page).model_dump()
    dumped = mended_models.PaginatedResponse[int](**page).model_dump()
    assert (dumped["has_next"], dumped["has_prev"]) == (True, False)


def test_a_page_may_be_minus_five_of_minus_nine() -> None:
    page = {"items": [], "total": 0, "page": -5, "page_size": 1, "pages": -9}
    assert pydantic_models.PaginatedResponse[int](**page).page == -5
    with pytest.raises(pydantic.ValidationError):
        mended_models.PaginatedResponse[int](**page)


def test_a_dump_holds_the_hash() -> None:
    stored = {**USER, "id": 1, "created_at": datetime(2026, 1, 1, tzinfo=UTC), "hashed_password": "hash"}
    assert "hash" in pydantic_models.UserInDB(**stored).model_dump_json()
    mended = mended_models.UserInDB(**stored)
    assert mended.hashed_password == "hash"
    assert "hash" not in mended.model_dump_json()
    assert "hash" not in repr(mended)


# 3.3 Repositories


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(40))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[AsyncSession, list[str]]]:
    """A session on a file of its own, and the statements and commits that it made."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'notes.sqlite'}")
    made: list[str] = []
    event.listen(engine.sync_engine, "commit", lambda connection: made.append("COMMIT"))
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: made.append(args[2]))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        made.clear()
        async with AsyncSession(engine) as session:
            yield session, made
    finally:
        await engine.dispose()


def test_an_update_may_turn_one_row_into_another(tmp_path: Path) -> None:
    async def ids(repository: Any) -> list[int]:
        async with opened(tmp_path) as (session, _):
            notes = repository.SQLAlchemyRepository(session, Note)
            await notes.create(Note(id=1, text="a"))
            await notes.update(1, Note(id=99_999, text="b"))
            await session.commit()
            return [each.id for each in await notes.get_all()]

    assert asyncio.run(ids(abstract_repository)) == [99_999]
    assert asyncio.run(ids(mended_repository)) == [1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_after_an_update_nothing_can_be_read(tmp_path: Path) -> None:
    async def text(repository: Any) -> str:
        async with opened(tmp_path) as (session, _):
            notes = repository.SQLAlchemyRepository(session, Note)
            await notes.create(Note(id=1, text="a"))
            updated = await notes.update(1, Note(text="b"))
            return str(updated.text)

    with pytest.raises((MissingGreenlet, StatementError), match="greenlet_spawn"):
        asyncio.run(text(abstract_repository))
    gc.collect()  # the driver's coroutine that nobody awaited
    assert asyncio.run(text(mended_repository)) == "b"


def test_every_row_is_a_transaction(tmp_path: Path) -> None:
    async def commits(repository: Any) -> int:
        async with opened(tmp_path) as (session, made):
            notes = repository.SQLAlchemyRepository(session, Note)
            for number in range(5):
                await notes.create(Note(id=number + 1, text="a"))
            await session.commit()
            return made.count("COMMIT")

    # What reads after its own commit has begun another transaction, which the last commit here ends.
    assert asyncio.run(commits(abstract_repository)) == 6
    assert asyncio.run(commits(mended_repository)) == 1


def test_pages_have_no_order(tmp_path: Path) -> None:
    async def statement(repository: Any) -> str:
        async with opened(tmp_path) as (session, made):
            await repository.SQLAlchemyRepository(session, Note).get_all()
            return made[-1]

    assert "ORDER BY" not in asyncio.run(statement(abstract_repository))
    assert "ORDER BY notes.id" in asyncio.run(statement(mended_repository))


def test_the_repaired_repository_does_the_rest_too(tmp_path: Path) -> None:
    async def all_of_it() -> tuple[list[str], bool, bool, Any]:
        async with opened(tmp_path) as (session, _):
            notes = mended_repository.SQLAlchemyRepository(session, Note)
            await notes.create_all([Note(text="a"), Note(text="b"), Note(text="c")])
            page = [each.text for each in await notes.get_all(skip=1, limit=1)]
            return page, await notes.delete(1), await notes.delete(1), await notes.update(1, Note(text="d"))

    assert asyncio.run(all_of_it()) == (["b"], True, False, None)


@pytest.mark.parametrize("repository", [abstract_repository, mended_repository])
def test_an_abstract_class_is_not_made(repository: Any) -> None:
    with pytest.raises(TypeError, match="abstract"):
        repository.Repository()


# 3.4 Mixins


def test_what_a_mixin_holds_is_no_field() -> None:
    with pytest.raises(TypeError, match="created_by"):
        mixins.AuditableUser(1, "a@example.com", "A", created_by="b")
    assert mended_mixins.AuditableUser(1, "a@example.com", "A", created_by="b").created_by == "b"


def deleted_and_live(module: Any) -> tuple[Any, Any]:
    live = module.AuditableUser(1, "a@example.com", "A", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    deleted = copy.copy(live)
    deleted.soft_delete()
    return deleted, live


def test_a_deleted_user_equals_the_live_one() -> None:
    deleted, live = deleted_and_live(mixins)
    assert deleted == live
    assert "deleted_at" not in dataclasses.asdict(deleted)
    assert dataclasses.replace(deleted, name="B").is_deleted is False
    deleted, live = deleted_and_live(mended_mixins)
    assert deleted != live
    assert dataclasses.asdict(deleted)["deleted_at"] is not None
    assert dataclasses.replace(deleted, name="B").is_deleted is True
    deleted.restore()
    assert deleted == live


def test_times_are_naive() -> None:
    for module, zone in ((mixins, None), (mended_mixins, UTC)):
        user: Any = module.AuditableUser(1, "a@example.com", "A")
        user.touch()
        assert user.updated_at.tzinfo is zone


# 3.5 Properties and descriptors


def test_a_constructor_goes_around_its_own_check() -> None:
    assert descriptors.Temperature(-500).kelvin == pytest.approx(-226.85)
    with pytest.raises(ValueError, match="below absolute zero"):
        mended_descriptors.Temperature(-500)


def test_a_nan_passes_every_check() -> None:
    temperature = descriptors.Temperature()
    temperature.celsius = math.nan
    assert math.isnan(temperature.celsius)
    with pytest.raises(ValueError, match="is no number"):
        mended_descriptors.Temperature(math.nan)


def test_kelvin_can_only_be_read() -> None:
    with pytest.raises(AttributeError):
        descriptors.Temperature().kelvin = 300.0
    temperature = mended_descriptors.Temperature()
    temperature.kelvin = 300.0
    assert temperature.celsius == pytest.approx(26.85)
    temperature.fahrenheit = 212.0
    assert temperature.celsius == pytest.approx(100.0)


@pytest.mark.parametrize(("email", "age"), [(None, 3), ("a@b", "x")])
def test_a_value_of_the_wrong_kind_is_an_error_of_the_check_itself(email: Any, age: Any) -> None:
    with pytest.raises(TypeError):
        descriptors.User(email, age)
    with pytest.raises(ValueError, match=r"(email|age): "):
        mended_descriptors.User(email, age)


@pytest.mark.parametrize(("email", "age"), [(["@"], 3), ("@", 3), ("a@b", True)])
def test_nonsense_passes(email: Any, age: Any) -> None:
    user = descriptors.User(email, age)
    assert (user.email, user.age) == (email, age)
    with pytest.raises(ValueError, match=r"(email|age): "):
        mended_descriptors.User(email, age)


def test_what_was_never_set_reads_as_none() -> None:
    assert descriptors.User.__new__(descriptors.User).email is None
    with pytest.raises(AttributeError, match="email was not set"):
        _ = mended_descriptors.User.__new__(mended_descriptors.User).email


def test_only_the_repaired_attribute_can_be_deleted() -> None:
    with pytest.raises(AttributeError):
        del descriptors.User("a@b", 3).email
    user = mended_descriptors.User("a@b", 3)
    del user.email
    with pytest.raises(AttributeError):
        _ = user.email


def test_a_descriptor_that_is_asked_of_the_class_is_itself() -> None:
    assert isinstance(descriptors.User.age, descriptors.Validated)
    assert isinstance(mended_descriptors.User.age, mended_descriptors.Validated)
