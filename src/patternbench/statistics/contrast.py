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

    The interval of the change adds the two variances on the logarithmic scale; premise: the sessions are independent.
    The family's error is shared out among all moves (Bonferroni).
    """
    pairs = list(_pairs(before, after))
    confidence = deciding_confidence(len(pairs))
    return [_move(*pair, confidence) for pair in pairs]


def _pairs(
    before: Session, after: Session
) -> Iterator[tuple[ComparisonResult, CaseResult, str, tuple[Ratio, Ratio], tuple[Ratio, Ratio]]]:
    earlier = {
        (each.id, each.baseline, tuple(case.params.items()), variant.name): (variant.ratio, variant.adjusted)
        for each in before.comparisons
        for case in each.cases
        for variant in case.variants
    }
    for each in after.comparisons:
        for case in each.cases:
            for variant in case.variants:
                old = earlier.get((each.id, each.baseline, tuple(case.params.items()), variant.name))
                if variant.verdict is Verdict.BASELINE or old is None:
                    continue
                old_ratio, old_adjusted = old
                if old_ratio and old_adjusted and variant.ratio and variant.adjusted:
                    yield (
                        each,
                        case,
                        variant.name,
                        (old_ratio, old_adjusted),
                        (variant.ratio, variant.adjusted),
                    )


def _move(
    comparison: ComparisonResult,
    case: CaseResult,
    variant: str,
    old: tuple[Ratio, Ratio],
    new: tuple[Ratio, Ratio],
    confidence: float,
) -> Move:
    shown = _quotient(new[0], old[0], SHOWN_CONFIDENCE)
    adjusted = _quotient(new[1], old[1], confidence)
    thresholds = COMPUTING if (case.band or 0) <= COMPUTING.band else WAITING
    return Move(comparison.id, case.params, variant, old[0], new[0], shown, decided(shown, adjusted, thresholds))


def _quotient(new: Ratio, old: Ratio, confidence: float) -> Ratio:
    centre = math.log(new.point) - math.log(old.point)
    half = math.hypot(new.half_width, old.half_width)
    return Ratio(math.exp(centre), math.exp(centre - half), math.exp(centre + half), confidence)
