"""The harness as it decides for a user: one comparison of two variants, budget and all."""

from __future__ import annotations

from dataclasses import replace

from patternbench.comparison import Declaration
from patternbench.experiment.budget import Budget, budget_named
from patternbench.experiment.catalogue import described
from patternbench.experiment.run import ComparisonRun, Observer
from patternbench.experiment.selection import Chosen
from patternbench.selfcheck.plan import ENGINE_BUDGETS, Trial
from patternbench.selfcheck.units import FILE, UNITS
from patternbench.session import CaseResult


class Engine:
    """Decides trials; the units are read once, and everything else is done anew for each.

    Raises:
        DeclarationError: the units cannot be measured here.
    """

    def __init__(self, observer: Observer | None = None) -> None:
        self._declared: dict[str, Declaration] = {each.name: each for each in described([FILE])}
        self._observer = observer

    def __call__(self, trial: Trial) -> CaseResult:
        """Measure until there is a verdict.

        Raises:
            WorkerError: a process could not be started.
        """
        declared = self._declared[UNITS[trial.unit].comparison]
        (case,) = (each for each in declared.cases if each.params["percent"] == trial.percent)
        variants = tuple(each.name for each in declared.variants)
        run = ComparisonRun(
            Chosen(declared, (case,), variants, len(declared.cases) - 1),
            budget(trial),
            seed=trial.seed,
            observer=self._observer,
            meters=(),
        )
        run.measure()
        (result,) = run.result().cases
        return result


def budget(trial: Trial) -> Budget:
    """The engine's budget of a trial, held to the trial's time."""
    named = budget_named(ENGINE_BUDGETS[trial.cap_s])
    return replace(named, cap_s=min(named.cap_s, trial.cap_s))
