"""The session's own check: the same code twice, over all its cases."""

from __future__ import annotations

import math
from collections.abc import Sequence

from patternbench.estimate import Ratio
from patternbench.session import CaseResult
from patternbench.statistics.decision import SHOWN_CONFIDENCE
from patternbench.statistics.interval import Sets


def self_check(cases: Sequence[CaseResult]) -> Ratio | None:
    """Geometric mean of the twins' ratios with its interval over cases, each case with the same weight.

    None where no case had a twin; a single case gives its own ratio and interval.
    """
    twins = [case.self_check for case in cases if case.self_check is not None]
    if not twins:
        return None
    if len(twins) == 1:
        return twins[0]
    return Sets.of([math.log(twin.point) for twin in twins]).ratio(SHOWN_CONFIDENCE)
