"""Section 3.2, pydantic models, mended.

What was wrong: a rejected password stood in clear in the error, secret type or not. `UserUpdate` took a field that it
did not know for a change, could not set anything to nothing, and failed with an AttributeError on anything but a
mapping, so that a bad request ended as an error of the server. `has_next` and `has_prev` were in no answer and no
schema, and a page could be -5 of -9. The hash of a password was written by every dump. And a response checked its own
address again, a hundred times the cost of the text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    HttpUrl,
    SecretStr,
    computed_field,
    field_validator,
    model_validator,
)

from patternbench.patterns.printed.pydantic_models import Address

T = TypeVar("T")


class UserBase(BaseModel):
    """What a user says of themselves, checked."""

    model_config = ConfigDict(hide_input_in_errors=True)

    email: EmailStr
    name: str = Field(..., min_length=1, max_length=100)
    website: HttpUrl | None = None


class UserCreate(UserBase):
    """A new user."""

    password: SecretStr = Field(..., min_length=8)

    @field_validator("password")
    @classmethod
    def validate_password_strength(cls, v: SecretStr) -> SecretStr:
        """A capital and a digit, at least."""
        password = v.get_secret_value()
        if not any(each.isupper() for each in password):
            raise ValueError("Password must contain uppercase letter")
        if not any(each.isdigit() for each in password):
            raise ValueError("Password must contain digit")
        return v


class UserUpdate(BaseModel):
    """What to change: the fields that were given, and no others."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: EmailStr | None = None
    name: str | None = Field(None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def check_not_empty(self) -> Self:
        """Something must be changed; a field that was given as None is to be cleared."""
        if not self.model_fields_set:
            raise ValueError("At least one field must be provided")
        return self

    def changes(self) -> dict[str, object]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class UserResponse(BaseModel):
    """What is told of a user; it was checked when it was stored."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    website: str | None = None
    created_at: datetime
    is_active: bool = True


class UserInDB(UserResponse):
    """With what stays in the database: no dump holds it."""

    hashed_password: str = Field(exclude=True, repr=False)


class UserWithAddress(UserResponse):
    """With the user's addresses."""

    addresses: list[Address] = Field(default_factory=list)


class PaginatedResponse(BaseModel, Generic[T]):
    """One page of many."""

    items: list[T]
    total: int = Field(ge=0)
    page: int = Field(ge=1)
    page_size: int = Field(ge=1)
    pages: int = Field(ge=0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.page < self.pages

    @computed_field  # type: ignore[prop-decorator]
    @property
    def has_prev(self) -> bool:
        """Whether a page comes before."""
        return self.page > 1
