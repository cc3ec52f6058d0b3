"""Fan-out: one coroutine function, many items (guide 4.2, 4.3, 4.6 and `process_batch` of 9.4).

The backend is a coroutine in the same loop: a stand-in that answers at once, gives way, or waits for a timer. What is
compared is the coordination around it, never a network. Where several must not be in flight at once, ten may be, the
guide's default. The guide's functions fetch through a module global, which each of their variants sets before the call.
"""

from __future__ import annotations

import asyncio
import importlib
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from patternbench import Comparison, NotMeasured, variant
from patternbench.patterns.printed import concurrency as printed

Row = dict[str, Any]
Fetch = Callable[[str], Coroutine[Any, Any, Row]]

_LIMIT = 10  # the guide's default of `max_concurrent`


def _items(count: int) -> list[str]:
    return [f"item-{index}" for index in range(count)]


def _rows(items: Sequence[str]) -> dict[str, Row]:
    return {item: {"item": item} for item in items}


def _eager_loop() -> asyncio.AbstractEventLoop:
    """A loop whose tasks start in `create_task` itself and are done there if nothing makes them wait."""
    factory = getattr(asyncio, "eager_task_factory", None)
    if factory is None:
        raise NotMeasured("eager tasks came with Python 3.12")
    loop = asyncio.new_event_loop()
    loop.set_task_factory(factory)
    return loop


def _uvloop() -> asyncio.AbstractEventLoop:
    try:
        made: asyncio.AbstractEventLoop = importlib.import_module("uvloop").new_event_loop()
    except ImportError:
        raise NotMeasured("uvloop is not installed") from None
    return made


async def _one_by_one(fetch: Fetch, items: Sequence[str]) -> list[Row]:
    return [await fetch(item) for item in items]


async def _task_group(fetch: Fetch, items: Sequence[str]) -> list[Row]:
    """The guide's `process_all` for any fetch."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(item)) for item in items]
    return [task.result() for task in tasks]


async def _as_completed(fetch: Fetch, items: Sequence[str]) -> list[Row]:
    """Results in the order in which they come."""
    return [await done for done in asyncio.as_completed([fetch(item) for item in items])]


async def _worker_pool(fetch: Fetch, items: Sequence[str], workers: int = _LIMIT) -> list[Row]:
    """As many tasks as may be in flight, all taking from one iterator."""
    results: list[Row] = [{}] * len(items)
    waiting = iter(enumerate(items))

    async def work() -> None:
        for index, item in waiting:
            results[index] = await fetch(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(workers, len(items))):
            group.create_task(work())
    return results


async def _queue_workers(fetch: Fetch, items: Sequence[str], workers: int = _LIMIT) -> list[Row]:
    """As many tasks as may be in flight, all taking from one `asyncio.Queue`, filled beforehand."""
    results: list[Row] = [{}] * len(items)
    queue: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
    for waiting in enumerate(items):
        queue.put_nowait(waiting)

    async def work() -> None:
        while True:
            index, item = await queue.get()
            results[index] = await fetch(item)
            queue.task_done()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work()) for _ in range(min(workers, len(items)))]
        await queue.join()
        for task in tasks:
            task.cancel()
    return results


async def _chunks(fetch: Fetch, items: Sequence[str], size: int = _LIMIT) -> list[Row]:
    """One `gather` after another, each for as many as may be in flight."""
    results: list[Row] = []
    for start in range(0, len(items), size):
        results += await asyncio.gather(*[fetch(item) for item in items[start : start + size]])
    return results


async def _limited_group(fetch: Fetch, items: Sequence[str], limit: int = _LIMIT) -> list[Row]:
    """A task per item in a TaskGroup, all of them before one semaphore."""
    semaphore = asyncio.Semaphore(limit)

    async def limited(item: str) -> Row:
        async with semaphore:
            return await fetch(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(limited(item)) for item in items]
    return [task.result() for task in tasks]


def _by_item(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(row["item"]))


class Coordination(Comparison):
    """Which way of fanning out adds the least cost per item?

    An item either answers at once, as from a cache, or gives way once before it answers. Nothing waits, so all there
    is to measure is the tasks, the futures and the loop's turns around the items. Those that say so keep to ten in
    flight; a turn of the loop then serves ten items at most, and one by one it serves one.
    """

    guide = "4.2"
    baseline = "gather"
    params = {"items": (10, 100, 1000, 10_000), "instant_percent": (0, 50, 100)}
    headline = {"items": 1000, "instant_percent": 0}
    meters = ("time", "memory")
    caveat = "The backend is a coroutine that waits for nothing: with a real wait see Waiting."

    def setup(self, items: int, instant_percent: int) -> None:
        self.items = _items(items)
        self.units = items
        rows = _rows(self.items)
        instant = frozenset(random.Random(42).sample(self.items, items * instant_percent // 100))

        async def fetch(item: str) -> Row:
            if item not in instant:
                await asyncio.sleep(0)
            return rows[item]

        self.fetch = fetch

    def agree(self, expected: Sequence[Row], actual: Sequence[Row]) -> bool:
        return _by_item(expected) == _by_item(actual)

    @variant
    async def gather(self) -> list[Row]:
        """The guide's `fetch_all` (4.2)."""
        printed.fetch_data = self.fetch
        return await printed.fetch_all(self.items)

    @variant
    async def task_group(self) -> list[Row]:
        """The guide's `process_all` (4.6)."""
        printed.fetch_data = self.fetch
        return await printed.process_all(self.items)

    @variant
    async def semaphore_gather(self) -> list[Row]:
        """The guide's `process_batch` (9.4): ten in flight, a task per item all the same."""
        return await printed.process_batch(self.items, self.fetch, _LIMIT)

    @variant
    async def worker_pool(self) -> list[Row]:
        """Ten workers over one iterator: ten in flight, ten tasks."""
        return await _worker_pool(self.fetch, self.items)

    @variant
    async def queue_workers(self) -> list[Row]:
        """Ten workers over one queue: ten in flight, ten tasks."""
        return await _queue_workers(self.fetch, self.items)

    @variant
    async def as_completed(self) -> list[Row]:
        """`asyncio.as_completed`: results in the order in which they come."""
        return await _as_completed(self.fetch, self.items)

    @variant(loop_factory=_eager_loop)
    async def eager_gather(self) -> list[Row]:
        """The guide's `fetch_all` in a loop with eager tasks (Python 3.12)."""
        printed.fetch_data = self.fetch
        return await printed.fetch_all(self.items)

    @variant(loop_factory=_eager_loop)
    async def eager_task_group(self) -> list[Row]:
        """The guide's `process_all` in a loop with eager tasks (Python 3.12)."""
        printed.fetch_data = self.fetch
        return await printed.process_all(self.items)

    @variant(loop_factory=_uvloop)
    async def uvloop_gather(self) -> list[Row]:
        """The guide's `fetch_all` on uvloop."""
        printed.fetch_data = self.fetch
        return await printed.fetch_all(self.items)

    @variant
    async def one_by_one(self) -> list[Row]:
        """No fan-out at all: the floor when every item answers at once."""
        return await _one_by_one(self.fetch, self.items)


class _Flight:
    """A backend that waits, and knows how many callers wait in it at once; it counts at the same cost for all.

    Args:
        items: what it answers for.
        waits_s: seconds that each of them takes; 0 gives way once.
    """

    def __init__(self, items: Sequence[str], waits_s: Sequence[float]) -> None:
        self.most = 0
        self.calls = 0
        self._now = 0
        self._rows = _rows(items)
        self._waits = dict(zip(items, waits_s, strict=True))

    async def fetch(self, item: str) -> Row:
        self.calls += 1
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(self._waits[item])
        self._now -= 1
        return self._rows[item]


class Waiting(Comparison):
    """Which way of fanning out is quickest when every item waits for a backend?

    With a wait the cost of coordination hides behind it, and what counts is how many wait at once: those without a
    limit are done after one wait, those with ten in flight after a tenth of all.
    """

    guide = "4.2"
    baseline = "gather"
    params = {"items": (10, 100), "latency_ms": (0, 1, 5)}
    headline = {"items": 100, "latency_ms": 1}
    caveat = "The wait is a timer of the loop, not a network, and a backend that slows down under load is not modelled."

    def setup(self, items: int, latency_ms: int) -> None:
        self.items = _items(items)
        self.units = items
        self.too_long = items * latency_ms > 200
        self.flight = _Flight(self.items, [latency_ms / 1000] * items)
        self.fetch = self.flight.fetch

    def agree(self, expected: Sequence[Row], actual: Sequence[Row]) -> bool:
        return _by_item(expected) == _by_item(actual)

    def counters(self) -> Mapping[str, int]:
        return {"backend_calls": self.flight.calls, "most_in_flight": self.flight.most}

    def _all(self) -> int:
        return len(self.items)

    @variant(holds={"backend_calls": _all, "most_in_flight": _all})
    async def gather(self) -> list[Row]:
        """The guide's `fetch_all` (4.2): no limit."""
        printed.fetch_data = self.fetch
        return await printed.fetch_all(self.items)

    @variant(holds={"backend_calls": _all, "most_in_flight": _all})
    async def task_group(self) -> list[Row]:
        """The guide's `process_all` (4.6): no limit."""
        printed.fetch_data = self.fetch
        return await printed.process_all(self.items)

    @variant(holds={"backend_calls": _all, "most_in_flight": _all})
    async def as_completed(self) -> list[Row]:
        """`asyncio.as_completed`: no limit."""
        return await _as_completed(self.fetch, self.items)

    @variant(loop_factory=_eager_loop, holds={"backend_calls": _all, "most_in_flight": _all})
    async def eager_gather(self) -> list[Row]:
        """The guide's `fetch_all` in a loop with eager tasks (Python 3.12): no limit."""
        printed.fetch_data = self.fetch
        return await printed.fetch_all(self.items)

    @variant(loop_factory=_uvloop, holds={"backend_calls": _all, "most_in_flight": _all})
    async def uvloop_gather(self) -> list[Row]:
        """The guide's `fetch_all` on uvloop: no limit."""
        printed.fetch_data = self.fetch
        return await printed.fetch_all(self.items)

    @variant(holds={"backend_calls": _all, "most_in_flight": _LIMIT})
    async def semaphore_gather(self) -> list[Row]:
        """The guide's `process_batch` (9.4): ten in flight."""
        return await printed.process_batch(self.items, self.fetch, _LIMIT)

    @variant(holds={"backend_calls": _all, "most_in_flight": _LIMIT})
    async def worker_pool(self) -> list[Row]:
        """Ten workers over one iterator: ten in flight."""
        return await _worker_pool(self.fetch, self.items)

    @variant(holds={"backend_calls": _all, "most_in_flight": 1})
    async def one_by_one(self) -> list[Row]:
        """No fan-out at all."""
        if self.too_long:
            raise NotMeasured("one by one these waits add up to more than a fifth of a second per call")
        return await _one_by_one(self.fetch, self.items)


_WAITS: Mapping[str, Callable[[random.Random], float]] = {
    "none": lambda _: 0.0,
    "1 ms": lambda _: 0.001,
    "0 to 2 ms": lambda draws: draws.uniform(0.0, 0.002),
}
_UNLIMITED_RATE = 1e12


class Limit(Comparison):
    """Which way of keeping to ten in flight costs least?

    All variants keep the limit: it is counted in the backend and checked. Where the waits differ, a chunk lasts as
    long as its slowest item, and the others take the next item meanwhile.
    """

    guide = "4.3"
    baseline = "guide_process_batch"
    params = {"items": (100, 500), "wait": tuple(_WAITS)}
    headline = {"items": 500, "wait": "none"}
    meters = ("time", "memory")
    caveat = "The wait is a timer of the loop, not a network; with none, the backend gives way once."

    def setup(self, items: int, wait: str) -> None:
        self.items = _items(items)
        self.units = items
        draws = random.Random(43)
        self.flight = _Flight(self.items, [_WAITS[wait](draws) for _ in self.items])
        self.fetch = self.flight.fetch

    def counters(self) -> Mapping[str, int]:
        return {"backend_calls": self.flight.calls, "most_in_flight": self.flight.most}

    @variant(holds={"most_in_flight": _LIMIT})
    async def guide_process_batch(self) -> list[Row]:
        """The guide's `process_batch` (9.4): a task per item, all of them before one semaphore, in one `gather`."""
        return await printed.process_batch(self.items, self.fetch, _LIMIT)

    @variant(holds={"most_in_flight": _LIMIT})
    async def guide_rate_limited(self) -> list[Row]:
        """The guide's `fetch_with_rate_limit` (4.3), its rate so high that the limiter never makes anyone wait."""
        printed.fetch_data = self.fetch
        return await printed.fetch_with_rate_limit(self.items, _LIMIT, _UNLIMITED_RATE)

    @variant(holds={"most_in_flight": _LIMIT})
    async def task_group_semaphore(self) -> list[Row]:
        """A task per item in a TaskGroup, all of them before one semaphore."""
        return await _limited_group(self.fetch, self.items)

    @variant(holds={"most_in_flight": _LIMIT})
    async def worker_pool(self) -> list[Row]:
        """Ten workers over one iterator."""
        return await _worker_pool(self.fetch, self.items)

    @variant(holds={"most_in_flight": _LIMIT})
    async def queue_workers(self) -> list[Row]:
        """Ten workers over one queue."""
        return await _queue_workers(self.fetch, self.items)

    @variant(holds={"most_in_flight": _LIMIT})
    async def chunks(self) -> list[Row]:
        """One `gather` of ten after another."""
        return await _chunks(self.fetch, self.items)


class _FetchFailedError(Exception):
    """What the failing item raises."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


class _Fragile:
    """A backend that fails for one item, early, and knows what the others do after that."""

    turns = 5
    """How often a sibling gives way before it is done; enough for a cancellation to reach it first."""

    def __init__(self, items: Sequence[str], failing: str) -> None:
        self._failing = failing
        self._rows = _rows(items)
        self.forget()

    def forget(self) -> None:
        """Start anew; every call does so before anything else."""
        self.failed = 0
        self.started_after = 0
        self.finished_after = 0

    async def fetch(self, item: str) -> Row:
        self.started_after += self.failed
        if item == self._failing:
            await asyncio.sleep(0)
            self.failed = 1
            raise _FetchFailedError(item)
        for _ in range(self.turns):
            await asyncio.sleep(0)
        self.finished_after += self.failed
        return self._rows[item]


async def _gather_settled(fetch: Fetch, items: Sequence[str]) -> list[Row]:
    """`gather(return_exceptions=True)`, and the first error raised when all is done."""
    results: list[Row] = []
    for result in await asyncio.gather(*[fetch(item) for item in items], return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results


async def _wait_first_exception(fetch: Fetch, items: Sequence[str]) -> list[Row]:
    """`wait(FIRST_EXCEPTION)`, the rest cancelled and awaited by hand."""
    tasks = [asyncio.ensure_future(fetch(item)) for item in items]
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return [task.result() for task in tasks if not task.cancelled()]


class OnError(Comparison):
    """How much work goes on after one item has failed?

    The time runs until nothing of the fan-out is left in the loop. The failing item fails at its first turn, the others
    would take five; the counters say how many of them were still started, and still finished, after the failure.
    """

    guide = "4.6"
    baseline = "gather"
    params = {"items": (20, 200), "failing": ("first", "last")}
    headline = {"items": 200, "failing": "first"}
    caveat = "The backend only gives way: what siblings that run on cost is five turns of the loop each, not a request."

    def setup(self, items: int, failing: str) -> None:
        self.items = _items(items)
        self.first = failing == "first"
        self.backend = _Fragile(self.items, self.items[0 if self.first else -1])
        self.fetch = self.backend.fetch

    def counters(self) -> Mapping[str, int]:
        return {
            "siblings_started_after_error": self.backend.started_after,
            "siblings_finished_after_error": self.backend.finished_after,
        }

    def _all_siblings(self) -> int:
        return len(self.items) - 1

    def _siblings_of_the_semaphore(self) -> int:
        """All of them after the first item, those in flight beside the last."""
        return len(self.items) - 1 if self.first else _LIMIT - 1

    async def _failure(self, fan_out: Awaitable[object]) -> str:
        """The item whose failure the caller is told of, once nothing of the fan-out is left."""
        self.backend.forget()
        told = ""
        try:
            await fan_out
        except Exception as raised:  # noqa: BLE001 - whatever it is wrapped in
            error: Exception = raised
            while isinstance(error, ExceptionGroup):
                error = error.exceptions[0]
            told = str(error)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left)
        return told

    @variant(holds={"siblings_finished_after_error": _all_siblings})
    async def gather(self) -> str:
        """The guide's `fetch_all` (4.2): the caller hears at once, and the siblings run on."""
        printed.fetch_data = self.fetch
        return await self._failure(printed.fetch_all(self.items))

    @variant(holds={"siblings_finished_after_error": _all_siblings})
    async def gather_settled(self) -> str:
        """`gather(return_exceptions=True)`: the caller hears when all are done."""
        return await self._failure(_gather_settled(self.fetch, self.items))

    @variant(holds={"siblings_finished_after_error": 0})
    async def task_group(self) -> str:
        """The guide's `process_all` (4.6): the siblings are cancelled and awaited before the caller hears."""
        printed.fetch_data = self.fetch
        return await self._failure(printed.process_all(self.items))

    @variant(holds={"siblings_finished_after_error": _siblings_of_the_semaphore})
    async def guide_process_batch(self) -> str:
        """The guide's `process_batch` (9.4): siblings run on, and those that wait for a place still start."""
        return await self._failure(printed.process_batch(self.items, self.fetch, _LIMIT))

    @variant(holds={"siblings_finished_after_error": 0, "siblings_started_after_error": 0})
    async def worker_pool(self) -> str:
        """Ten workers in a TaskGroup over one iterator: those at work are cancelled, the rest never starts."""
        return await self._failure(_worker_pool(self.fetch, self.items))

    @variant(holds={"siblings_finished_after_error": _all_siblings})
    async def as_completed(self) -> str:
        """`asyncio.as_completed`, left at the first error: the siblings run on."""
        return await self._failure(_as_completed(self.fetch, self.items))

    @variant(holds={"siblings_finished_after_error": 0})
    async def wait_first_exception(self) -> str:
        """`asyncio.wait(FIRST_EXCEPTION)`, the rest cancelled by hand."""
        return await self._failure(_wait_first_exception(self.fetch, self.items))

    @variant(holds={"siblings_finished_after_error": 0, "siblings_started_after_error": 0})
    async def one_by_one(self) -> str:
        """No fan-out at all: what comes after the error never starts."""
        return await self._failure(_one_by_one(self.fetch, self.items))
