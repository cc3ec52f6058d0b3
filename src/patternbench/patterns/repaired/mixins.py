"""Section 3.4, mixins, mended: what they hold are fields.

What was wrong: the mixins were plain classes, so that their attributes were no fields of the dataclass. They could not
be given to the constructor, and equality, `repr`, `asdict` and `replace` knew nothing of them: a deleted user equalled
the live one. Times were naive. Fields of a mixin have defaults and must be given by keyword, or none could follow them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class TimestampMixin:
    """When it was made and changed."""

    created_at: datetime = field(default_factory=_now)
    updated_at: datetime | None = None

    def touch(self) -> None:
        """Note that it changed now."""
        self.updated_at = _now()


@dataclass(kw_only=True)
class SoftDeleteMixin:
    """Deleted, but still there."""

    deleted_at: datetime | None = None

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted; there is one fact, so that two cannot disagree."""
        return self.deleted_at is not None

    def soft_delete(self) -> None:
        """Note that it was deleted now."""
        self.deleted_at = _now()

    def restore(self) -> None:
        """Take that back."""
        self.deleted_at = None


@dataclass(kw_only=True)
class AuditMixin:
    """Who made and changed it."""

    created_by: str | None = None
    updated_by: str | None = None


@dataclass
class AuditableUser(TimestampMixin, SoftDeleteMixin, AuditMixin):
    """A user with all of these."""

    id: int
    email: str
    name: str
