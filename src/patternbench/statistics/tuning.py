"""A detector's threshold, set where it was not judged.

Tools come with thresholds that suit somebody else's machine. What a tool could do with the right one is asked here: the
threshold on its own estimate is set on one random half of its decisions on identical code, the other half and what was
planted there are judged by it, then the halves change places. Every decision is judged once, by a threshold that it had
no part in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from patternbench.statistics.detector import Decision
from patternbench.verdict import Verdict

WANTED_RATE = 0.01
"""Share of identical code that a tuned threshold may call different."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a detector estimated of one pair.

    Attributes:
        planted: as in `Decision`.
        log_ratio: natural logarithm of the candidate over the base.
        seconds: as in `Decision`.
    """

    planted: float
    log_ratio: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """A detector with tuned thresholds.

    Attributes:
        decisions: one for each estimate, in their order.
        thresholds: on the absolute log ratio, one from each half.
        resolution: the smallest rate of false alarms, above none, that the smaller half can show; where it is above
            the wanted rate, the threshold is the largest error seen, and the real rate is not known to be as low.
    """

    decisions: tuple[Decision, ...]
    thresholds: tuple[float, float]
    resolution: float


def tuned(estimates: Sequence[Estimate], draws: np.random.Generator, rate: float = WANTED_RATE) -> Tuned | None:
    """Judge every estimate by a threshold from the other half; None where a half has no identical code.

    Args:
        draws: decides which half an estimate belongs to, evenly within each planted size.
        rate: of false alarms that the threshold allows in the half that it is set on.
    """
    second = np.zeros(len(estimates), dtype=bool)
    for planted in sorted({each.planted for each in estimates}):
        places = [at for at, each in enumerate(estimates) if each.planted == planted]
        second[draws.permutation(places)[: len(places) // 2]] = True
    errors = [
        [abs(each.log_ratio) for each, late in zip(estimates, second, strict=True) if late == half and not each.planted]
        for half in (False, True)
    ]
    if not all(errors):
        return None
    first_half, second_half = (threshold(half, rate) for half in errors)
    return Tuned(
        decisions=tuple(
            _judged(each, first_half if late else second_half) for each, late in zip(estimates, second, strict=True)
        ),
        thresholds=(first_half, second_half),
        resolution=1 / min(map(len, errors)),
    )


def threshold(errors: Sequence[float], rate: float = WANTED_RATE) -> float:
    """The smallest of the errors that no more than the share `rate` of them exceed.

    Args:
        errors: absolute log ratios of identical code, at least one.
    """
    allowed = math.floor(rate * len(errors))
    return sorted(errors, reverse=True)[allowed]


def _judged(estimate: Estimate, limit: float) -> Decision:
    verdict = Verdict.UNDECIDED
    if abs(estimate.log_ratio) > limit:
        verdict = Verdict.SLOWER if estimate.log_ratio > 0 else Verdict.FASTER
    return Decision(estimate.planted, verdict, estimate.seconds)
