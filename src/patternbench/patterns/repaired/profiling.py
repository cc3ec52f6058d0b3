"""Section 9.1, profiling, mended.

What was wrong: `timed` said of a coroutine function or a generator function how long it took to make one, nearly
nothing, and built its line whether anybody read it or not. `profile` failed, from a `finally`, where a profiled
function called a profiled one (Python 3.12 and later), and so broke what it was to watch; it printed to standard
output.
"""

from __future__ import annotations

import cProfile
import inspect
import io
import logging
import pstats
from collections.abc import Callable, Generator
from functools import wraps
from time import perf_counter
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


def timed(func: Callable[P, T]) -> Callable[P, T]:
    """Log how long each call takes, in seconds; of a coroutine or a generator until it has ended."""
    if inspect.iscoroutinefunction(func):
        return cast("Callable[P, T]", async_timed(func))
    if inspect.isgeneratorfunction(func):

        @wraps(func)
        def generated(*args: P.args, **kwargs: P.kwargs) -> Generator[Any, Any, Any]:
            start = perf_counter()
            try:
                return (yield from func(*args, **kwargs))
            finally:
                _log(func, perf_counter() - start)

        return cast("Callable[P, T]", generated)

    @wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        start = perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            _log(func, perf_counter() - start)

    return wrapper


def async_timed(func: Callable[P, Any]) -> Callable[P, Any]:
    """Log how long each call of a coroutine function takes, in seconds."""

    @wraps(func)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
        start = perf_counter()
        try:
            return await func(*args, **kwargs)
        finally:
            _log(func, perf_counter() - start)

    return wrapper


def profile(func: Callable[P, T]) -> Callable[P, T]:
    """Profile each call, and log the twenty functions that took most.

    Where a profiler runs already in this thread, which allows only one, the call is part of what that one sees.
    """

    @wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        profiler = cProfile.Profile()
        try:
            profiler.enable()
        except ValueError:  # another one is active (3.12 and later)
            return func(*args, **kwargs)
        try:
            return func(*args, **kwargs)
        finally:
            profiler.disable()
            logger.info("%s", _summary(profiler))

    return wrapper


def _log(func: Callable[..., Any], seconds: float) -> None:
    logger.info("%s took %.6f s", func.__qualname__, seconds)


def _summary(profiler: cProfile.Profile) -> str:
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("cumulative").print_stats(20)
    return text.getvalue()
