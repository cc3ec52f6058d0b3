"""Section 4.4, async context managers, mended.

What was wrong: a cancellation is no `Exception`. A transaction that was cancelled or ran into a time-out was neither
committed nor rolled back, and the next one on the same session committed what it had left. `timing` printed, and
imported a module each time.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

from sqlalchemy.ext.asyncio import AsyncSession

logger = logging.getLogger(__name__)


@asynccontextmanager
async def database_transaction(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Commit at the end; roll back whatever ends the block otherwise, a cancellation too."""
    try:
        yield session
        await session.commit()
    except BaseException:
        await session.rollback()
        raise


@asynccontextmanager
async def timing(name: str) -> AsyncIterator[None]:
    """Log how long the block took, in seconds."""
    start = perf_counter()
    try:
        yield
    finally:
        logger.info("%s: %.6f s", name, perf_counter() - start)
