"""Section 6.3, repository pattern, as the guide prints it.

Added: the import of `User`, which the block uses and does not import. Nothing is mocked.

Defects kept: pages have no order; every page counts the whole table; `update` commits whatever the session holds, and
of an object that it does not hold it commits first and complains then; after a duplicate the session is of no use.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: A002, E712

from __future__ import annotations

from typing import Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from patternbench.patterns.printed.models import Base, User

T = TypeVar("T", bound=Base)


class BaseRepository(Generic[T]):
    """Generic repository with CRUD operations."""

    def __init__(self, session: AsyncSession, model: type[T]) -> None:
        self.session = session
        self.model = model

    async def get(self, id: int) -> T | None:
        """Get by ID."""
        return await self.session.get(self.model, id)

    async def get_all(
        self,
        skip: int = 0,
        limit: int = 100,
    ) -> tuple[list[T], int]:
        """Get all with pagination."""
        # Count total
        count_query = select(func.count()).select_from(self.model)
        total = (await self.session.execute(count_query)).scalar() or 0

        # Get items
        query = select(self.model).offset(skip).limit(limit)
        result = await self.session.execute(query)
        items = list(result.scalars().all())

        return items, total

    async def create(self, obj: T) -> T:
        """Create new entity."""
        self.session.add(obj)
        await self.session.commit()
        await self.session.refresh(obj)
        return obj

    async def update(self, obj: T) -> T:
        """Update entity."""
        await self.session.commit()
        await self.session.refresh(obj)
        return obj

    async def delete(self, obj: T) -> None:
        """Delete entity."""
        await self.session.delete(obj)
        await self.session.commit()


class UserRepository(BaseRepository[User]):
    """User-specific repository."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, User)

    async def get_by_email(self, email: str) -> User | None:
        """Get user by email."""
        query = select(User).where(User.email == email)
        result = await self.session.execute(query)
        return result.scalar_one_or_none()

    async def get_active_users(self) -> list[User]:
        """Get all active users."""
        query = select(User).where(User.is_active == True)
        result = await self.session.execute(query)
        return list(result.scalars().all())
