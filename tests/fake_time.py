"""A clock that tests turn, and an event loop in which waiting takes no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

InFakeTime = Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]

_TURN_S = 20e-6


class FakeClock:
    """Shows what it is told; `advance` may stand in for a pause."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class _Selector(selectors.DefaultSelector):
    """Lets the clock go on for as long as the loop would have waited; a turn without a wait takes a little too."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("the loop would wait for ever")
        self._clock.advance(max(timeout, _TURN_S))
        return super().select(0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def in_fake_time(clock: FakeClock) -> InFakeTime:
    """Runs an async function in a loop whose time is the clock's."""

    def loop() -> asyncio.AbstractEventLoop:
        made = asyncio.SelectorEventLoop(_Selector(clock))
        made.time = clock  # type: ignore[method-assign]
        return made

    def run(body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(body())

    return run
