"""Runs a suite file the way a proof process does, in this process, and gives what it showed.

No clock is involved: each variant is called a few times in a fresh instance, its counters are held against its
promises and its results against the baseline's.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from patternbench.comparison import NotMeasured
from patternbench.experiment.proof import Proof, proved
from patternbench.experiment.suite_file import comparisons

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@dataclass(frozen=True, slots=True)
class Fact:
    """What one call of a variant showed in one case; `status` and `reason` as in `patternbench.experiment.proof`."""

    comparison: str
    params: Mapping[str, object]
    variant: str
    status: str
    reason: str | None
    counters: Mapping[str, int | float | str]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.comparison} {dict(self.params)} {self.variant}: {self.status} ({self.reason}) {self.notes}"


def suite_proofs(suite: str, *, every_case: bool = False, only: str | None = None) -> list[Fact]:
    """Prove the headline cases of `benchmarks/<suite>.py`, or every case, or those of one comparison."""
    facts = []
    for cls, declared in comparisons(BENCHMARKS / f"{suite}.py"):
        if only not in (None, declared.name):
            continue
        with ExitStack() as stack:
            try:
                addresses, missing = stack.enter_context(cls.backends()), None
            except NotMeasured as reason:
                addresses, missing = {}, str(reason)
            for case in declared.cases:
                if not (case.headline or every_case):
                    continue
                for variant in declared.variants:
                    if missing is None:
                        proof = proved(cls, declared, case, variant.name, addresses)
                    else:
                        proof = Proof("not measured", missing)
                    found = (proof.status, proof.reason, proof.counters, proof.notes)
                    facts.append(Fact(declared.name, case.labels, variant.name, *found))
    gc.collect()
    return facts
