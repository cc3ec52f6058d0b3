"""Does it wait for a timer? A body that sleeps measures the sleep."""

from __future__ import annotations

import asyncio
import asyncio.tasks
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.reach import modules_of
from patternbench.experiment.checks.stand_in import StandIn
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject

_MANY_TURNS = 100
"""Calls of `time.sleep(0)` in one call from which on it spins."""


@dataclass(slots=True)
class Pauses:
    """What one call asked of timers.

    Attributes:
        asked_s: seconds by the name of the function; only what is above zero.
        turns: calls of `time.sleep` with zero.
        blocked: whether `time.sleep` held up a running loop.
    """

    asked_s: dict[str, float] = field(default_factory=dict)
    turns: int = 0
    blocked: bool = False


class Sleeps(Watch):
    """Stands in for `time.sleep` and `asyncio.sleep`; what tasks and threads of before the call ask for is not its."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.calls: list[Pauses] = []
        self._now: Pauses | None = None
        self._other_threads: Collection[int | None] = ()
        self._other_tasks: Collection[asyncio.Task[Any]] = ()
        users = modules_of(subject.instance, subject.variant.name)
        self._stand_ins = (
            StandIn((time,), "sleep", users, self._time_sleep),
            StandIn((asyncio, asyncio.tasks), "sleep", users, self._asyncio_sleep),
        )

    def before(self) -> None:
        self._other_threads = {each.ident for each in threading.enumerate()} - {threading.get_ident()}
        self._other_tasks = _tasks() - {_task()}
        self._now = Pauses()
        for each in self._stand_ins:
            each.put()

    def after(self, result: object) -> None:
        assert self._now is not None
        self.calls.append(self._now)
        self.end()

    def end(self) -> None:
        self._now = None
        self._other_tasks = ()
        for each in self._stand_ins:
            each.remove()

    @property
    def in_every_call(self) -> Pauses:
        """The last call's, without what another call did not ask for."""
        if not self.calls:
            return Pauses()
        names = set.intersection(*(set(each.asked_s) for each in self.calls))
        return Pauses(
            {name: seconds for name, seconds in self.calls[-1].asked_s.items() if name in names},
            min(each.turns for each in self.calls),
            all(each.blocked for each in self.calls),
        )

    def _time_sleep(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def sleep(seconds: Any, /) -> None:
            now = self._now
            if now is not None and threading.get_ident() not in self._other_threads:
                _add(now, "time.sleep", seconds)
                now.turns += not seconds
                now.blocked |= "time.sleep" in now.asked_s and _task() is not None
            original(seconds)

        return sleep

    def _asyncio_sleep(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def sleep(delay: Any, result: Any = None) -> Any:
            now = self._now
            if now is not None and _task() not in self._other_tasks:
                _add(now, "asyncio.sleep", delay)
            return await original(delay, result)

        return sleep


def sleeps(evidence: Evidence) -> str | None:
    """A timer that only one of the variant and its baseline waits for."""
    if evidence.baseline is None:
        return None
    own = evidence.own.of(Sleeps).in_every_call.asked_s
    other = evidence.baseline.of(Sleeps).in_every_call.asked_s
    if own and not other:
        return f"waits for {_sum(own)} in every call, and {evidence.against} does not: a timer is measured"
    if other and not own:
        return f"does not wait, and {evidence.against} waits for {_sum(other)} in every call: its timer is measured"
    return None


def blocks_its_loop(evidence: Evidence) -> str | None:
    """`time.sleep` in a coroutine."""
    if evidence.own.of(Sleeps).in_every_call.blocked:
        return "holds up its event loop with time.sleep: nothing else runs there meanwhile"
    return None


def spins(evidence: Evidence) -> str | None:
    """`time.sleep(0)` over and over."""
    if evidence.own.of(Sleeps).in_every_call.turns >= _MANY_TURNS:
        return "calls time.sleep(0) over and over: it spins until something else is done"
    return None


def _add(now: Pauses, name: str, seconds: Any) -> None:
    with suppress(TypeError, ValueError):
        if seconds > 0:
            now.asked_s[name] = now.asked_s.get(name, 0.0) + float(seconds)


def _sum(asked_s: dict[str, float]) -> str:
    return " and ".join(f"{name} ({seconds * 1000:.3g} ms)" for name, seconds in asked_s.items())


def _task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no running loop
        return None


def _tasks() -> set[asyncio.Task[Any]]:
    try:
        return asyncio.all_tasks()
    except RuntimeError:
        return set()
