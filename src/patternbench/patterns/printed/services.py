"""What sections 5.2 to 5.5 and 7.3 import as `.services`, and the guide never prints: the service that they call.

All of it was added. It does what the routers and the tests of the guide expect, on the printed repository: a list is a
page and its total, a duplicate is a conflict, and a password is hashed as section 10.2 hashes it.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from patternbench.patterns.printed.models import User
from patternbench.patterns.printed.pydantic_models import UserCreate, UserUpdate
from patternbench.patterns.printed.repositories import UserRepository
from patternbench.patterns.printed.security import hash_password


class UserService:
    """Users, by the session of one request."""

    def __init__(self, db: AsyncSession) -> None:
        self.repository = UserRepository(db)

    async def list(self, skip: int, limit: int) -> tuple[list[User], int]:
        """A page of users, and how many there are."""
        return await self.repository.get_all(skip, limit)

    async def get(self, user_id: int) -> User | None:
        """The user of that id."""
        return await self.repository.get(user_id)

    async def get_by_email(self, email: str) -> User | None:
        """The user of that address."""
        return await self.repository.get_by_email(email)

    async def create(self, user_in: UserCreate) -> User:
        """A new user."""
        key, salt = hash_password(user_in.password.get_secret_value())
        hashed = f"{salt.hex()}:{key.hex()}"
        return await self.repository.create(User(email=user_in.email, name=user_in.name, hashed_password=hashed))

    async def update(self, user_id: int, user_in: UserUpdate) -> User | None:
        """The user, changed; None where there is none."""
        user = await self.repository.get(user_id)
        if user is None:
            return None
        for name, value in user_in.model_dump(exclude_unset=True).items():
            setattr(user, name, value)
        return await self.repository.update(user)

    async def delete(self, user_id: int) -> bool:
        """Whether there was one to delete."""
        user = await self.repository.get(user_id)
        if user is None:
            return False
        await self.repository.delete(user)
        return True
