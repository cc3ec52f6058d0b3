"""How much is measured: until a precision is reached, and at most for a time.

Sets are added until every ratio is known well enough (`patternbench.statistics.stopping`) or the next set would not fit
into the time. The verdict's test may be looked at after every set, so that stopping early costs no honesty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from patternbench.errors import SelectionError

BLOCK_NS = 1_500_000
"""Length that a block is calibrated to: long against the clock's grain and a wake-up, short against the drift of a
machine (a round of two variants then lasts 3 ms)."""

SLICE_NS = 50_000
"""Length of the slices of a block. What disturbs a core on a shared machine often lasts less than a millisecond and
makes it 1.5 times as slow: few whole blocks escape it, most slices of this length do. Measured on identical code, the
median of 12 blocks' ratios spread by 0.4 to 1.5 %, that of their median slices by 0.02 to 0.5 %."""


_LEAST_OF_A_SHIFT = 8
"""Rounds that a shift should have, and it should not take longer to get ready than to measure."""

_LEAST_SHARE = 0.8
"""Share of the cap that the least sets take at most: where they do not say enough, there is time left for another."""

_START_S = 2.0
"""What a verdict costs besides its case: starting, reading the suite, measuring what the harness itself costs."""


@dataclass(frozen=True, slots=True)
class SetPlan:
    """How a set is made up: shifts, and rounds in each."""

    shifts: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Budget:
    """How precisely a case is measured, and how long at most.

    Attributes:
        name: as the command line takes it.
        precision: half-width of each ratio's 95 % interval that is aimed at, as a share.
        cap_s: seconds that a case should stay below, its proofs included; it takes longer only for the least sets and
            rounds.
        rounds: blocks of each variant in a set; fewer where calls are slow.
        shifts: fresh workers of each variant in a set, which share its rounds; fewer where they take long to set up.
        least_rounds: below this a shift's median says too little.
        least_sets: with fewer the interval that a reader sees would cover the truth too seldom.
        sets: no more than these, however quick they are.
    """

    name: str
    precision: float
    cap_s: float
    rounds: int
    shifts: int
    least_rounds: int
    least_sets: int
    sets: int

    def plan(self, round_s: float, ready_s: float, host_s: float, *, waiting: bool = False) -> SetPlan:
        """How a case's sets are made up, from what its first one cost.

        Args:
            round_s: one round, seconds.
            ready_s: getting a shift's workers ready.
            host_s: starting the host that forks them.
            waiting: the variants wait more than they compute. What disturbs them is how they are woken, not which
                memory they got: one long shift then tells more than several short ones.
        """
        affordable = _LEAST_SHARE * self.cap_s / self.least_sets - host_s
        rounds = self._rounds_in(affordable - ready_s, round_s)
        worth_a_shift = max(_LEAST_OF_A_SHIFT, ready_s / max(round_s, 1e-9))
        shifts = 1 if waiting else int(max(1, min(self.shifts, rounds / worth_a_shift)))
        return SetPlan(
            shifts, max(self.least_rounds, self._rounds_in(affordable - shifts * ready_s, round_s) // shifts)
        )

    def _rounds_in(self, seconds: float, round_s: float) -> int:
        return int(max(self.least_rounds, min(self.rounds, seconds / max(round_s, 1e-9))))

    def sets_within(self, left_s: float, set_s: float, done: int) -> int:
        """Most sets in all, when `done` are done, one takes `set_s` and `left_s` of the time is left, seconds."""
        return int(max(self.least_sets, min(self.sets, done + max(0.0, left_s) // max(set_s, 1e-9))))


BUDGETS = {
    budget.name: budget
    for budget in (
        Budget("quick", precision=0.006, cap_s=8.0, rounds=40, shifts=5, least_rounds=5, least_sets=6, sets=60),
        Budget("standard", precision=0.003, cap_s=45.0, rounds=56, shifts=7, least_rounds=7, least_sets=8, sets=200),
        Budget("rigorous", precision=0.0015, cap_s=180.0, rounds=72, shifts=9, least_rounds=9, least_sets=12, sets=600),
    )
}


def budget_named(name: str) -> Budget:
    """The budget of that name.

    Raises:
        SelectionError: there is none.
    """
    try:
        return BUDGETS[name]
    except KeyError:
        raise SelectionError(f"there is no budget {name!r}", remedy=f"choose from {', '.join(BUDGETS)}") from None


def budget_for(name: str | None, seconds: float | None) -> Budget:
    """The budget that a name, or a number of seconds from start to verdict, asks for; the quick one without either.

    Raises:
        SelectionError: there is no budget of that name, or the seconds are none.
    """
    if seconds is None:
        return budget_named(name or "quick")
    if not 0 < seconds < math.inf:
        raise SelectionError(f"{seconds} is no number of seconds to spend", remedy="give about ten")
    cap_s = max(1.0, seconds - _START_S)
    # More sets and rounds than a small budget has are of use only where there is time for them.
    fitting = (each for each in BUDGETS.values() if each.cap_s >= cap_s)
    chosen = budget_named(name) if name else next(fitting, list(BUDGETS.values())[-1])
    return replace(chosen, cap_s=cap_s)


def budgets_in_words() -> str:
    """Each budget as its precision and cap, for help texts."""
    return ", ".join(
        f"{each.name} ±{100 * each.precision:.2g} % or {each.cap_s:g} s a case" for each in BUDGETS.values()
    )
