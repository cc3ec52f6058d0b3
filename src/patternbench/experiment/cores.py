"""Which processor core the clock runs on, and which are left for everything else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

SPARE_CORES = "PATTERNBENCH_SPARE_CORES"
"""Environment variable that tells backends which cores are theirs, "0,2"; absent where there is one core."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores that this process may use.

    Attributes:
        usable: their numbers, ascending; empty where the platform does not say.
    """

    usable: tuple[int, ...]

    @classmethod
    def here(cls) -> Cores:
        """The cores of the running process."""
        if not hasattr(os, "sched_getaffinity"):
            return cls(())
        return cls(tuple(sorted(os.sched_getaffinity(0))))

    def clock(self, turn: int) -> int | None:
        """The core for the `turn`-th set of workers: they alternate, so that no quirk of one stays in a figure."""
        return self.usable[turn % len(self.usable)] if self.usable else None

    def spare(self, clock: int | None) -> tuple[int, ...]:
        """All cores but the clock's."""
        return tuple(core for core in self.usable if core != clock)


@contextmanager
def kept_off(cores: Cores, clock: int | None) -> Iterator[None]:
    """Keep this process off the clock's core for a while; does nothing where there is only one."""
    spare = cores.spare(clock)
    if not spare:
        yield
        return
    os.sched_setaffinity(0, spare)
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores.usable)


def placed(clock: int, spare: Sequence[int], *, beside: bool = False) -> None:
    """Pin this process to the clock's core, or to the cores of backends, and tell these which they are.

    A backend on the clock's core waits until its caller gives the core up: the kernel counts a core that is taken, and
    that then is another program's doing.
    """
    os.environ[SPARE_CORES] = ",".join(map(str, spare))
    cores = (set(spare) or {clock}) if beside else {clock}
    os.sched_setaffinity(0, cores)
    if beside and clock in cores and hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
