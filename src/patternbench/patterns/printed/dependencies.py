"""Section 5.2, dependency injection, as the guide prints it.

Added: the import of `AsyncIterator`, which the block uses and does not import. Left out: the imports that its code does
not use. Mocked: `decode_token`, which the guide uses and does not define; here a token is the user's id as text.

Defects kept: `skip` has no upper end; a bad token opens a session before it is refused; tokens are asked for under an
address where the guide's application has none.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, HTTPException, Query, status
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from patternbench.patterns.printed.database_session import get_session
from patternbench.patterns.printed.models import User
from patternbench.patterns.printed.services import UserService


def decode_token(token: str) -> int | None:
    """Added; the user's id, None where the token says none."""
    return int(token) if token.isdigit() else None


# Database dependency
async def get_db() -> AsyncIterator[AsyncSession]:
    """Yield database session."""
    async with get_session() as session:
        yield session


DbSession = Annotated[AsyncSession, Depends(get_db)]


# Service dependency
async def get_user_service(db: DbSession) -> UserService:
    """Get user service with database session."""
    return UserService(db)


UserServiceDep = Annotated[UserService, Depends(get_user_service)]


# Authentication
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="auth/token")
api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False)


async def get_current_user(
    token: Annotated[str, Depends(oauth2_scheme)],
    user_service: UserServiceDep,
) -> User:
    """Get current authenticated user."""
    credentials_exception = HTTPException(
        status_code=status.HTTP_401_UNAUTHORIZED,
        detail="Could not validate credentials",
        headers={"WWW-Authenticate": "Bearer"},
    )

    user_id = decode_token(token)
    if user_id is None:
        raise credentials_exception

    user = await user_service.get(user_id)
    if user is None:
        raise credentials_exception

    return user


async def get_current_active_user(
    user: Annotated[User, Depends(get_current_user)],
) -> User:
    """Ensure user is active."""
    if not user.is_active:
        raise HTTPException(
            status_code=status.HTTP_400_BAD_REQUEST,
            detail="Inactive user",
        )
    return user


async def require_admin(
    user: Annotated[User, Depends(get_current_active_user)],
) -> User:
    """Require admin role."""
    if not user.is_admin:
        raise HTTPException(
            status_code=status.HTTP_403_FORBIDDEN,
            detail="Admin access required",
        )
    return user


# Type aliases for common dependencies
CurrentUser = Annotated[User, Depends(get_current_active_user)]
AdminUser = Annotated[User, Depends(require_admin)]


# Pagination dependency
async def pagination(
    skip: Annotated[int, Query(ge=0, description="Number of records to skip")] = 0,
    limit: Annotated[int, Query(ge=1, le=100, description="Max records")] = 20,
) -> dict[str, int]:
    """Common pagination parameters."""
    return {"skip": skip, "limit": limit}


PaginationParams = Annotated[dict[str, int], Depends(pagination)]
