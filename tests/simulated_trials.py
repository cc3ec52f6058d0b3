"""A self-check without a clock: an engine that errs as much as it is told, and what a study of it finds."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from pathlib import Path
from statistics import NormalDist

from patternbench.estimate import Ratio
from patternbench.selfcheck.neighbours import CONDITIONS
from patternbench.selfcheck.outcome import SelfCheck, findings, outcome
from patternbench.selfcheck.plan import SCOPES, Scope, Trial, planned
from patternbench.selfcheck.units import ASYNCIO, CPU, IO, UNITS, true_ratio
from patternbench.selfcheck.verification import Verification, verified
from patternbench.session import CaseResult, Environment, Label, Machine, VariantResult
from patternbench.verdict import Status, Verdict

ERRORS = {CPU: 0.004, ASYNCIO: 0.008, IO: 0.015}
"""Standard error of a simulated decision's log ratio on an idle machine; each neighbour adds half as much."""

MACHINE = Machine("Imagined CPU", 2, "Linux x86_64", "6.1.0", "glibc 2.36", 8 * 2**30, "KVM")
ENVIRONMENT = Environment("3.11.7", "cpython", "PGO, LTO", {"numpy": "2.0.0"}, MACHINE, "0123456789abcdef")


class SimulatedEngine:
    """Decides at once, from a normal error of known size and an interval of known confidence.

    Args:
        errors: standard error of the log ratio by kind of unit.
        alarming: chance that identical code is called slower beside what the error does.
    """

    def __init__(self, errors: Mapping[str, float] = ERRORS, *, alarming: float = 0.0) -> None:
        self._errors = errors
        self._alarming = alarming
        self.decided: list[Trial] = []

    def __call__(self, trial: Trial) -> CaseResult:
        self.decided.append(trial)
        chance = random.Random(trial.seed)
        error = self._errors[UNITS[trial.unit].kind] * (1 + CONDITIONS[trial.condition] / 2)
        error *= math.sqrt(10 / trial.cap_s)
        point = math.log(true_ratio(trial.percent)) + chance.gauss(0, error)
        shown, sure = (NormalDist().inv_cdf(each) * error for each in (0.975, 0.995))
        ratio = Ratio(math.exp(point), math.exp(point - shown), math.exp(point + shown))
        adjusted = Ratio(math.exp(point), math.exp(point - sure), math.exp(point + sure), 0.99)
        band = 0.05 if UNITS[trial.unit].kind == IO else 0.02
        verdict = Verdict.UNDECIDED
        if adjusted.excludes_one():
            verdict = Verdict.SLOWER if point > 0 else Verdict.FASTER
        elif ratio.inside(band):
            verdict = Verdict.SAME
        if trial.percent == 0 and chance.random() < self._alarming:
            verdict = Verdict.SLOWER
        variants = (
            VariantResult("base", Status.OK, Verdict.BASELINE, ratio=Ratio(1, 1, 1)),
            VariantResult("planted", Status.OK, verdict, ratio=ratio, adjusted=adjusted),
        )
        params: dict[str, Label] = {"percent": trial.percent}
        return CaseResult(params, headline=False, status=Status.OK, variants=variants, band=band, sets=6, rounds=30)


def counted(unit: str, percent: int, variant: str) -> float:
    """Instructions of a call, as if every repetition cost a thousand and the call itself fifty."""
    return 50 + 1000 * UNITS[unit].repetitions(percent)[variant == "planted"]


def self_check(
    scope: Scope = SCOPES["full"], *, seed: int = 1, engine: SimulatedEngine | None = None, verify: bool = True
) -> SelfCheck:
    """What a whole study of a simulated engine finds."""
    decide = engine or SimulatedEngine()
    chance = random.Random(seed)
    outcomes = tuple(
        outcome(trial, decide(trial), at="2026-03-01T03:00:00Z", seconds=round(chance.uniform(2, 9), 3))
        for trial in planned(scope, seed)
    )
    return SelfCheck(
        id="20260301T030000Z-abc123",
        started="2026-03-01T03:00:00Z",
        finished="2026-03-01T04:20:00Z",
        version="0.1.0",
        seed=seed,
        scope=scope,
        environment=ENVIRONMENT,
        planned=len(outcomes),
        verification=verified(scope.units, scope.counted, counted) if verify else Verification(not_counted="no tool"),
        findings=findings(outcomes, seed),
        outcomes=outcomes,
    )


def stored_at(reports: Path) -> Path:
    """Where a reports folder keeps the document of `self_check`."""
    return reports / "selfcheck" / "20260301T030000Z-abc123" / "selfcheck.json"
