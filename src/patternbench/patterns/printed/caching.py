"""Section 9.2, caching, as the guide prints it.

Added: the imports of `wraps` and `json`, without which the guide's block stops with a NameError. Left out: the
example `fetch_user`, which asks an HTTP client for a relative address and so can only fail; a suite decorates its own
backend with `async_cached`. Mocked: nothing.

Defects kept: the key is the text of the arguments, so that two objects of equal text share an entry and a large
argument costs its whole `repr`; `None` is never a hit; entries are only dropped when their own key is read again;
the clock is naive wall time; callers share one mutable result; 100 concurrent misses ask the backend 100 times.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: ANN002, ANN003, ANN201, D102, DTZ005, PTH123, UP035
# mypy: disable-error-code="type-arg, no-untyped-def, misc, return-value, no-any-return"

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache, lru_cache, wraps
from typing import Any, Callable, TypeVar

T = TypeVar("T")


# Simple LRU cache
@lru_cache(maxsize=128)
def expensive_computation(n: int) -> int:
    """Cached expensive computation."""
    return sum(i * i for i in range(n))


# Unlimited cache (Python 3.9+)
@cache
def parse_config(path: str) -> dict:
    """Cache config file parsing."""
    with open(path) as f:
        return json.load(f)


# TTL cache for async functions
class TTLCache:
    """Time-based cache."""

    def __init__(self, ttl_seconds: int = 300) -> None:
        self._cache: dict[str, tuple[Any, datetime]] = {}
        self._ttl = timedelta(seconds=ttl_seconds)

    def get(self, key: str) -> Any | None:
        if key in self._cache:
            value, timestamp = self._cache[key]
            if datetime.now() - timestamp < self._ttl:
                return value
            del self._cache[key]
        return None

    def set(self, key: str, value: Any) -> None:
        self._cache[key] = (value, datetime.now())

    def clear(self) -> None:
        self._cache.clear()


def async_cached(ttl_seconds: int = 300):
    """Async caching decorator with TTL."""
    cache = TTLCache(ttl_seconds)

    def decorator(func: Callable[..., T]) -> Callable[..., T]:
        @wraps(func)
        async def wrapper(*args, **kwargs) -> T:
            key = f"{func.__name__}:{args}:{kwargs}"
            cached = cache.get(key)
            if cached is not None:
                return cached
            result = await func(*args, **kwargs)
            cache.set(key, result)
            return result

        return wrapper

    return decorator
