"""Section 3.1, dataclasses, as the guide prints them.

Added: nothing but this text and the postponed evaluation of annotations. Left out: the three closing lines, which
make one user and convert it with `asdict` and `astuple` as an example of use. Mocked: nothing.

Defects kept: `User._registry` holds every user for ever and lets a second user overwrite the first under the same
id; `created_at` is naive local time, so that two users of equal data differ; `"@"` passes as an e-mail;
`Point.distance_to` overflows and underflows where `math.hypot` does not.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass
class User:
    """User entity."""

    id: int
    email: str
    name: str
    created_at: datetime = field(default_factory=datetime.now)
    roles: list[str] = field(default_factory=list)
    is_active: bool = True

    # Class variable (not instance field)
    _registry: ClassVar[dict[int, User]] = {}

    def __post_init__(self) -> None:
        """Validation after initialization."""
        if "@" not in self.email:
            raise ValueError(f"Invalid email: {self.email}")
        User._registry[self.id] = self

    @classmethod
    def get_by_id(cls, user_id: int) -> User | None:
        return cls._registry.get(user_id)


@dataclass(frozen=True)  # Immutable
class Point:
    """Immutable 2D point."""

    x: float
    y: float

    def distance_to(self, other: Point) -> float:
        return ((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5


@dataclass(slots=True)  # Memory efficient (Python 3.10+)
class HighVolumeData:
    """Memory-optimized data class."""

    id: int
    value: float
    timestamp: float


@dataclass(kw_only=True)  # Keyword-only arguments (Python 3.10+)
class Config:
    """Configuration with keyword-only fields."""

    host: str
    port: int = 8080
    debug: bool = False


# Inheritance
@dataclass
class AdminUser(User):
    """Admin user with additional permissions."""

    permissions: list[str] = field(default_factory=list)
    admin_level: int = 1
