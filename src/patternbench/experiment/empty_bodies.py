"""What the harness itself costs, in the session at hand: bodies that do nothing, measured as variants are.

A suite like any other, but for the proofs, which would refuse it, and rightly. After the cost of loop and empty call is
taken off, nothing may be left; what is left is the harness's own error on a single call.
"""

from __future__ import annotations

from pathlib import Path

from patternbench.experiment.budget import Budget
from patternbench.experiment.empty_suite import EmptyBodies
from patternbench.experiment.measurement import Measurement, Task, Unrecorded
from patternbench.session import Overhead
from patternbench.statistics.reading import Reading

_SUITE = Path(__file__).with_name("empty_suite.py")
_BUDGET = Budget("empty", precision=0.0, cap_s=1.0, rounds=24, shifts=3, least_rounds=8, least_sets=1, sets=1)


def measured_overhead(seed: int) -> Overhead:
    """Measure both bodies in one set of workers, about half a second.

    Raises:
        WorkerError: the process could not be started.
    """
    names = ("plain", "awaited")
    task = Task(_SUITE, "harness/EmptyBodies", EmptyBodies.__name__, 0, names[0], names, proven=True)
    reading = Reading(Measurement(task, _BUDGET, Unrecorded(), seed=seed, addresses={}).run(), names[0])
    plain, awaited = ((reading.overhead_ns(name), reading.median_ns(name) or 0.0) for name in names)
    return Overhead(*plain, *awaited)
