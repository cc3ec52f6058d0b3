"""How much is measured: sets of workers, rounds in a set, and a cap on the time of a case.

The number of sets is fixed from what the first set cost, never from what it found: a run that stopped when it liked its
figures would call identical code different far more often than its confidence says.
"""

from __future__ import annotations

from dataclasses import dataclass

from patternbench.errors import SelectionError

BLOCK_NS = 1_500_000
"""Length that a block is calibrated to: long against the clock's grain and a wake-up, short against the drift of a
machine (a round of two variants then lasts 3 ms)."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a case may be measured.

    Attributes:
        name: as the command line takes it.
        rounds: blocks of each variant in a set; fewer where calls are slow.
        least_rounds: below this a set's median says too little.
        sets: fresh sets of workers, where time allows.
        least_sets: the interval is over sets; with fewer than this it is too wide to be of use.
        cap_s: seconds that a case should stay below; it takes longer only for the least sets and rounds.
    """

    name: str
    rounds: int
    least_rounds: int
    sets: int
    least_sets: int
    cap_s: float

    def rounds_for(self, round_s: float, start_s: float) -> int:
        """Rounds in each set when one round takes `round_s` and a set takes `start_s` to get ready, seconds."""
        affordable = (self.cap_s / self.least_sets - start_s) / max(round_s, 1e-9)
        return int(max(self.least_rounds, min(self.rounds, affordable)))

    def sets_for(self, set_s: float) -> int:
        """Sets in all when each takes `set_s` seconds."""
        return int(max(self.least_sets, min(self.sets, self.cap_s / max(set_s, 1e-9))))


BUDGETS = {
    budget.name: budget
    for budget in (
        Budget("quick", rounds=30, least_rounds=5, sets=8, least_sets=5, cap_s=8.5),
        Budget("standard", rounds=50, least_rounds=7, sets=16, least_sets=7, cap_s=45.0),
        Budget("rigorous", rounds=60, least_rounds=10, sets=40, least_sets=12, cap_s=180.0),
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
