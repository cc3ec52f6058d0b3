"""When operations are due: schedules that know nothing of how long an operation takes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Schedule:
    """Operations to send.

    Attributes:
        rate_per_s: mean rate, operations per second.
        due_s: when each is due, seconds since the schedule began, ascending.
        end_s: when the one after the last would be due.
    """

    rate_per_s: float
    due_s: tuple[float, ...]
    end_s: float

    def __post_init__(self) -> None:
        if not self.due_s or self.due_s[-1] > self.end_s or self.rate_per_s <= 0:
            raise ValueError("a schedule has a rate above zero and at least one arrival, and ends after the last")


def evenly(rate_per_s: float, count: int) -> Schedule:
    """One after another in equal steps, the first at once."""
    return Schedule(rate_per_s, tuple(index / rate_per_s for index in range(count)), count / rate_per_s)


def at_random(rate_per_s: float, count: int, seed: int) -> Schedule:
    """A Poisson process, as of many who do not know of each other: the steps are independent and exponential."""
    draws = random.Random(seed)
    due = tuple(accumulate(draws.expovariate(rate_per_s) for _ in range(count)))
    return Schedule(rate_per_s, due, due[-1] + 1 / rate_per_s)


def in_waves(rate_per_s: float, count: int, size: int) -> Schedule:
    """So many at once, then a pause, at the same mean rate; the last wave is filled up."""
    waves = -(-count // size)
    step = size / rate_per_s
    return Schedule(rate_per_s, tuple(wave * step for wave in range(waves) for _ in range(size)), waves * step)


__all__ = ["Schedule", "at_random", "evenly", "in_waves"]
