"""When a case has been measured enough: its intervals are as narrow as asked for, or its differences beyond doubt.

The first rule looks at widths only. The second also looks at the ratios, which is why a verdict follows the e-value and
its confidence sequence: these may be looked at after every set. What readers see is Student's 95 % interval at the set
where the run stopped; simulated over effects from 0 to 30 % and spreads from 0.3 to 3 % a set it covers the truth in 92
to 96 % of runs, if six sets at least are measured (tests/statistics/test_stopping.py holds that).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from patternbench.statistics.decision import SHOWN_CONFIDENCE, deciding_confidence
from patternbench.statistics.interval import Sets

_SHARE_OF_DIFFERENCE = 0.2
_COARSEST = 0.05


def enough(contrasts: Mapping[str, Sets], precision: float) -> bool:
    """Whether every variant's ratio is known well enough.

    Args:
        contrasts: each variant's log ratio to the baseline over the sets so far.
        precision: wanted half-width of the shown interval, as a share. A difference that is decided needs no more than
            a fifth of itself, and 5 % at most: that something takes five times as long is not asked to a thousandth.
    """
    confidence = deciding_confidence(len(contrasts))
    return bool(contrasts) and all(_known(sets, precision, confidence) for sets in contrasts.values())


def reached(contrasts: Mapping[str, Sets]) -> float | None:
    """Half-width of the widest shown interval, as a share; None before two sets."""
    widths = [math.expm1(sets.half_width(SHOWN_CONFIDENCE)) for sets in contrasts.values()]
    return max(widths, default=None)


def _known(sets: Sets, precision: float, confidence: float) -> bool:
    half = sets.half_width(SHOWN_CONFIDENCE)
    if math.expm1(half) <= precision:
        return True
    if half > min(_COARSEST, abs(sets.mean) * _SHARE_OF_DIFFERENCE):
        return False
    decided = sets.anytime(confidence)
    return decided is not None and decided.excludes_one()
