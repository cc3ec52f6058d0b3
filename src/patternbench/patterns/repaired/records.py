"""Section 3.1, dataclasses, mended.

What was wrong: the registry kept every user for ever, was shared with subclasses, and let a second user overwrite the
first under the same id; `created_at` was naive, and made two users of equal data differ; `"@"` passed as an address,
and later assignments were not checked; distances overflowed and underflowed.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class User:
    """A user. Each class has a registry of its own, which keeps nobody alive; an id is taken while its user lives.

    Raises:
        ValueError: the address has nothing on one side of its @, or the id is taken.
    """

    id: int
    email: str
    name: str
    created_at: datetime = field(default_factory=_now, compare=False)
    roles: list[str] = field(default_factory=list)
    is_active: bool = True

    _registry: ClassVar[MutableMapping[int, Any]] = weakref.WeakValueDictionary()

    def __init_subclass__(cls) -> None:
        cls._registry = weakref.WeakValueDictionary()

    def __post_init__(self) -> None:
        if self.id in self._registry:
            raise ValueError(f"the id {self.id} is taken")
        self._registry[self.id] = self

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "email":
            local, _, domain = value.partition("@")
            if not local or not domain:
                raise ValueError(f"Invalid email: {value}")
        super().__setattr__(name, value)

    @classmethod
    def get_by_id(cls, user_id: int) -> Self | None:
        """The living user of that id and of this very class."""
        found: Self | None = cls._registry.get(user_id)
        return found


@dataclass
class AdminUser(User):
    """A user with permissions."""

    permissions: list[str] = field(default_factory=list)
    admin_level: int = 1


@dataclass(frozen=True)
class Point:
    """A point in the plane."""

    x: float
    y: float

    def distance_to(self, other: Point) -> float:
        """The distance, also where its square would be too large or too small for a float."""
        return math.hypot(self.x - other.x, self.y - other.y)
