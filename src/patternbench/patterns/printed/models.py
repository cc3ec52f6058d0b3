"""Section 6.1, SQLAlchemy 2.0 models, as the guide prints them.

Nothing was added but the postponed evaluation of annotations, and nothing is mocked.

Defects kept: what the database sets (`updated_at`) has expired after an update and cannot be read under asyncio; times
are naive; no index on `posts.author_id` nor on `post_tags.tag_id`; deleting a user asks for every post and every post's
tags first.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: E402, I001, PIE790

from __future__ import annotations

from datetime import datetime
from sqlalchemy import String, ForeignKey, func
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    """Base class for all models."""

    pass


class TimestampMixin:
    """Mixin for timestamp columns."""

    created_at: Mapped[datetime] = mapped_column(
        default=func.now(),
        server_default=func.now(),
    )
    updated_at: Mapped[datetime | None] = mapped_column(
        default=None,
        onupdate=func.now(),
    )


class User(TimestampMixin, Base):
    """User model."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True, index=True)
    name: Mapped[str] = mapped_column(String(100))
    hashed_password: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_admin: Mapped[bool] = mapped_column(default=False)

    # Relationships
    posts: Mapped[list[Post]] = relationship(
        back_populates="author",
        cascade="all, delete-orphan",
    )

    def __repr__(self) -> str:
        return f"User(id={self.id}, email={self.email!r})"


class Post(TimestampMixin, Base):
    """Post model."""

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str]
    published: Mapped[bool] = mapped_column(default=False)

    # Foreign key
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    # Relationship
    author: Mapped[User] = relationship(back_populates="posts")

    # Many-to-many
    tags: Mapped[list[Tag]] = relationship(
        secondary="post_tags",
        back_populates="posts",
    )


class Tag(Base):
    """Tag model."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)

    posts: Mapped[list[Post]] = relationship(
        secondary="post_tags",
        back_populates="tags",
    )


# Association table
from sqlalchemy import Table, Column, Integer

post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", Integer, ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", Integer, ForeignKey("tags.id"), primary_key=True),
)
