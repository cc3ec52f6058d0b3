"""Sections 4.2, 4.3, 4.6 and `process_batch` of 9.4, mended: many things at once, and not too many.

What was wrong: `fetch_first` gave the first result to be *completed*, an error too, did not wait for what it cancelled,
and left everything running when it was cancelled itself. The limiter credited the time that it slept a second time, so
that it let through twice its rate; it looked for an event loop when it was made; and it was waited for inside the
semaphore, so that slots were held by those who did nothing. `fetch_with_timeout` took any time-out inside for its own.
The retries came in step, without limit to their waits, and whatever the error was. `gather` let siblings run on after
an error. A task was made for every item at once, limit or not.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")
Json = dict[str, Any]


async def _unset(url: str) -> Json:
    raise LookupError(f"no backend answers for {url}; set {__name__}.fetch_data first")


fetch_data: Callable[[str], Awaitable[Json]] = _unset
"""Fetches one address; set your own in its place."""


async def fetch_all(urls: list[str], max_concurrent: int = 100) -> list[Json]:
    """All results in the order of the addresses; the first error cancels the others, and is raised itself."""
    return await process_batch(urls, fetch_data, max_concurrent)


async def fetch_with_timeout(url: str, timeout: float = 10.0) -> Json | None:  # noqa: ASYNC109 - as printed
    """The result, None after so many seconds; a time-out inside the fetch is an error like any other."""
    limit = asyncio.timeout(timeout)
    try:
        async with limit:
            return await fetch_data(url)
    except TimeoutError:
        if limit.expired():
            return None
        raise


async def fetch_first(urls: list[str]) -> Json:
    """The first result that is no error; the others are cancelled, and have ended when this returns.

    Raises:
        ValueError: there are no addresses.
        ExceptionGroup: every fetch failed; it holds the errors in the order of the addresses.
    """
    if not urls:
        raise ValueError("give at least one address")
    tasks = [asyncio.ensure_future(_fetched(url)) for url in urls]
    waiting = set(tasks)
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task in done and not task.cancelled() and task.exception() is None:
                    return task.result()
    finally:
        for task in waiting:
            task.cancel()
        if waiting:
            await asyncio.wait(waiting)
        for task in tasks:  # read, so that nobody is told of an error that was never retrieved
            if task.done() and not task.cancelled():
                task.exception()
    errors = [error for task in tasks if isinstance(error := task.exception(), Exception)]
    raise ExceptionGroup("every fetch failed", errors)


async def _fetched(url: str) -> Json:
    return await fetch_data(url)


async def fetch_with_retry(
    url: str,
    max_retries: int = 3,
    delay: float = 1.0,
    *,
    longest: float = 30.0,
    retry_on: Callable[[Exception], bool] = lambda error: isinstance(error, OSError | TimeoutError),
    draws: random.Random | None = None,
) -> Json:
    """A fetch that is tried again after a pause at random, from nothing to a limit that doubles ("full jitter").

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    Args:
        url: what to fetch.
        max_retries: tries after the first one.
        delay: longest pause before the second try, seconds.
        longest: longest pause at all, seconds.
        retry_on: whether an error may go away by itself; what was wrong with the request will not.
        draws: source of the pauses.
    """
    source = draws or random
    for attempt in range(max_retries):
        try:
            return await fetch_data(url)
        except Exception as error:
            if not retry_on(error):
                raise
            await asyncio.sleep(source.uniform(0, min(longest, delay * 2**attempt)))
    return await fetch_data(url)


class RateLimiter:
    """Lets through at most `rate` a second on average, and `capacity` at once after a pause (a token bucket).

    It keeps, by the generic cell rate algorithm, the one time at which the bucket would be full again; callers are let
    through in the order in which they came.

    Args:
        rate: a second.
        capacity: how many after a pause.

    Raises:
        ValueError: the rate is not above zero, or the capacity below one.
    """

    def __init__(self, rate: float, capacity: int = 10) -> None:
        if not rate > 0 or capacity < 1:
            raise ValueError("give a rate above zero and a capacity of at least one")
        self.rate = rate
        self.capacity = capacity
        self._full_at = float("-inf")

    async def acquire(self) -> None:
        """Wait for one's turn; who is cancelled meanwhile leaves a gap, and takes nobody's turn."""
        now = asyncio.get_running_loop().time()
        self._full_at = max(self._full_at, now) + 1 / self.rate
        turn = self._full_at - self.capacity / self.rate
        if turn > now:
            await asyncio.sleep(turn - now)


async def fetch_with_rate_limit(urls: list[str], max_concurrent: int = 10, rate: float = 5.0) -> list[Json]:
    """All results; no more than so many a second are begun, and no more than so many are under way."""
    limiter = RateLimiter(rate)
    slots = asyncio.Semaphore(max_concurrent)

    async def fetch(url: str) -> Json:
        await limiter.acquire()  # before a slot is taken: who waits for a turn holds nothing
        async with slots:
            return await fetch_data(url)

    return await process_batch(urls, fetch, max_concurrent=2 * max_concurrent)


async def process_all(items: list[str]) -> list[Json]:
    """All results in the order of the items; the first error cancels the others, and is raised itself."""
    return await process_batch(items, fetch_data)


async def process_with_error_handling(items: list[str]) -> list[Json | Exception]:
    """The result of each item, or its error."""

    async def safely(item: str) -> Json | Exception:
        try:
            return await fetch_data(item)
        except Exception as error:  # noqa: BLE001 - it is the item's result
            return error

    return await process_batch(items, safely)


async def process_batch(
    items: Iterable[T], processor: Callable[[T], Awaitable[U]], max_concurrent: int = 10
) -> list[U]:
    """The results in the order of the items, from as many workers as may be busy at once.

    However many the items, no more tasks exist than workers. The first error cancels the other workers, waits for them,
    and is raised itself.

    Raises:
        ValueError: no worker may be busy.
    """
    if max_concurrent < 1:
        raise ValueError("give at least one worker")
    results: dict[int, U] = {}
    left = iter(enumerate(items))

    async def work() -> None:
        for index, item in left:
            results[index] = await processor(item)

    limit = min(max_concurrent, len(items)) if isinstance(items, Sequence) else max_concurrent
    async with _first_error_alone(), asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(work())
    return [results[index] for index in range(len(results))]


@asynccontextmanager
async def _first_error_alone() -> AsyncIterator[None]:
    """Raise what a task group's group holds first, so that who calls need not know of tasks."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
