"""Section 9.1, profiling, as the guide prints it.

Nothing was added, and nothing is mocked.

Defects kept: `timed` says of a coroutine function or a generator how long it took to make one, and builds its line
whether anybody reads it or not; `profile` fails where a profiled function calls a profiled one, on Python 3.12 and
later, and prints to standard output; of a coroutine function it profiles one call that makes a coroutine.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: G004, UP035
# mypy: disable-error-code="misc, no-any-return, return-value"

from __future__ import annotations

import cProfile
import logging
import pstats
from functools import wraps
from time import perf_counter
from typing import Callable, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


def timed(func: Callable[P, T]) -> Callable[P, T]:
    """Decorator to measure function execution time."""

    @wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        start = perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            elapsed = perf_counter() - start
            logger.info(f"{func.__name__} took {elapsed:.3f}s")

    return wrapper


def profile(func: Callable[P, T]) -> Callable[P, T]:
    """Decorator to profile function with cProfile."""

    @wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        profiler = cProfile.Profile()
        try:
            return profiler.runcall(func, *args, **kwargs)
        finally:
            stats = pstats.Stats(profiler)
            stats.strip_dirs()
            stats.sort_stats("cumulative")
            stats.print_stats(20)

    return wrapper


# Async version
def async_timed(func: Callable[P, T]) -> Callable[P, T]:
    """Decorator to measure async function execution time."""

    @wraps(func)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        start = perf_counter()
        try:
            return await func(*args, **kwargs)
        finally:
            elapsed = perf_counter() - start
            logger.info(f"{func.__name__} took {elapsed:.3f}s")

    return wrapper
