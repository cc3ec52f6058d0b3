"""Section 9.2, caching, mended.

What was wrong: the key was the text of the arguments, so that objects of equal text shared an entry, one that was freed
could lend its text to the next, and a large argument cost its whole `repr`. A `None` was never a hit. Entries went only
when their own key was read again. The clock was wall time, which people and servers set. Callers shared one mutable
result. And a hundred callers who missed at once asked the backend a hundred times.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MISSING: Any = object()


class TTLCache(Generic[T]):
    """Values that are forgotten after a time, or when there are too many; the oldest first.

    Args:
        ttl_seconds: how long a value is kept.
        maxsize: most values that are kept.
        clock: seconds, of a clock that nobody sets.
    """

    def __init__(
        self, ttl_seconds: float = 300, maxsize: int = 1024, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._ttl = ttl_seconds
        self._maxsize = maxsize
        self._clock = clock
        self._kept: OrderedDict[Hashable, tuple[T, float]] = OrderedDict()

    def get(self, key: Hashable, default: Any = None) -> T | Any:
        """The value, or the default where none is kept; give a default of your own to tell `None` from nothing."""
        self._forget()
        found = self._kept.get(key)
        return default if found is None else found[0]

    def set(self, key: Hashable, value: T) -> None:
        """Keep a value from now on."""
        self._kept.pop(key, None)
        self._kept[key] = (value, self._clock() + self._ttl)
        self._forget()

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def __len__(self) -> int:
        self._forget()
        return len(self._kept)

    def _forget(self) -> None:
        # All live equally long, so that the first to be set is the first to go.
        now = self._clock()
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest][1] > now and len(self._kept) <= self._maxsize:
                return
            del self._kept[oldest]


def async_cached(
    ttl_seconds: float = 300, maxsize: int = 1024, *, clock: Callable[[], float] = monotonic
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Cache what a coroutine function gives, for a time; callers who miss at once wait for one call.

    Arguments must be hashable, and are kept as long as the entry. Each function has a cache of its own. An error is
    given to all who wait for it and is not kept. A caller who is cancelled leaves the call to the others. All get the
    same object: decorate functions whose results nobody changes.
    """

    def decorator(func: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        cache: TTLCache[T] = TTLCache(ttl_seconds, maxsize, clock=clock)
        under_way: dict[Hashable, asyncio.Task[T]] = {}

        @wraps(func)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, frozenset(kwargs.items()))
            found = cache.get(key, _MISSING)
            if found is not _MISSING:
                return found
            task = under_way.get(key)
            if task is None or task.get_loop() is not asyncio.get_running_loop():
                task = asyncio.ensure_future(_awaited(func, args, kwargs))
                under_way[key] = task
                task.add_done_callback(lambda done: _finished(key, done))
            return await asyncio.shield(task)

        def _finished(key: Hashable, done: asyncio.Task[T]) -> None:
            if under_way.get(key) is done:
                del under_way[key]
            if not done.cancelled() and done.exception() is None:
                cache.set(key, done.result())

        return wrapper

    return decorator


async def _awaited(func: Callable[..., Awaitable[T]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    return await func(*args, **kwargs)


_parsed: TTLCache[tuple[int, int, Any]] = TTLCache(ttl_seconds=float("inf"), maxsize=128)


def parse_config(path: str) -> dict[str, Any]:
    """A JSON file's content, parsed again when the file has changed; each caller has a copy of their own."""
    place = Path(path).resolve()
    state = place.stat()
    found = _parsed.get(place)
    if found is None or found[:2] != (state.st_mtime_ns, state.st_size):
        found = (state.st_mtime_ns, state.st_size, json.loads(place.read_text(encoding="utf-8")))
        _parsed.set(place, found)
    content: dict[str, Any] = copy.deepcopy(found[2])
    return content
