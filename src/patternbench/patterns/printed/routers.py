"""Section 5.3, router patterns, as the guide prints them.

Left out: the import of `Body`, which its code does not use. Added: nothing; the service is `services`. Nothing is
mocked.

Defects kept: two requests that create one address at once may both pass the check, and one ends in an error of the
server; an id may be larger than any column; the number of a page is wrong where `skip` is no multiple of `limit`;
anybody may read all addresses.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: ARG001, D212
# mypy: disable-error-code="return-value, arg-type"

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, status

from patternbench.patterns.printed.dependencies import AdminUser, CurrentUser, DbSession, PaginationParams
from patternbench.patterns.printed.pydantic_models import PaginatedResponse, UserCreate, UserResponse, UserUpdate
from patternbench.patterns.printed.services import UserService

router = APIRouter()


@router.get("", response_model=PaginatedResponse[UserResponse])
async def list_users(
    db: DbSession,
    pagination: PaginationParams,
) -> PaginatedResponse[UserResponse]:
    """
    List all users with pagination.

    Returns paginated list of users.
    """
    service = UserService(db)
    users, total = await service.list(**pagination)
    return PaginatedResponse(
        items=users,
        total=total,
        page=pagination["skip"] // pagination["limit"] + 1,
        page_size=pagination["limit"],
        pages=(total + pagination["limit"] - 1) // pagination["limit"],
    )


@router.get("/{user_id}", response_model=UserResponse)
async def get_user(
    user_id: Annotated[int, Path(gt=0, description="User ID")],
    db: DbSession,
) -> UserResponse:
    """Get user by ID."""
    service = UserService(db)
    user = await service.get(user_id)
    if not user:
        raise HTTPException(
            status_code=status.HTTP_404_NOT_FOUND,
            detail=f"User {user_id} not found",
        )
    return user


@router.post(
    "",
    response_model=UserResponse,
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"description": "User created successfully"},
        409: {"description": "User with email already exists"},
    },
)
async def create_user(
    user_in: UserCreate,
    db: DbSession,
) -> UserResponse:
    """Create a new user."""
    service = UserService(db)

    # Check for existing user
    existing = await service.get_by_email(user_in.email)
    if existing:
        raise HTTPException(
            status_code=status.HTTP_409_CONFLICT,
            detail=f"User with email {user_in.email} already exists",
        )

    return await service.create(user_in)


@router.patch("/{user_id}", response_model=UserResponse)
async def update_user(
    user_id: Annotated[int, Path(gt=0)],
    user_in: UserUpdate,
    db: DbSession,
    current_user: CurrentUser,
) -> UserResponse:
    """Update user (owner or admin only)."""
    if current_user.id != user_id and not current_user.is_admin:
        raise HTTPException(
            status_code=status.HTTP_403_FORBIDDEN,
            detail="Not authorized to update this user",
        )

    service = UserService(db)
    user = await service.update(user_id, user_in)
    if not user:
        raise HTTPException(
            status_code=status.HTTP_404_NOT_FOUND,
            detail=f"User {user_id} not found",
        )
    return user


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_user(
    user_id: Annotated[int, Path(gt=0)],
    db: DbSession,
    admin: AdminUser,
) -> None:
    """Delete user (admin only)."""
    service = UserService(db)
    deleted = await service.delete(user_id)
    if not deleted:
        raise HTTPException(
            status_code=status.HTTP_404_NOT_FOUND,
            detail=f"User {user_id} not found",
        )
