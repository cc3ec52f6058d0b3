"""What was read from the clocks: blocks, the sets that they were read in, and what the proofs showed.

Words: a *slice* is the calls between two clock readings of one worker; a *block* is its slices in a row; a *round* is
one block of each worker, in random order; a *shift* is a freshly forked worker of each variant; a *set* is one fresh
host with its shifts, and the unit of every interval. Only readings stand here; every quotient is derived from them in
`statistics.reading`, so that a journal replayed gives the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from patternbench.estimate import Memory
from patternbench.reading import Figures
from patternbench.verdict import Status

TWIN = "(baseline again)"
"""Seat of the baseline's twin: the same variant in a second worker, which shows what the set-up calls a difference."""


LEAST_ROUNDS = 3
"""Rounds without which a shift's median says nothing."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of calls.

    Attributes:
        wall_ns, cpu_ns: wall time, and CPU time of the process, between the two readings; nanoseconds.
        preempted: how often the kernel took the core away for another process meanwhile.
        typical_ns: wall time that the block would have taken, had every slice of it been like its median one; None
            where there were no slices.
    """

    wall_ns: int
    cpu_ns: int
    preempted: int = 0
    typical_ns: int | None = None

    @property
    def undisturbed_ns(self) -> int:
        """Wall time by the median slice, which a short disturbance leaves alone."""
        return self.wall_ns if self.typical_ns is None else self.typical_ns


@dataclass(slots=True)
class Shift:
    """Workers that were forked side by side, one for each seat.

    Attributes:
        overhead_ns: cost of loop and empty call in each worker, nanoseconds per call.
        rounds: blocks by seat, one mapping a round; a seat that was lost is absent from then on.
    """

    overhead_ns: dict[str, float] = field(default_factory=dict)
    rounds: list[dict[str, Block]] = field(default_factory=list)


@dataclass(slots=True)
class SetObservation:
    """One set of workers: several shifts from one host.

    Attributes:
        hash_seed: shared by its workers.
        core: the clock's, None where workers were not pinned.
    """

    hash_seed: int
    core: int | None
    shifts: list[Shift] = field(default_factory=list)

    @property
    def rounds(self) -> list[dict[str, Block]]:
        """The rounds of all shifts."""
        return [done for shift in self.shifts for done in shift.rounds]

    @property
    def usable(self) -> bool:
        """Whether a shift has enough rounds for a median; one that a kill cut short may have fewer."""
        return any(len(shift.rounds) >= LEAST_ROUNDS for shift in self.shifts)


@dataclass(slots=True)
class Fault:
    """Why a variant, or a whole case, has no figures.

    Attributes:
        status: broken, or not measured.
        reason: one sentence.
        log: last lines of its process.
    """

    status: Status
    reason: str
    log: tuple[str, ...] = ()


@dataclass(slots=True)
class CaseObservation:
    """Everything that was read for one case.

    Attributes:
        calls: calls per block, by variant.
        slices: slices per block, by variant.
        units: operations per call, by variant.
        faults: variants that broke or cannot be measured.
        fault: set where the whole case has no figures.
        counters: what one call in a fresh process counted, by variant.
        readings: figures of every meter besides the clock, by variant, then by meter.
        notes: what the proof found that a reader must know, by variant, one sentence each.
        seconds: wall time spent on the case, up to the last set that was finished.
    """

    comparison: str
    case: int
    calls: dict[str, int] = field(default_factory=dict)
    slices: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    sets: list[SetObservation] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    fault: Fault | None = None
    counters: dict[str, dict[str, int | float | str]] = field(default_factory=dict)
    readings: dict[str, dict[str, Figures]] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def usable_sets(self) -> int:
        """Sets that say something."""
        return sum(each.usable for each in self.sets)

    def memory(self, variant: str) -> Memory | None:
        """What the memory meter read of a variant, as a record of its own; None where it was not asked."""
        figures = self.readings.get(variant, {}).get("memory")
        return None if figures is None else Memory(**figures)  # type: ignore[arg-type]

    def meters(self, variant: str) -> dict[str, dict[str, float | int | str | None]]:
        """What every other meter read of it."""
        return {name: dict(each) for name, each in self.readings.get(variant, {}).items() if name != "memory"}
