"""Section 4.4, async context managers, as the guide prints them.

Added: the import of `AsyncSession`. Left out: the use at the end, an `async with` outside a function. Mocked:
`Resource` and `acquire_resource`, which the guide uses and does not define; whoever uses this module sets its own
function in place of the latter.

Defects kept: a cancellation is no `Exception`, so that a transaction that is cancelled or timed out is neither
committed nor rolled back, and the next one on the same session commits what it left; `timing` imports on every use.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: T201

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession


class Resource:
    """Added; something that must be closed."""

    closed = False

    async def close(self) -> None:
        """Give it back."""
        self.closed = True


async def acquire_resource() -> Resource:
    """Added; open one."""
    return Resource()


@asynccontextmanager
async def managed_resource() -> AsyncIterator[Resource]:
    """Async context manager for resource management."""
    resource = await acquire_resource()
    try:
        yield resource
    finally:
        await resource.close()


@asynccontextmanager
async def database_transaction(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Transaction context manager with rollback on error."""
    try:
        yield session
        await session.commit()
    except Exception:
        await session.rollback()
        raise


@asynccontextmanager
async def timing(name: str) -> AsyncIterator[None]:
    """Measure async operation timing."""
    import time

    start = time.perf_counter()
    try:
        yield
    finally:
        elapsed = time.perf_counter() - start
        print(f"{name}: {elapsed:.3f}s")
