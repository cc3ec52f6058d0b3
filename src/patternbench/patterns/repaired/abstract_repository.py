"""Section 3.3, abstract base classes, mended.

What was wrong: `update` copied every attribute of the entity, the primary key among them, and so could turn one row
into another; afterwards its attributes had expired, and reading one failed under asyncio. Each operation committed:
three hundred rows were three hundred transactions. Pages had no order, so that rows could be on two of them or on none.

The transaction is the caller's: `async with session.begin(): …`, once for as many operations as belong together.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
ID = TypeVar("ID")


class Repository(ABC, Generic[T, ID]):
    """What a store of entities can do."""

    @abstractmethod
    async def get(self, id: ID) -> T | None:  # noqa: A002 - as printed
        """The entity of that id."""

    @abstractmethod
    async def get_all(self, skip: int = 0, limit: int = 100) -> list[T]:
        """A page of entities, ordered by their ids."""

    @abstractmethod
    async def create(self, entity: T) -> T:
        """Store a new entity; it has its id afterwards."""

    @abstractmethod
    async def create_all(self, entities: Iterable[T]) -> list[T]:
        """Store many at once."""

    @abstractmethod
    async def update(self, id: ID, entity: T) -> T | None:  # noqa: A002 - as printed
        """Give the stored entity the other's attributes, all but its id; None where there is none of that id."""

    @abstractmethod
    async def delete(self, id: ID) -> bool:  # noqa: A002 - as printed
        """Whether there was one to delete."""


class SQLAlchemyRepository(Repository[T, int]):
    """Entities of one mapped class; nothing is committed here."""

    def __init__(self, session: AsyncSession, model: type[T]) -> None:
        self.session = session
        self.model = model
        mapper = inspect(model)
        self._key: tuple[Any, ...] = tuple(mapper.primary_key)
        keys = {mapper.get_property_by_column(column).key for column in self._key}
        self._names = tuple(each.key for each in mapper.column_attrs if each.key not in keys)

    async def get(self, id: int) -> T | None:  # noqa: A002 - as printed
        """The entity of that id."""
        return await self.session.get(self.model, id)

    async def get_all(self, skip: int = 0, limit: int = 100) -> list[T]:
        """A page of entities, ordered by their ids."""
        found = await self.session.scalars(select(self.model).order_by(*self._key).offset(skip).limit(limit))
        return list(found)

    async def create(self, entity: T) -> T:
        """Store a new entity; it has its id and its defaults afterwards."""
        self.session.add(entity)
        await self.session.flush()
        await self.session.refresh(entity)
        return entity

    async def create_all(self, entities: Iterable[T]) -> list[T]:
        """Store many in as few statements as the database takes."""
        stored = list(entities)
        self.session.add_all(stored)
        await self.session.flush()
        return stored

    async def update(self, id: int, entity: T) -> T | None:  # noqa: A002 - as printed
        """Give the stored entity the other's attributes, those that were set; never its id."""
        existing = await self.get(id)
        if existing is None:
            return None
        given = vars(entity)
        for name in self._names:
            if name in given:
                setattr(existing, name, given[name])
        await self.session.flush()
        await self.session.refresh(existing)
        return existing

    async def delete(self, id: int) -> bool:  # noqa: A002 - as printed
        """Whether there was one to delete."""
        entity = await self.get(id)
        if entity is None:
            return False
        await self.session.delete(entity)
        await self.session.flush()
        return True
