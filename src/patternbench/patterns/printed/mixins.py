"""Section 3.4, mixins and multiple inheritance, as the guide prints them.

Added: the imports of `dataclass` and `field`, which the block uses and does not import. Nothing is mocked.

Defects kept: the mixins' attributes are no fields, so that they cannot be given to the constructor, and equality,
`repr`, `asdict` and `replace` know nothing of them: a deleted user equals the live one; times are naive.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102, DTZ005

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class TimestampMixin:
    """Mixin for timestamp fields."""

    created_at: datetime
    updated_at: datetime | None = None

    def touch(self) -> None:
        self.updated_at = datetime.now()


class SoftDeleteMixin:
    """Mixin for soft delete functionality."""

    deleted_at: datetime | None = None
    is_deleted: bool = False

    def soft_delete(self) -> None:
        self.deleted_at = datetime.now()
        self.is_deleted = True

    def restore(self) -> None:
        self.deleted_at = None
        self.is_deleted = False


class AuditMixin:
    """Mixin for audit fields."""

    created_by: str | None = None
    updated_by: str | None = None


# Combined usage
@dataclass
class AuditableUser(TimestampMixin, SoftDeleteMixin, AuditMixin):
    """User with full auditing capabilities."""

    id: int
    email: str
    name: str
    created_at: datetime = field(default_factory=datetime.now)
