"""How long an event loop keeps other tasks waiting while the variant works in it.

A task ticks every millisecond, in the loop in which the variant is called over and over; how much later than due each
tick comes is the lag. A plain variant is called inside the loop too: that it then blocks it is what this meter is for.
The same task ticks before in the idle loop, whose lag is the loop's and the machine's own.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from patternbench.meters.meter import Figure, Figures, Start, Subject
from patternbench.meters.open_loop import Clock, until
from patternbench.statistics.tails import percentiles

TICK_S = 0.001

_IDLE_S = 0.5
_BUSY_S = 2.0
_WARM_UP_CALLS = 2
_PATIENCE = 2.0
_PERCENTS = {"p50_s": 50.0, "p99_s": 99.0}


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a ticking task saw.

    Attributes:
        lags_s: how late each tick came, seconds, in their order.
        calls: calls that were begun meanwhile.
    """

    lags_s: tuple[float, ...]
    calls: int = 0


class LoopLagMeter:
    """How late a ticking task runs while the variant works in the same loop."""

    name = "loop_lag"
    summary = (
        "How late a task that ticks every millisecond runs while the variant is called over and over in the same event "
        "loop, beside the lag of the idle loop. It cannot see work that the variant does in other threads or "
        "processes, unless that keeps the loop waiting."
    )
    figures = (
        Figure("p50_s", "s", "lower", "half of the ticks came no later"),
        Figure("p99_s", "s", "lower", "99 % of the ticks came no later"),
        Figure("max_s", "s", "lower", "the latest tick"),
        Figure("idle_p50_s", "s", None, "half of the ticks of the idle loop came no later"),
        Figure("idle_p99_s", "s", None, "99 % of the ticks of the idle loop came no later"),
        Figure("idle_max_s", "s", None, "the latest tick of the idle loop"),
        Figure("calls", "", None, "calls begun meanwhile"),
    )
    reads_clock = True

    def unavailable(self) -> str | None:
        """Always to be had."""
        return None

    def measure(self, start: Start) -> Figures:
        """One process: the idle loop, then the busy one."""
        figures: Figures = start({"idle_s": _IDLE_S, "busy_s": _BUSY_S}, patience=_PATIENCE).answer
        return figures

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:
        """Ticks in the loop of the set-up, without the variant and with it."""
        for _ in range(_WARM_UP_CALLS):
            subject.call()
        gc.collect()
        idle: Ticks = subject.in_loop(lambda: ticked(None, order["idle_s"]))
        call = subject.coroutine if subject.is_async else _blocking(subject)
        busy: Ticks = subject.in_loop(lambda: ticked(call, order["busy_s"]))
        return {
            **_summed(busy),
            **{f"idle_{name}": value for name, value in _summed(idle).items()},
            "calls": busy.calls,
        }


METER = LoopLagMeter()


async def ticked(call: Callable[[], Awaitable[object]] | None, seconds: float, *, clock: Clock = perf_counter) -> Ticks:
    """Tick for so many seconds, while calls are awaited one after another; after each, the loop turns once.

    A tick that could not come while the loop was held counts as late by how long it was held from then on: so the
    percentiles weigh a hold by its length, and say how long a task that becomes ready at some moment waits.

    Between ticks the task does not sleep but lets the loop turn: timers of loops count in whole milliseconds.

    Args:
        call: None leaves the loop idle. What it raises is raised once the ticks are over.
    """
    finished = False
    calls = 0

    async def work(call: Callable[[], Awaitable[object]]) -> None:
        nonlocal calls
        while not finished:
            calls += 1
            await call()
            await asyncio.sleep(0)

    working = None if call is None else asyncio.create_task(work(call))
    lags: list[float] = []
    start = clock()
    due = [start + index * TICK_S for index in range(1, round(seconds / TICK_S) + 1)]
    while len(lags) < len(due):
        now = await until(due[len(lags)], clock)
        while len(lags) < len(due) and due[len(lags)] <= now:
            lags.append(now - due[len(lags)])
    finished = True
    if working is not None:
        await working
    return Ticks(tuple(lags), calls)


def _blocking(subject: Subject) -> Callable[[], Awaitable[object]]:
    async def call() -> None:
        subject.call()

    return call


def _summed(ticks: Ticks) -> dict[str, float | None]:
    return {**percentiles(ticks.lags_s, _PERCENTS), "max_s": max(ticks.lags_s)}


__all__ = ["METER", "TICK_S", "Ticks", "ticked"]
