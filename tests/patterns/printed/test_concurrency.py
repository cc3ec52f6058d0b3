from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from patternbench.patterns.printed import concurrency


class Backend:
    """Answers at its own pace: each item takes as many turns of the loop as `turns` says, and may fail then."""

    def __init__(self, turns: dict[str, int], failing: frozenset[str] = frozenset()) -> None:
        self.turns = turns
        self.failing = failing
        self.started: list[str] = []
        self.finished: list[str] = []
        self.most_in_flight = 0
        self._in_flight = 0

    async def fetch(self, item: str) -> dict[str, Any]:
        self.started.append(item)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            for _ in range(self.turns[item]):
                await asyncio.sleep(0)
        finally:
            self._in_flight -= 1
        if item in self.failing:
            raise ValueError(item)
        self.finished.append(item)
        return {"item": item}


Use = Callable[[Backend], Backend]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def used(backend: Backend) -> Backend:
        monkeypatch.setattr(concurrency, "fetch_data", backend.fetch)
        return backend

    return used


async def drained() -> None:
    """Wait for whatever a pattern left running."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        await asyncio.wait(left)


def test_without_a_backend_a_fetch_says_so() -> None:
    with pytest.raises(LookupError, match="fetch_data"):
        asyncio.run(concurrency._unset("a"))


@pytest.mark.parametrize("pattern", [concurrency.fetch_all, concurrency.process_all])
def test_results_keep_the_order_of_the_items(use: Use, pattern: Any) -> None:
    use(Backend({"a": 3, "b": 1, "c": 2}))
    assert asyncio.run(pattern(["a", "b", "c"])) == [{"item": "a"}, {"item": "b"}, {"item": "c"}]


def test_after_an_error_gather_lets_the_siblings_run_on(use: Use) -> None:
    backend = use(Backend({"a": 1, "b": 5, "c": 5}, frozenset("a")))

    async def finished_when_told_and_later() -> tuple[int, int]:
        with pytest.raises(ValueError, match="a"):
            await concurrency.fetch_all(["a", "b", "c"])
        told = len(backend.finished)
        await drained()
        return told, len(backend.finished)

    assert asyncio.run(finished_when_told_and_later()) == (0, 2)


def test_after_an_error_a_task_group_cancels_the_siblings(use: Use) -> None:
    backend = use(Backend({"a": 1, "b": 5, "c": 5}, frozenset("a")))

    async def finished() -> int:
        with pytest.raises(ExceptionGroup) as raised:
            await concurrency.process_all(["a", "b", "c"])
        assert raised.group_contains(ValueError)
        await drained()
        return len(backend.finished)

    assert asyncio.run(finished()) == 0


def test_an_error_of_one_item_becomes_none_and_a_printed_line(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    use(Backend({"a": 1, "b": 5}, frozenset("a")))
    assert asyncio.run(concurrency.process_with_error_handling(["a", "b"])) == [None, {"item": "b"}]
    assert capsys.readouterr().out == "Failed to fetch a: a\n"


def test_the_first_result_is_the_first_completed_even_if_it_failed(use: Use) -> None:
    use(Backend({"a": 1, "b": 5}, frozenset("a")))
    with pytest.raises(ValueError, match="a"):
        asyncio.run(concurrency.fetch_first(["a", "b"]))


def test_the_losers_of_the_first_result_are_still_alive_when_it_returns(use: Use) -> None:
    use(Backend({"a": 1, "b": 5}))

    async def alive() -> int:
        assert await concurrency.fetch_first(["a", "b"]) == {"item": "a"}
        left = len(asyncio.all_tasks()) - 1
        await drained()
        return left

    assert asyncio.run(alive()) == 1


def test_a_timeout_of_the_fetch_itself_is_taken_for_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(url: str) -> dict[str, Any]:
        raise TimeoutError(url)

    monkeypatch.setattr(concurrency, "fetch_data", refused)
    assert asyncio.run(concurrency.fetch_with_timeout("a", timeout=3600)) is None


def test_three_retries_are_three_attempts(use: Use) -> None:
    backend = use(Backend({"a": 0}, frozenset("a")))
    with pytest.raises(ValueError, match="a"):
        asyncio.run(concurrency.fetch_with_retry("a", max_retries=3, delay=0.0))
    assert len(backend.started) == 3


def test_no_retries_are_no_attempt(use: Use) -> None:
    backend = use(Backend({"a": 0}))
    with pytest.raises(RuntimeError, match="Unreachable"):
        asyncio.run(concurrency.fetch_with_retry("a", max_retries=0))
    assert backend.started == []


def test_the_limiter_lets_through_twice_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    async def passed(count: int) -> float:
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
        monkeypatch.setattr(asyncio, "sleep", sleep)
        limiter = concurrency.RateLimiter(rate=5.0, capacity=1)
        began = now
        for _ in range(count):
            await limiter.acquire()
        monkeypatch.undo()
        return now - began

    # The first passes at once; at 5 per second the other 100 should take 20 seconds.
    assert asyncio.run(passed(101)) == pytest.approx(10.0)


def test_the_limiter_is_waited_for_inside_the_semaphore(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []

    async def acquire(limiter: concurrency.RateLimiter) -> None:
        held.append("a place")
        await asyncio.Event().wait()

    async def places_held() -> int:
        monkeypatch.setattr(concurrency.RateLimiter, "acquire", acquire)
        running = asyncio.ensure_future(concurrency.fetch_with_rate_limit([*"abcdef"], max_concurrent=4))
        for _ in range(20):
            await asyncio.sleep(0)
        running.cancel()
        await drained()
        return len(held)

    assert asyncio.run(places_held()) == 4


def test_a_batch_keeps_its_limit_and_its_order() -> None:
    items = [f"{number}" for number in range(30)]
    backend = Backend({item: 1 + int(item) % 3 for item in items})
    results = asyncio.run(concurrency.process_batch(items, backend.fetch, max_concurrent=4))
    assert results == [{"item": item} for item in items]
    assert backend.most_in_flight == 4


def test_after_an_error_a_batch_still_starts_what_was_waiting() -> None:
    items = [f"{number}" for number in range(30)]
    backend = Backend(dict.fromkeys(items, 2), frozenset("0"))

    async def run_on() -> None:
        with pytest.raises(ValueError, match="0"):
            await concurrency.process_batch(items, backend.fetch)
        assert len(backend.started) < 30
        await drained()

    asyncio.run(run_on())
    assert len(backend.started) == 30
    assert len(backend.finished) == 29
