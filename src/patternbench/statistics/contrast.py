"""Two sessions held against each other: did a variant's ratio to its baseline move?

Only ratios are compared, never times: each was measured in one job with its variants interleaved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from patternbench.estimate import Ratio
from patternbench.session import CaseResult, ComparisonResult, Label, Session
from patternbench.statistics.decision import COMPUTING, SHOWN_CONFIDENCE, WAITING, decided, deciding_confidence
from patternbench.statistics.interval import t_quantile
from patternbench.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Move:
    """How one variant's ratio changed between two sessions.

    Attributes:
        before, after: its ratio to the baseline in each.
        change: after over before, with the interval shown to readers; above 1 it became slower against its baseline.
        verdict: on the change.
    """

    comparison: str
    params: dict[str, Label]
    variant: str
    before: Ratio
    after: Ratio
    change: Ratio
    verdict: Verdict


def moves(before: Session, after: Session) -> list[Move]:
    """Every variant that both sessions measured against the same baseline in the same case.

    Each session's standard error is taken back from its interval and its number of sets; the change has both (Welch
    1947, doi:10.1093/biomet/34.1-2.28). Premise: the sessions are independent. The family's error is shared out among
    all moves (Bonferroni).
    """
    pairs = list(_pairs(before, after))
    confidence = deciding_confidence(len(pairs))
    return [_move(*pair, confidence) for pair in pairs]


@dataclass(frozen=True, slots=True)
class _Side:
    """A variant's ratio in one session, and how many sets it is from."""

    ratio: Ratio
    sets: int

    @property
    def degrees(self) -> int:
        return max(1, self.sets - 1)

    @property
    def variance(self) -> float:
        """Of the mean of the sets' log ratios."""
        return (self.ratio.half_width / t_quantile((1 + self.ratio.confidence) / 2, self.degrees)) ** 2


def _pairs(before: Session, after: Session) -> Iterator[tuple[ComparisonResult, CaseResult, str, _Side, _Side]]:
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


def _move(
    comparison: ComparisonResult, case: CaseResult, variant: str, old: _Side, new: _Side, confidence: float
) -> Move:
    shown, adjusted = _quotient(new, old, SHOWN_CONFIDENCE), _quotient(new, old, confidence)
    thresholds = COMPUTING if (case.band or 0) <= COMPUTING.band else WAITING
    verdict = decided(shown, adjusted, thresholds)
    return Move(comparison.id, case.params, variant, old.ratio, new.ratio, shown, verdict)


def _quotient(new: _Side, old: _Side, confidence: float) -> Ratio:
    centre = math.log(new.ratio.point) - math.log(old.ratio.point)
    both = new.variance + old.variance
    half = 0.0
    if both > 0:
        degrees = both**2 / (new.variance**2 / new.degrees + old.variance**2 / old.degrees)
        half = t_quantile((1 + confidence) / 2, degrees) * math.sqrt(both)
    return Ratio(math.exp(centre), math.exp(centre - half), math.exp(centre + half), confidence)
