"""Section 6.3, repository pattern, mended.

What was wrong: pages had no order, so that on PostgreSQL a row that was changed could be on two of them or on none;
each page counted the whole table; `create` and `update` committed whatever the session held, another object's changes
too, and an object that it did not hold was complained of after the commit; after a duplicate the session was of no use
any more.

The transaction is the caller's: `async with session.begin(): …`.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from patternbench.patterns.repaired.models import Base, User

T = TypeVar("T", bound=Base)


class Conflict(Exception):
    """What was to be stored is there already; the transaction goes on without it."""


class BaseRepository(Generic[T]):
    """Entities of one model."""

    def __init__(self, session: AsyncSession, model: type[T]) -> None:
        self.session = session
        self.model = model
        self._key: tuple[Any, ...] = tuple(inspect(model).primary_key)

    async def get(self, id: int) -> T | None:  # noqa: A002 - as printed
        """The entity of that id."""
        return await self.session.get(self.model, id)

    async def get_all(self, skip: int = 0, limit: int = 100) -> tuple[list[T], int]:
        """A page of entities, ordered by their ids, and how many there are. Deep pages: `get_after`."""
        total = await self.session.scalar(select(func.count()).select_from(self.model))
        found = await self.session.scalars(select(self.model).order_by(*self._key).offset(skip).limit(limit))
        return list(found), total or 0

    async def get_after(self, last: int = 0, limit: int = 100) -> list[T]:
        """The entities that follow an id: as cheap on the last page as on the first."""
        (key,) = self._key
        found = await self.session.scalars(select(self.model).where(key > last).order_by(key).limit(limit))
        return list(found)

    async def create(self, obj: T) -> T:
        """Store a new entity; it has its id and its defaults afterwards.

        Raises:
            Conflict: the database refused it.
        """
        try:
            async with self.session.begin_nested():
                self.session.add(obj)
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error
        await self.session.refresh(obj)
        return obj

    async def update(self, obj: T) -> T:
        """Write what was changed of an entity of this session; nothing is committed.

        Raises:
            ValueError: it belongs to no session, or another.
        """
        if obj not in self.session:
            raise ValueError(f"{obj!r} does not belong to this session")
        await self.session.flush()
        await self.session.refresh(obj)
        return obj

    async def delete(self, obj: T) -> None:
        """Delete an entity."""
        await self.session.delete(obj)
        await self.session.flush()


class UserRepository(BaseRepository[User]):
    """Users."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, User)

    async def get_by_email(self, email: str) -> User | None:
        """The user of that address."""
        found: User | None = await self.session.scalar(select(User).where(User.email == email))
        return found

    async def get_active_users(self, last: int = 0, limit: int = 100) -> list[User]:
        """A page of the active users that follow an id."""
        query = select(User).where(User.is_active, User.id > last).order_by(User.id).limit(limit)
        return list(await self.session.scalars(query))
