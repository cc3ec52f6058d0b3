"""Two sessions held against each other: did a variant's ratio to its baseline move?

Only ratios are compared, never times: each was measured in one job with its variants interleaved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from patternbench.estimate import Ratio
from patternbench.session import CaseResult, ComparisonResult, Label, Session
from patternbench.statistics.combination import Combination, behind
from patternbench.statistics.decision import SHOWN_CONFIDENCE, thresholds_of
from patternbench.statistics.interval import Sets
from patternbench.statistics.multiplicity import FALSE_DISCOVERY_RATE, q_values
from patternbench.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Move:
    """How one variant's ratio changed between two sessions.

    Attributes:
        before, after: its ratio to the baseline in each.
        change: after over before, with the interval shown to readers; above 1 it became slower against its baseline.
        p: two-sided p-value of "no change", by itself.
        q: the same adjusted for all moves of the two sessions; the verdict follows it.
        verdict: on the change.
    """

    comparison: str
    params: dict[str, Label]
    variant: str
    before: Ratio
    after: Ratio
    change: Ratio
    p: float
    q: float
    verdict: Verdict


def moves(before: Session, after: Session) -> list[Move]:
    """Every variant that both sessions measured against the same baseline in the same case.

    Each session's standard error is taken back from its interval and its number of sets; the change has both. Premise:
    the sessions are independent. Among the moves that are called slower or faster the expected share of false ones is
    5 % at most, see `multiplicity`.
    """
    found = [(pair, Combination.of(((1.0, pair[4].sets), (-1.0, pair[3].sets)))) for pair in _pairs(before, after)]
    adjusted = q_values([quotient.p for _, quotient in found])
    return [_move(pair, quotient, q) for (pair, quotient), q in zip(found, adjusted, strict=True)]


@dataclass(frozen=True, slots=True)
class _Side:
    """A variant's ratio in one session, and how many sets it is from."""

    ratio: Ratio
    count: int

    @property
    def sets(self) -> Sets:
        return behind(self.ratio, max(2, self.count))


_Pair = tuple[ComparisonResult, CaseResult, str, _Side, _Side]


def _pairs(before: Session, after: Session) -> Iterator[_Pair]:
    earlier = {
        (each.id, each.baseline, tuple(case.params.items()), variant.name): _Side(variant.ratio, case.sets)
        for each in before.comparisons
        for case in each.cases
        for variant in case.variants
        if variant.ratio is not None
    }
    for each in after.comparisons:
        for case in each.cases:
            for variant in case.variants:
                old = earlier.get((each.id, each.baseline, tuple(case.params.items()), variant.name))
                if old is not None and variant.ratio is not None and variant.verdict is not Verdict.BASELINE:
                    yield each, case, variant.name, old, _Side(variant.ratio, case.sets)


def _move(pair: _Pair, quotient: Combination, q: float) -> Move:
    comparison, case, variant, old, new = pair
    change = quotient.ratio(SHOWN_CONFIDENCE)
    thresholds = thresholds_of(case.band)
    verdict = Verdict.SAME if change.inside(thresholds.band) else Verdict.UNDECIDED
    if q <= FALSE_DISCOVERY_RATE and thresholds.matters(change.point):
        verdict = Verdict.FASTER if change.point < 1 else Verdict.SLOWER
    return Move(comparison.id, case.params, variant, old.ratio, new.ratio, change, quotient.p, q, verdict)
