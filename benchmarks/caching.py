"""Caches: the guide's three (9.2), and what is offered in their place.

A cache that always hits measures one path only, so the share of hits is a parameter, the keys follow a fixed seed, and
every case counts how often the function behind the cache was called. All bounded caches hold 128 entries, the guide's
figure; none expires while it is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from time import monotonic
from typing import Any

from patternbench import Comparison, NotMeasured, optional_library, optional_value, variant
from patternbench.patterns.printed import caching as printed

async_lru = optional_library("async_lru")
cachebox = optional_library("cachebox")
cachetools = optional_library("cachetools")

_SIZE = printed.expensive_computation.cache_parameters()["maxsize"]
_TTL_S = 300

Function = Callable[[int], int]
AsyncFunction = Callable[[Any], Coroutine[Any, Any, Any]]


class _Calls:
    """How often the function behind a cache was called; it counts inside itself, at the same cost for all."""

    def __init__(self) -> None:
        self.made = 0

    def cheap(self, n: int) -> int:
        """Next to nothing: cheaper than most caches."""
        self.made += 1
        return n + 1

    def computation(self, n: int) -> int:
        """The body of the guide's `expensive_computation`, without its cache."""
        self.made += 1
        return sum(i * i for i in range(n))


def _by_hand(function: Function) -> Function:
    """A dict and nothing else: no bound, no lock, no expiry, one argument."""
    kept: dict[int, int] = {}

    def cached(n: int) -> int:
        try:
            return kept[n]
        except KeyError:
            value = kept[n] = function(n)
            return value

    cached.clear = kept.clear  # type: ignore[attr-defined]
    return cached


def _ttl_by_hand(function: Function) -> Function:
    """A dict with the end of each entry's life by the monotonic clock: no bound, no lock, one argument."""
    kept: dict[int, tuple[int, float]] = {}

    def cached(n: int) -> int:
        entry = kept.get(n)
        now = monotonic()
        if entry is not None and now < entry[1]:
            return entry[0]
        value = function(n)
        kept[n] = (value, now + _TTL_S)
        return value

    cached.clear = kept.clear  # type: ignore[attr-defined]
    return cached


def _guide_ttl(function: Function) -> Function:
    """The guide's `TTLCache` before a synchronous function; its keys are strings, as its signature says."""
    kept = printed.TTLCache(_TTL_S)

    def cached(n: int) -> int:
        key = str(n)
        value: int | None = kept.get(key)
        if value is None:
            value = function(n)
            kept.set(key, value)
        return value

    cached.clear = kept.clear  # type: ignore[attr-defined]
    return cached


def _cachetools(function: Function, kind: str, **options: Any) -> Any:
    return cachetools.cached(getattr(cachetools, kind)(maxsize=_SIZE, **options))(function)


def _cachebox(function: Function, kind: str, *options: Any) -> Any:
    return cachebox.cached(getattr(cachebox, kind)(_SIZE, *options))(function)


def _clearing(cached: Any) -> Callable[[], object]:
    """The function that empties a cache, whatever its library calls it."""
    for name in ("cache_clear", "clear_cache", "clear"):
        found = getattr(cached, name, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return _nothing


def _nothing() -> None:
    """Clear no cache: where there is none, and where the stated case is that every key is found."""


_STREAM = 200


def _stream(distinct: int, first: int, seed: int) -> list[int]:
    """`_STREAM` keys of which exactly `distinct` differ; what repeats does so by Zipf's law, exponent 1."""
    draws = random.Random(seed)
    weights = [1 / rank for rank in range(1, distinct + 1)]
    repeats = draws.choices(range(distinct), weights, k=_STREAM - distinct)
    ranks = [*range(distinct), *repeats]
    draws.shuffle(ranks)
    return [first + rank for rank in ranks]


class HitRatio(Comparison):
    """From which share of hits on does a cache pay, and which is cheapest?

    One call empties the cache and looks up 200 keys, of which as many differ as misses are wanted; each key's first
    look-up misses, what repeats follows Zipf's law. With 100 % nothing is emptied and every key has been seen before.
    Two functions stand behind the caches: the guide's, with arguments from 100 up, and one cheaper than most caches.
    """

    guide = "9.2"
    baseline = "uncached"
    params = {"hits_percent": (0, 50, 95, 100), "function": ("guide", "cheap")}
    headline = {"hits_percent": 95}
    units = _STREAM
    caveat = "One thread, and one integer as the key; the emptying is spread over the 200 look-ups."

    def setup(self, hits_percent: int, function: str) -> None:
        misses = _STREAM * (100 - hits_percent) // 100
        self.misses = misses
        warm = hits_percent == 100
        self.keys = _stream(misses or _SIZE // 2, first=100, seed=92)
        self.calls = _Calls()
        behind = self.calls.cheap if function == "cheap" else self.calls.computation
        self.plain = (behind, _nothing)

        def ready(build: Callable[[], Any]) -> tuple[Any, Callable[[], object]]:
            cached = optional_value(build)
            if warm:
                with contextlib.suppress(NotMeasured):
                    for key in self.keys:
                        cached(key)
            return cached, _nothing if warm else _clearing(cached)

        parameters = printed.expensive_computation.cache_parameters()
        self.lru = ready(lambda: functools.lru_cache(**parameters)(behind))
        self.unbounded = ready(lambda: functools.cache(behind))
        self.guide_ttl_cache = ready(lambda: _guide_ttl(behind))
        self.dict_cache = ready(lambda: _by_hand(behind))
        self.ttl_cache = ready(lambda: _ttl_by_hand(behind))
        self.cachetools_lru_cache = ready(lambda: _cachetools(behind, "LRUCache"))
        self.cachetools_ttl_cache = ready(lambda: _cachetools(behind, "TTLCache", ttl=_TTL_S))
        self.cachebox_lru_cache = ready(lambda: _cachebox(behind, "LRUCache"))
        self.cachebox_ttl_cache = ready(lambda: _cachebox(behind, "TTLCache", _TTL_S))
        self.calls.made = 0

    def counters(self) -> Mapping[str, int]:
        return {"function_calls": self.calls.made, "lookups": len(self.keys)}

    def _misses(self) -> int:
        return self.misses

    def _look_up(self, ready: tuple[Any, Callable[[], object]]) -> int:
        """Empty the cache and look up every key; the sum proves that each answer was right."""
        cached, clear = ready
        clear()
        total = 0
        for key in self.keys:
            total += cached(key)
        return total

    @variant(holds={"function_calls": _STREAM})
    def uncached(self) -> int:
        """The function itself."""
        return self._look_up(self.plain)

    @variant(holds={"function_calls": _misses})
    def lru_cache(self) -> int:
        """The guide's `@lru_cache(maxsize=128)`."""
        return self._look_up(self.lru)

    @variant(holds={"function_calls": _misses})
    def cache(self) -> int:
        """The guide's `@cache`: never forgets."""
        return self._look_up(self.unbounded)

    @variant(holds={"function_calls": _misses})
    def guide_ttl(self) -> int:
        """The guide's `TTLCache`: wall clock, no bound."""
        return self._look_up(self.guide_ttl_cache)

    @variant(holds={"function_calls": _misses})
    def dict_by_hand(self) -> int:
        """A dict and `try`: no bound, no expiry."""
        return self._look_up(self.dict_cache)

    @variant(holds={"function_calls": _misses})
    def ttl_by_hand(self) -> int:
        """A dict and the monotonic clock: no bound."""
        return self._look_up(self.ttl_cache)

    @variant(holds={"function_calls": _misses})
    def cachetools_lru(self) -> int:
        """`cachetools.cached(LRUCache(128))`: without a lock, so for one thread."""
        return self._look_up(self.cachetools_lru_cache)

    @variant(holds={"function_calls": _misses})
    def cachetools_ttl(self) -> int:
        """`cachetools.cached(TTLCache(128, 300))`: without a lock, so for one thread."""
        return self._look_up(self.cachetools_ttl_cache)

    @variant(holds={"function_calls": _misses})
    def cachebox_lru(self) -> int:
        """`cachebox.cached(LRUCache(128))`: locked per key against a stampede."""
        return self._look_up(self.cachebox_lru_cache)

    @variant(holds={"function_calls": _misses})
    def cachebox_ttl(self) -> int:
        """`cachebox.cached(TTLCache(128))`: locked per key against a stampede."""
        return self._look_up(self.cachebox_ttl_cache)


class LruCliff(Comparison):
    """What does one key too many cost a cache of 128 entries?

    The keys come round and round in the same order. As long as they fit, all caches find all of them; with one more
    than fits, whatever throws out the entry that was used longest ago, or came in first, throws out the very one that
    is wanted next. Throwing out at random loses a few.
    """

    guide = "9.2"
    baseline = "lru_cache"
    params = {"keys": (64, 127, 128, 129, 256)}
    headline = {"keys": 129}
    caveat = "The function behind the caches is the guide's, with arguments from 100 up: a costlier one falls deeper."

    def setup(self, keys: int) -> None:
        self.keys = range(100, 100 + keys)
        self.units = keys
        self.calls = _Calls()
        behind = self.calls.computation
        self.plain = behind

        def warm(build: Callable[[], Any]) -> Any:
            cached = optional_value(build)
            with contextlib.suppress(NotMeasured):
                for key in itertools.chain(self.keys, self.keys):
                    cached(key)
            return cached

        parameters = printed.expensive_computation.cache_parameters()
        draws = random.Random(92)
        self.lru = warm(lambda: functools.lru_cache(**parameters)(behind))
        self.unbounded = warm(lambda: functools.cache(behind))
        self.cachetools_lru_cache = warm(lambda: _cachetools(behind, "LRUCache"))
        self.cachetools_lfu_cache = warm(lambda: _cachetools(behind, "LFUCache"))
        self.cachetools_random_cache = warm(lambda: _cachetools(behind, "RRCache", choice=draws.choice))
        self.cachebox_lru_cache = warm(lambda: _cachebox(behind, "LRUCache"))
        self.cachebox_fifo_cache = warm(lambda: _cachebox(behind, "FIFOCache"))
        self.cachebox_lfu_cache = warm(lambda: _cachebox(behind, "LFUCache"))
        self.calls.made = 0

    def counters(self) -> Mapping[str, int]:
        return {"hits": len(self.keys) - self.calls.made, "misses": self.calls.made}

    def _all_if_they_fit(self) -> int:
        return len(self.keys) if len(self.keys) <= _SIZE else 0

    def _all(self) -> int:
        return len(self.keys)

    def _round(self, cached: Function) -> int:
        """Look every key up once; the sum proves that each answer was right."""
        total = 0
        for key in self.keys:
            total += cached(key)
        return total

    @variant(holds={"hits": _all_if_they_fit})
    def lru_cache(self) -> int:
        """The guide's `@lru_cache(maxsize=128)`."""
        return self._round(self.lru)

    @variant(holds={"hits": 0})
    def uncached(self) -> int:
        """The function itself."""
        return self._round(self.plain)

    @variant(holds={"hits": _all})
    def cache(self) -> int:
        """The guide's `@cache`: never forgets."""
        return self._round(self.unbounded)

    @variant(holds={"hits": _all_if_they_fit})
    def cachetools_lru(self) -> int:
        return self._round(self.cachetools_lru_cache)

    @variant
    def cachetools_lfu(self) -> int:
        """Throws out what was asked for least often."""
        return self._round(self.cachetools_lfu_cache)

    @variant
    def cachetools_random(self) -> int:
        """Throws out any entry, here by a fixed seed."""
        return self._round(self.cachetools_random_cache)

    @variant(holds={"hits": _all_if_they_fit})
    def cachebox_lru(self) -> int:
        return self._round(self.cachebox_lru_cache)

    @variant(holds={"hits": _all_if_they_fit})
    def cachebox_fifo(self) -> int:
        """Throws out what came in first, used or not."""
        return self._round(self.cachebox_fifo_cache)

    @variant
    def cachebox_lfu(self) -> int:
        """Throws out what was asked for least often."""
        return self._round(self.cachebox_lfu_cache)


class _Backend:
    """What an async cache stands before: counts its calls, and answers after it was waited for."""

    def __init__(self, wait_s: float = 0.0, width: int = 10) -> None:
        self.calls = 0
        self._wait_s = wait_s
        self._places = asyncio.Semaphore(width)

    async def at_once(self, key: Any) -> int:
        """Answer without giving way."""
        self.calls += 1
        return len(key) if isinstance(key, str | tuple) else int(key)

    async def after_a_wait(self, key: int) -> int:
        """Answer when one of the places was free, and a wait in it is over."""
        self.calls += 1
        async with self._places:
            await asyncio.sleep(self._wait_s)
        return key + 1


def _async_ttl_by_hand(function: AsyncFunction) -> AsyncFunction:
    """A dict with the end of each entry's life by the monotonic clock: no bound, no single flight, one argument."""
    kept: dict[Any, tuple[Any, float]] = {}

    async def cached(key: Any) -> Any:
        entry = kept.get(key)
        if entry is not None and monotonic() < entry[1]:
            return entry[0]
        value = await function(key)
        kept[key] = (value, monotonic() + _TTL_S)
        return value

    return cached


def _async_single_flight(function: AsyncFunction) -> AsyncFunction:
    """The same, and whoever misses a key that is already being fetched waits for that fetch.

    A waiter that is cancelled does not cancel the fetch; a fetch that fails fails for all who wait, and is not kept.
    """
    kept: dict[Any, tuple[Any, float]] = {}
    under_way: dict[Any, asyncio.Task[Any]] = {}

    async def fetched(key: Any) -> Any:
        try:
            value = await function(key)
            kept[key] = (value, monotonic() + _TTL_S)
            return value
        finally:
            del under_way[key]

    async def cached(key: Any) -> Any:
        entry = kept.get(key)
        if entry is not None and monotonic() < entry[1]:
            return entry[0]
        task = under_way.get(key)
        if task is None:
            task = under_way[key] = asyncio.get_running_loop().create_task(fetched(key))
        return await asyncio.shield(task)

    return cached


def _async_cachetools(function: AsyncFunction) -> AsyncFunction:
    """`cachetools.TTLCache` as a mapping: its decorator knows no coroutines."""
    kept = cachetools.TTLCache(maxsize=_SIZE, ttl=_TTL_S)
    key_of = cachetools.keys.hashkey

    async def cached(*arguments: Any) -> Any:
        key = key_of(*arguments)
        try:
            return kept[key]
        except KeyError:
            value = kept[key] = await function(*arguments)
            return value

    return cached


def _async_cachebox(function: AsyncFunction) -> Any:
    return cachebox.cached(cachebox.TTLCache(_SIZE, _TTL_S))(function)


_KEYS: Mapping[str, Callable[[], Any]] = {
    "int": lambda: int("1000"),
    "100 B string": lambda: bytes(range(32, 132)).decode("latin-1"),
    "100 kB string": lambda: "k" * 100_000,
    "fresh 100 kB string": lambda: "k" * 100_000,
    "tuple of 1000 ints": lambda: tuple(range(1000, 2000)),
}
_LOOKUPS = 20


class AsyncHit(Comparison):
    """What does a hit in an async cache cost, by the size of its key?

    Every look-up is a hit: that is the question. The guide's cache makes a text of the arguments each time; the others
    hash them. A string remembers its hash, so only a fresh one, as it comes over a wire, pays for it at each look-up;
    a tuple of Python before 3.14 hashes all its items each time.
    """

    guide = "9.2"
    baseline = "guide_async_cached"
    params = {"key": tuple(_KEYS)}
    headline = {"key": "100 B string"}
    units = _LOOKUPS
    caveat = "Where the key is fresh, making it is part of the time, the same for all."

    async def setup(self, key: str) -> None:
        make = _KEYS[key]
        self.fresh = key.startswith("fresh")
        self.raw = b"k" * 100_000
        self.prepared = [make() for _ in range(_LOOKUPS)]
        self.backend = _Backend()
        behind = self.backend.at_once
        self.plain = behind
        self.guide_cache = await self._warm(lambda: printed.async_cached(ttl_seconds=_TTL_S)(behind))
        self.by_hand = await self._warm(lambda: _async_ttl_by_hand(behind))
        self.single_flight_cache = await self._warm(lambda: _async_single_flight(behind))
        self.async_lru_cache = await self._warm(lambda: async_lru.alru_cache(maxsize=_SIZE, ttl=_TTL_S)(behind))
        self.cachetools_cache = await self._warm(lambda: _async_cachetools(behind))
        self.cachebox_cache = await self._warm(lambda: _async_cachebox(behind))
        self.backend.calls = 0

    async def _warm(self, build: Callable[[], Any]) -> Any:
        cached = optional_value(build)
        with contextlib.suppress(NotMeasured):
            await cached(self.prepared[0])
        return cached

    async def teardown(self) -> None:
        """Let go of what async-lru keeps in the loop: a timer per entry."""
        close = getattr(self.async_lru_cache, "cache_close", None)
        if close is not None:
            await close()

    def counters(self) -> Mapping[str, int]:
        return {"backend_calls": self.backend.calls, "lookups": _LOOKUPS}

    def _keys(self) -> Sequence[Any]:
        """Keys that are equal to the cached one and not the same object."""
        if self.fresh:
            return [self.raw.decode("ascii") for _ in range(_LOOKUPS)]
        return self.prepared

    async def _look_up(self, cached: Callable[[Any], Awaitable[int]]) -> int:
        total = 0
        for key in self._keys():
            total += await cached(key)
        return total

    @variant(holds={"backend_calls": 0})
    async def guide_async_cached(self) -> int:
        """The guide's `async_cached`: the key is a text, the clock the wall's."""
        return await self._look_up(self.guide_cache)

    @variant(holds={"backend_calls": _LOOKUPS})
    async def uncached(self) -> int:
        """The coroutine itself, which answers at once."""
        return await self._look_up(self.plain)

    @variant(holds={"backend_calls": 0})
    async def ttl_by_hand(self) -> int:
        """A dict and the monotonic clock."""
        return await self._look_up(self.by_hand)

    @variant(holds={"backend_calls": 0})
    async def single_flight_by_hand(self) -> int:
        """The same with one fetch at a time per key."""
        return await self._look_up(self.single_flight_cache)

    @variant(holds={"backend_calls": 0})
    async def async_lru_ttl(self) -> int:
        """`async_lru.alru_cache(maxsize=128, ttl=300)`."""
        return await self._look_up(self.async_lru_cache)

    @variant(holds={"backend_calls": 0})
    async def cachetools_ttl(self) -> int:
        """`cachetools.TTLCache`, awaited around by hand."""
        return await self._look_up(self.cachetools_cache)

    @variant(holds={"backend_calls": 0})
    async def cachebox_ttl(self) -> int:
        """`cachebox.cached(TTLCache(128))` of a coroutine function."""
        return await self._look_up(self.cachebox_cache)


class Stampede(Comparison):
    """How often is the backend asked when many callers miss one key at once?

    Every call is a new key, asked for by all callers before any has an answer. The backend serves ten at a time, so a
    cache that lets all callers through waits for all of them in turn.
    """

    guide = "9.2"
    baseline = "guide_async_cached"
    params = {"callers": (1, 10, 100), "backend_ms": (0, 1)}
    headline = {"callers": 100, "backend_ms": 1}
    caveat = "The backend is a timer behind a semaphore in the same loop, not a network; 0 ms gives way once."

    async def setup(self, callers: int, backend_ms: int) -> None:
        self.callers = callers
        self.numbers = itertools.count(1000)
        self.backend = _Backend(backend_ms / 1000)
        behind = self.backend.after_a_wait
        self.plain = behind
        self.guide_cache = printed.async_cached(ttl_seconds=_TTL_S)(behind)
        self.by_hand = _async_ttl_by_hand(behind)
        self.single_flight_cache = _async_single_flight(behind)
        self.async_lru_cache = optional_value(lambda: async_lru.alru_cache(maxsize=_SIZE, ttl=_TTL_S)(behind))
        self.cachetools_cache = optional_value(lambda: _async_cachetools(behind))
        self.cachebox_cache = optional_value(lambda: _async_cachebox(behind))
        self.cachebox_unlocked_cache = optional_value(
            lambda: cachebox.cached(cachebox.TTLCache(_SIZE, _TTL_S), lock=False)(behind)
        )

    async def teardown(self) -> None:
        """Let go of what async-lru keeps in the loop: a timer per entry."""
        close = getattr(self.async_lru_cache, "cache_close", None)
        if close is not None:
            await close()

    def counters(self) -> Mapping[str, int]:
        return {"backend_calls": self.backend.calls, "callers": self.callers}

    def _callers(self) -> int:
        return self.callers

    async def _rush(self, cached: Callable[[int], Coroutine[Any, Any, int]]) -> list[int]:
        """All callers ask for the same new key."""
        key = next(self.numbers)
        return await asyncio.gather(*[cached(key) for _ in range(self.callers)])

    @variant(holds={"backend_calls": _callers})
    async def guide_async_cached(self) -> list[int]:
        """The guide's `async_cached`: looks, then awaits, then keeps; who looks meanwhile asks again."""
        return await self._rush(self.guide_cache)

    @variant(holds={"backend_calls": _callers})
    async def uncached(self) -> list[int]:
        """The backend itself."""
        return await self._rush(self.plain)

    @variant(holds={"backend_calls": _callers})
    async def ttl_by_hand(self) -> list[int]:
        """A dict and the monotonic clock."""
        return await self._rush(self.by_hand)

    @variant(holds={"backend_calls": 1})
    async def single_flight_by_hand(self) -> list[int]:
        """The same, and who misses a key that is being fetched waits for that fetch."""
        return await self._rush(self.single_flight_cache)

    @variant(holds={"backend_calls": 1})
    async def async_lru_ttl(self) -> list[int]:
        """`async_lru.alru_cache`: keeps the task, so that all await the same."""
        return await self._rush(self.async_lru_cache)

    @variant(holds={"backend_calls": _callers})
    async def cachetools_ttl(self) -> list[int]:
        """`cachetools.TTLCache`, awaited around by hand."""
        return await self._rush(self.cachetools_cache)

    @variant(holds={"backend_calls": 1})
    async def cachebox_ttl(self) -> list[int]:
        """`cachebox.cached(TTLCache(128))`: a lock per key."""
        return await self._rush(self.cachebox_cache)

    @variant(holds={"backend_calls": _callers})
    async def cachebox_without_lock(self) -> list[int]:
        """The same with `lock=False`."""
        return await self._rush(self.cachebox_unlocked_cache)
