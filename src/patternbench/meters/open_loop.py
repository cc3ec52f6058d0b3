"""Operations sent by a schedule, on time whatever became of the ones before: through threads, or in an event loop.

Nothing is sent twice or left out to catch up: an operation that could not begin when it was due begins late, and its
time counts from when it was due (`patternbench.statistics.load`).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter, sleep

from patternbench.comparison import NotMeasured
from patternbench.meters.arrivals import Schedule
from patternbench.statistics.load import Operation

Clock = Callable[[], float]
"""Seconds since some moment; never goes back."""

_LEAD_S = 0.02
"""From the start of a run to the begin of its schedule: threads and tasks are there by then."""

_COARSE_S = 0.002
"""A loop's own timers are a millisecond late or more: both epoll and libuv count in whole ones. The rest of a wait is
spent going round in the loop, which other tasks and answers that arrive do not notice."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a schedule.

    Attributes:
        operations: in the order in which they were due.
        late_s: how late operations were sent that nothing but their time held back; seconds, in no order.
        first_error: the first error that one raised; None where none did.
        cut_off_s: when time ran out, seconds since the schedule began.
    """

    operations: tuple[Operation, ...]
    late_s: tuple[float, ...]
    first_error: BaseException | None
    cut_off_s: float


class _Log:
    """Notes of one run, made by whoever sends."""

    def __init__(self, schedule: Schedule, grace_s: float, clock: Clock) -> None:
        self._schedule = schedule
        self._clock = clock
        self._start = clock() + _LEAD_S
        self._begun: list[float | None] = [None] * len(schedule.due_s)
        self._ended: list[float | None] = [None] * len(schedule.due_s)
        self._failed: set[int] = set()
        self._first_error: BaseException | None = None
        self._cut_off_s = schedule.end_s + grace_s
        self.late_s: list[float] = []

    def due(self, index: int) -> float:
        """When an operation is due, by the clock."""
        return self._start + self._schedule.due_s[index]

    @property
    def left_s(self) -> float:
        """Seconds until time runs out."""
        return self._start + self._cut_off_s - self._clock()

    def begin(self, index: int) -> bool:
        """Note that an operation begins; False where time has run out, and it must not."""
        now = self._clock() - self._start
        if now >= self._cut_off_s:
            return False
        self._begun[index] = now
        return True

    def end(self, index: int, error: BaseException | None = None) -> None:
        """Note that an operation ended."""
        now = self._clock() - self._start
        if now > self._cut_off_s:
            return  # as good as never, for every variant alike
        self._ended[index] = now
        if error is not None:
            self._failed.add(index)
            self._first_error = self._first_error or error

    def sent(self) -> Sent:
        """All notes; `NotMeasured` where an operation raised that."""
        if isinstance(self._first_error, NotMeasured):
            raise self._first_error
        return Sent(
            tuple(
                Operation(due, begun, ended, index in self._failed)
                for index, (due, begun, ended) in enumerate(
                    zip(self._schedule.due_s, self._begun, self._ended, strict=True)
                )
            ),
            tuple(self.late_s),
            self._first_error,
            self._cut_off_s,
        )


def through_threads(
    call: Callable[[], object],
    schedule: Schedule,
    *,
    threads: int,
    grace_s: float,
    clock: Clock = perf_counter,
    pause: Callable[[float], object] = sleep,
) -> Sent:
    """Send calls to a pool of threads; at most as many are under way as there are threads, the rest waits its turn.

    Every thread takes the next operation of the schedule, waits until it is due and makes the call. That is what a
    queue before a pool does, without a thread that fills the queue and competes with the calls for the interpreter.

    Args:
        threads: with one, the calls are made in the calling thread, for what is bound to the thread of its set-up.
        grace_s: after the end of the schedule, until time runs out; no call begins then. Those under way are waited
            for, and count as unfinished.
        pause: waits for so many seconds.

    Raises:
        NotMeasured: a call said that it cannot be measured here.
    """
    log = _Log(schedule, grace_s, clock)
    waiting = iter(range(len(schedule.due_s)))
    taking = threading.Lock()

    def work() -> None:
        while True:
            with taking:
                index = next(waiting, None)
            if index is None:
                return
            early_s = log.due(index) - clock()
            if early_s > 0:
                while early_s > 0:
                    pause(early_s)
                    early_s = log.due(index) - clock()
                log.late_s.append(-early_s)
            if not log.begin(index):
                return
            try:
                call()
            except Exception as error:  # noqa: BLE001 - whatever a variant raises is counted
                log.end(index, error)
            else:
                log.end(index)

    if threads == 1:
        work()
    else:
        workers = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return log.sent()


async def through_loop(
    call: Callable[[], Awaitable[object]], schedule: Schedule, *, grace_s: float, clock: Clock = perf_counter
) -> Sent:
    """Send every operation as a task of the running loop, however many are under way.

    Where the operations keep the loop from turning, the next are sent late by that, as in any server of one loop.

    Args:
        grace_s: after the end of the schedule, until time runs out; what is under way then is cancelled and waited
            for, and counts as unfinished.

    Raises:
        NotMeasured: an operation said that it cannot be measured here.
    """
    log = _Log(schedule, grace_s, clock)
    tasks: set[asyncio.Task[None]] = set()
    cut: set[asyncio.Task[None]] = set()

    async def operation(index: int) -> None:
        if not log.begin(index):
            return
        try:
            await call()
        except asyncio.CancelledError as error:
            if asyncio.current_task() in cut:
                raise
            log.end(index, error)
        except Exception as error:  # noqa: BLE001 - whatever a variant raises is counted
            log.end(index, error)
        else:
            log.end(index)

    for index in range(len(schedule.due_s)):
        due = log.due(index)
        if due > clock():
            log.late_s.append(await until(due, clock) - due)
        if log.left_s <= 0:
            break
        task = asyncio.create_task(operation(index))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    if tasks:
        await asyncio.wait(tasks, timeout=max(0.0, log.left_s))
    cut |= tasks
    for task in cut:
        task.cancel()
    await asyncio.gather(*cut, return_exceptions=True)
    return log.sent()


async def until(due: float, clock: Clock) -> float:
    """Wait in a loop until a moment by the clock, and give what the clock then shows."""
    while (now := clock()) < due:
        left_s = due - now
        await asyncio.sleep(left_s - _COARSE_S if left_s > 2 * _COARSE_S else 0)
    return now


__all__ = ["Clock", "Sent", "through_loop", "through_threads", "until"]
