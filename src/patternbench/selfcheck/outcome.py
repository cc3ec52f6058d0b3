"""What came of a trial, and of all of them: the records that are stored, published and shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from patternbench.estimate import Ratio
from patternbench.selfcheck.neighbours import CONDITIONS
from patternbench.selfcheck.plan import Scope, Trial
from patternbench.selfcheck.units import KINDS, UNITS
from patternbench.selfcheck.verification import Verification
from patternbench.session import CaseResult, Environment
from patternbench.statistics.detector import Decision, Figures, figures
from patternbench.verdict import Verdict

SCHEMA_VERSION = 1
CANDIDATE = "planted"
_DECIDED = frozenset({Verdict.SLOWER, Verdict.FASTER, Verdict.SAME, Verdict.UNDECIDED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial, decided.

    Attributes:
        at: when it began, UTC, ISO 8601 with a Z.
        verdict: on the planted variant.
        seconds: from the start of the measurement to the verdict, proofs and the start of processes included.
        ratio: with the 95 % interval that a reader is shown.
        adjusted: with the interval that the verdict was made from.
        noise_floor, band, sets, rounds: as in a session's case.
        reason: why nothing was decided, where nothing was.
    """

    trial: Trial
    at: str
    verdict: Verdict
    seconds: float
    ratio: Ratio | None = None
    adjusted: Ratio | None = None
    noise_floor: float | None = None
    band: float | None = None
    sets: int = 0
    rounds: int = 0
    reason: str | None = None

    @property
    def decision(self) -> Decision | None:
        """What the statistics want of it; None where nothing was decided."""
        if self.verdict not in _DECIDED:
            return None
        return Decision(self.trial.percent / 100, self.verdict, self.seconds, self.ratio, self.band)


@dataclass(frozen=True, slots=True)
class Finding:
    """Figures of merit over some of the trials.

    Attributes:
        kind: of the units; None takes all kinds together.
        unit: None takes all units together.
        condition: None takes all conditions together.
        cap_s: seconds that each decision might take.
    """

    kind: str | None
    unit: str | None
    condition: str | None
    cap_s: float
    figures: Figures


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The whole document of a self-check.

    Attributes:
        started, finished: UTC, ISO 8601 with a Z.
        version: of patternbench.
        planned: trials that there were to be; fewer outcomes mean that it was cut short.
        verification: whether what was planted is what the units did.
    """

    id: str
    started: str
    finished: str
    version: str
    seed: int
    scope: Scope
    environment: Environment
    planned: int
    verification: Verification
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    schema_version: int = SCHEMA_VERSION

    @property
    def complete(self) -> bool:
        """Whether every trial was made."""
        return len(self.outcomes) == self.planned

    def finding(
        self, *, cap_s: float, kind: str | None = None, unit: str | None = None, condition: str | None = None
    ) -> Figures | None:
        """The figures over that part of the trials; None where none was decided."""
        for each in self.findings:
            if (each.kind, each.unit, each.condition, each.cap_s) == (kind, unit, condition, cap_s):
                return each.figures
        return None


def outcome(trial: Trial, case: CaseResult, *, at: str, seconds: float) -> Outcome:
    """What the engine's result of a trial says about the planted variant."""
    (planted,) = (each for each in case.variants if each.name == CANDIDATE)
    return Outcome(
        trial=trial,
        at=at,
        verdict=planted.verdict,
        seconds=seconds,
        ratio=planted.ratio,
        adjusted=planted.adjusted,
        noise_floor=case.noise_floor,
        band=case.band,
        sets=case.sets,
        rounds=case.rounds,
        reason=planted.reason,
    )


def findings(outcomes: Sequence[Outcome], seed: int) -> tuple[Finding, ...]:
    """Figures over all parts that hold a decision: kinds by conditions, and each unit, for each cap on the time."""
    found: list[Finding] = []
    for cap_s in sorted({each.trial.cap_s for each in outcomes}):
        parts = [(kind, None, condition) for kind in (None, *KINDS) for condition in (None, *CONDITIONS)]
        parts_by_unit = [(UNITS[unit].kind, unit, None) for unit in UNITS]
        for kind, unit, condition in (*parts, *parts_by_unit):
            decisions = [
                each.decision
                for each in outcomes
                if each.trial.cap_s == cap_s
                and kind in (None, UNITS[each.trial.unit].kind)
                and unit in (None, each.trial.unit)
                and condition in (None, each.trial.condition)
            ]
            decided = _decided(decisions)
            if decided:
                # A generator for each part: what one part draws must not depend on which others there are.
                found.append(Finding(kind, unit, condition, cap_s, figures(decided, np.random.default_rng(seed))))
    return tuple(found)


def _decided(decisions: Iterable[Decision | None]) -> list[Decision]:
    return [each for each in decisions if each is not None]
