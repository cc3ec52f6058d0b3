"""Quotients of one case's readings: what a call took, and a variant's time over the baseline's, set by set."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

import numpy as np

from patternbench.observation import LEAST_ROUNDS, TWIN, Block, CaseObservation, Fault, SetObservation, Shift
from patternbench.statistics.decision import WAITING, deciding_confidence, thresholds_for
from patternbench.statistics.interval import Sets
from patternbench.verdict import Status

_LEAST_OF_ITS_OWN = 0.02
_RARE_COSTS_MATTER = 0.01
_CALM_WITHIN = 1.4
_CALM_SHARE = 0.25
_CLEAN_SHARE = 0.4
"""Preempted pairs of a shift are passed over where at least this share of its pairs is left."""


class Reading:
    """One case's readings, looked at as often as one likes: what a finished set gave is reckoned once.

    Args:
        observed: may grow by whole sets between two looks.
        baseline: name of the variant that ratios are relative to.
    """

    def __init__(self, observed: CaseObservation, baseline: str) -> None:
        self._observed = observed
        self._baseline = baseline
        self._estimates: dict[str, list[tuple[float | None, ...]]] = {}

    @property
    def preempted_share(self) -> float:
        """Share of all blocks during which the kernel took the core away."""
        blocks = [block for each in self._observed.sets for done in each.rounds for block in done.values()]
        return sum(block.preempted > 0 for block in blocks) / len(blocks) if blocks else 0.0

    @property
    def observed(self) -> CaseObservation:
        """The readings themselves."""
        return self._observed

    def _name(self, seat: str) -> str:
        return self._baseline if seat == TWIN else seat

    def calls(self, seat: str) -> int:
        """Calls per block."""
        return self._observed.calls[self._name(seat)]

    def units(self, seat: str) -> int:
        """Operations per call."""
        return self._observed.units.get(self._name(seat), 1)

    def call_ns(self, seat: str, block: Block, shift: Shift) -> float:
        """Time of one call in a block, the cost of loop and empty call taken off, nanoseconds; may be below zero."""
        return block.wall_ns / self.calls(seat) - shift.overhead_ns.get(seat, 0.0)

    def blocks(self, seat: str) -> list[Block]:
        """All blocks of a seat, in order."""
        return [done[seat] for each in self._observed.sets for done in each.rounds if seat in done]

    def workers(self, seat: str) -> int:
        """Processes that a seat had over all shifts."""
        return sum(any(seat in done for done in shift.rounds) for shift in self._shifts)

    @property
    def _shifts(self) -> list[Shift]:
        return [shift for each in self._observed.sets for shift in each.shifts]

    def times_ns(self, seat: str) -> list[list[float]]:
        """Times of a call by set, nanoseconds."""
        return [
            [self.call_ns(seat, done[seat], shift) for shift in each.shifts for done in shift.rounds if seat in done]
            for each in self._observed.sets
        ]

    def overhead_ns(self, seat: str) -> float:
        """Cost of loop and empty call, nanoseconds a call: median over shifts."""
        costs = [shift.overhead_ns[seat] for shift in self._shifts if seat in shift.overhead_ns]
        return float(np.median(costs)) if costs else 0.0

    def cpu_share(self, seat: str) -> float:
        """CPU time over wall time, of the blocks during which no other process had the core; of all, where none was so.

        With the others a computing variant beside a busy neighbour would pass for one that waits.
        """
        blocks = self.blocks(seat)
        blocks = [block for block in blocks if not block.preempted] or blocks
        wall = sum(block.wall_ns for block in blocks)
        return sum(block.cpu_ns for block in blocks) / wall if wall else 1.0

    def waits(self, names: Iterable[str]) -> bool:
        """Whether a case is judged as one that waits, by the share of CPU time in its variants' blocks so far."""
        return thresholds_for([self.cpu_share(name) for name in names if self.blocks(name)]) is WAITING

    def fault_of(self, name: str) -> Fault | None:
        """Why a variant that answered has no figure all the same."""
        median = self.median_ns(name)
        if median is None:
            return Fault(Status.BROKEN, "no block of it was finished")
        if median <= self.overhead_ns(name) * _LEAST_OF_ITS_OWN:
            return Fault(Status.BROKEN, "measured nothing of its own: a call costs no more than an empty one")
        return None

    def _pairs(self, seat: str, shift: Shift) -> list[tuple[Block, Block]]:
        """A seat's blocks of a shift with the baseline's of the same rounds.

        A preempted block holds another process's time. The kernel counts preemptions, so that such pairs are known
        without a look at their times; they are passed over where enough are clean. Where they are not (blocks longer
        than a time slice, a busy machine) all count: their noise widens the interval, and pairing keeps it fair.
        """
        base = self._baseline
        pairs = [(done[seat], done[base]) for done in shift.rounds if seat in done and base in done]
        clean = [pair for pair in pairs if not (pair[0].preempted or pair[1].preempted)]
        return clean if len(clean) >= max(LEAST_ROUNDS, _CLEAN_SHARE * len(pairs)) else pairs

    def _log_series(self, seat: str, shift: Shift, time_of: Callable[[Block], int]) -> list[float]:
        base = self._baseline
        own_calls, base_calls = self.calls(seat), self.calls(base)
        own_cost, base_cost = (shift.overhead_ns.get(each, 0.0) for each in (seat, base))
        scale = self.units(base) / self.units(seat)
        logs = []
        pairs = self._pairs(seat, shift)
        for own_block, base_block in _calm(pairs) if time_of is _by_slice else pairs:
            own_ns = time_of(own_block) / own_calls - own_cost
            base_ns = time_of(base_block) / base_calls - base_cost
            if own_ns > 0 and base_ns > 0:
                logs.append(math.log(own_ns / base_ns * scale))
        return logs

    def log_series(self, seat: str) -> list[list[float]]:
        """Log of the time of an operation over the baseline's in the same round, by the median slices, by shift."""
        return [self._log_series(seat, shift, _by_slice) for shift in self._shifts]

    def median_ns(self, seat: str) -> float | None:
        """Median time of a call over all blocks, nanoseconds; None where there is none."""
        times = [time for of_set in self.times_ns(seat) for time in of_set]
        return float(np.median(times)) if times else None

    def log_ratios(self, seat: str) -> dict[int, float]:
        """One estimate per set, by the set's number: the median over its shifts of the median of their block ratios.

        Blocks are compared by their median slices, or as wholes where `has_rare_costs`. A shift with too few rounds
        says nothing.
        """
        of_slices, of_wholes = self._both(seat)
        return of_wholes if _part(of_slices, of_wholes) else of_slices

    def has_rare_costs(self, seat: str) -> bool:
        """Whether the ratio by whole blocks is surely another than by their median slices.

        It is where a variant has slow calls, too few to reach the median slice: an eviction, a buffer that is written
        out. A disturbance from outside meets both variants alike, and does not show here.
        """
        return _part(*self._both(seat))

    def _both(self, seat: str) -> tuple[dict[int, float], dict[int, float]]:
        """Estimates by median slices, and by whole blocks."""
        known = self._estimates.setdefault(seat, [])
        for of_set in self._observed.sets[len(known) :]:
            known.append(tuple(self._estimate(seat, of_set, time_of) for time_of in (_by_slice, _by_whole)))
        return tuple(  # type: ignore[return-value]
            {number: estimates[way] for number, estimates in enumerate(known) if estimates[way] is not None}
            for way in range(2)
        )

    def _estimate(self, seat: str, of_set: SetObservation, time_of: Callable[[Block], int]) -> float | None:
        series = [self._log_series(seat, shift, time_of) for shift in of_set.shifts]
        medians = [median(logs) for logs in series if len(logs) >= LEAST_ROUNDS]
        return median(medians) if medians else None

    def contrasts(self) -> dict[str, Sets]:
        """Every variant's log ratio to the baseline over sets, where two sets or more have one."""
        found = {name: sets_of(self.log_ratios(name)) for name in self._observed.calls if name != self._baseline}
        return {name: sets for name, sets in found.items() if sets is not None and name not in self._observed.faults}


def _by_slice(block: Block) -> int:
    return block.undisturbed_ns


def _by_whole(block: Block) -> int:
    return block.wall_ns


def _calm(pairs: Sequence[tuple[Block, Block]]) -> Sequence[tuple[Block, Block]]:
    """The pairs in which neither block is far above the lower quartile of its own side; all, where few are so.

    Beside a busy neighbour, code that waits runs for milliseconds at a time at half its speed: a pair that straddles
    such a change says more about the neighbour than about the variants. Each side is held to itself, so that
    identical variants lose the same.
    """
    calm = list(pairs)
    for side in range(2):
        times = sorted(pair[side].undisturbed_ns for pair in pairs)
        most = times[len(times) // 4] * _CALM_WITHIN if times else 0
        calm = [pair for pair in calm if pair[side].undisturbed_ns <= most]
    return calm if len(calm) >= max(LEAST_ROUNDS, _CALM_SHARE * len(pairs)) else pairs


def _part(of_slices: Mapping[int, float], of_wholes: Mapping[int, float]) -> bool:
    """Whether two ways of estimating the same ratio surely, and notably, differ."""
    apart = sets_of({number: of_wholes[number] - of_slices[number] for number in of_slices.keys() & of_wholes.keys()})
    if apart is None or abs(apart.mean) < _RARE_COSTS_MATTER:
        return False
    held = apart.anytime(deciding_confidence(1))
    return held is not None and held.excludes_one()


def sets_of(log_ratios: Mapping[int, float]) -> Sets | None:
    """Mean and spread over sets, or None below two."""
    return Sets.of(list(log_ratios.values())) if len(log_ratios) >= 2 else None
