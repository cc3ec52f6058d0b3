"""Section 9.4, async best practices, as the guide prints it: blocking work beside the event loop.

Added: the imports of `Callable`, `TypeVar` and `aiofiles`, and `T`. Changed: the file that the three examples read is
an argument, "file.txt" where none is given. `process_batch` of the same section is in `concurrency`. Nothing is mocked.

Defects kept: context variables do not reach the function, nor do keyword arguments; Python code computes no faster in
a thread; two of the examples leave their file to the garbage collector.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: ANN002, ASYNC230, PTH123
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import aiofiles

T = TypeVar("T")


# Run blocking code in executor
async def run_blocking(func: Callable[..., T], *args) -> T:
    """Run blocking function in thread pool."""
    loop = asyncio.get_event_loop()
    return await loop.run_in_executor(None, func, *args)


# With custom executor
executor = ThreadPoolExecutor(max_workers=10)


async def run_cpu_bound(func: Callable[..., T], *args) -> T:
    """Run CPU-bound function in thread pool."""
    loop = asyncio.get_event_loop()
    return await loop.run_in_executor(executor, func, *args)


# Avoid blocking the event loop
# BAD
async def bad_example(path: str = "file.txt") -> str:
    """The example called bad: it blocks."""
    return open(path).read()  # Blocking!


# GOOD
async def good_example(path: str = "file.txt") -> str:
    """The example called good: it blocks a thread."""
    return await run_blocking(lambda: open(path).read())


# BETTER - use async file I/O
async def better_example(path: str = "file.txt") -> str:
    """The example called better: two or three hops to a thread."""
    async with aiofiles.open(path) as f:
        return await f.read()
