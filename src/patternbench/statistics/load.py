"""What came of operations that were sent by a schedule, whether the ones before had ended or not.

The time of an operation runs from the moment at which it was *due*, not from the one at which it was begun: an
operation that had to wait behind a slow one was slow for who asked for it. A loop that waits for an answer before it
asks again leaves these waits out ("coordinated omission"); the rule is that of wrk2, https://github.com/giltene/wrk2.
On what open and closed loops measure: Schroeder, Wierman, Harchol-Balter, "Open Versus Closed: A Cautionary Tale",
NSDI 2006.

Times are seconds since the schedule began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from patternbench.statistics.tails import percentiles

PERCENTS = {"p50": 50.0, "p95": 95.0, "p99": 99.0, "p999": 99.9}

_GROWTH = 0.05
"""Share of the arrivals by which the backlog must grow in the second half of a schedule, to be called growing."""

_SLOWER = 1.5
"""How many times longer operations at the end then take than those before half time. Under an overload that adds up
from nothing they take 2.3 times as long; where they are merely slow from the start, once."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One arrival.

    Attributes:
        due_s: when it was to be sent.
        begun_s: when its body began; None where time ran out before.
        ended_s: when it ended, by a result or by an error; None where time ran out before.
        failed: whether it ended by an error.
    """

    due_s: float
    begun_s: float | None = None
    ended_s: float | None = None
    failed: bool = False

    def __post_init__(self) -> None:
        if self.ended_s is not None and (self.begun_s is None or self.ended_s < self.begun_s):
            raise ValueError(f"an operation ended at {self.ended_s} s but began at {self.begun_s}")


@dataclass(frozen=True, slots=True)
class Response:
    """How a variant bore a schedule.

    Attributes:
        times: percentiles of `PERCENTS` over the time from due to ended, seconds; None where too few operations were
            sent. Failed ones are left out. One that had not ended when time ran out counts with the time until then,
            so that a figure is too small for it, never too large by its absence.
        max_s: the longest; None where every operation failed.
        throughput_per_s: operations done, without failed ones, per second of the schedule or, if they took longer,
            until the last of them ended.
        most_in_flight: most operations begun and not ended at one moment.
        errors: failed operations.
        backlog: operations due and not ended when the schedule ended.
        unfinished: operations not ended when time ran out.
        saturated: whether the variant could not keep up: the backlog grew through the second half of the schedule,
            and with it the times.
    """

    times: dict[str, float | None]
    max_s: float | None
    throughput_per_s: float
    most_in_flight: int
    errors: int
    backlog: int
    unfinished: int
    saturated: bool


def response(operations: Sequence[Operation], *, end_s: float, cut_off_s: float) -> Response:
    """Sum up a schedule.

    Args:
        operations: in the order in which they were due, at least one.
        end_s: end of the schedule: when the next operation would have been due.
        cut_off_s: when time ran out, not before `end_s`.
    """
    heard = [each for each in operations if not each.failed]
    times = [_time(each, cut_off_s) for each in heard]
    done = [each.ended_s for each in heard if each.ended_s is not None]
    unfinished = sum(each.ended_s is None for each in operations)
    lasted = cut_off_s if unfinished else max([end_s, *done])
    return Response(
        times=percentiles(times, PERCENTS),
        max_s=max(times, default=None),
        throughput_per_s=len(done) / lasted,
        most_in_flight=most_in_flight(operations),
        errors=len(operations) - len(heard),
        backlog=backlog(operations, end_s),
        unfinished=unfinished,
        saturated=saturated(operations, end_s=end_s, cut_off_s=cut_off_s),
    )


def backlog(operations: Sequence[Operation], at_s: float) -> int:
    """Operations that were due before a moment and had not ended by then."""
    return sum(each.due_s < at_s and (each.ended_s is None or each.ended_s > at_s) for each in operations)


def most_in_flight(operations: Sequence[Operation]) -> int:
    """Most operations that were begun and not ended at one moment; one that ends as another begins is not with it."""
    steps = [(each.begun_s, 1) for each in operations if each.begun_s is not None]
    steps += [(each.ended_s, -1) for each in operations if each.ended_s is not None]
    now = most = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most


def saturated(operations: Sequence[Operation], *, end_s: float, cut_off_s: float) -> bool:
    """Whether the backlog grew through the second half of the schedule, and with it the times.

    Both are asked for: a single stall may make the last operations slow though all is caught up at the end, and
    operations that take longer than half a schedule pile up though each takes as long as the first. Where some had
    not even ended when time ran out, how long they would have taken is not known, and the backlog alone decides.
    """
    count = len(operations)
    if count < 4:
        return False
    half = operations[count // 2].due_s
    growth = backlog(operations, end_s) - backlog(operations, half)
    if growth <= max(2.0, _GROWTH * (count - count // 2)):
        return False
    if any(each.ended_s is None for each in operations):
        return True
    before, last = (
        median(_time(each, cut_off_s) for each in part)
        for part in (operations[count // 4 : count // 2], operations[count - count // 4 :])
    )
    return last > _SLOWER * before


def _time(operation: Operation, cut_off_s: float) -> float:
    return (cut_off_s if operation.ended_s is None else operation.ended_s) - operation.due_s


__all__ = ["PERCENTS", "Operation", "Response", "backlog", "most_in_flight", "response", "saturated"]
