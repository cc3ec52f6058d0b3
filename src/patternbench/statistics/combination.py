"""Sums of independent estimates with weights: differences, means over cells, slopes, and their intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.special import stdtr

from patternbench.estimate import Ratio
from patternbench.statistics.interval import Sets, t_quantile


@dataclass(frozen=True, slots=True)
class Combination:
    """A weighted sum of means over independent groups of sets, on the logarithmic scale.

    Attributes:
        mean: the sum.
        error: its standard error.
        degrees: of freedom of that error, after Welch (1947, doi:10.1093/biomet/34.1-2.28) and Satterthwaite (1946,
            doi:10.2307/3002019): groups may differ in spread and in number of sets.
    """

    mean: float
    error: float
    degrees: float

    @classmethod
    def of(cls, parts: Iterable[tuple[float, Sets]]) -> Combination:
        """From pairs of a weight and the group that it multiplies.

        Premise: no set is in two groups.
        """
        known = list(parts)
        variances = [((weight * sets.error) ** 2, sets.count - 1) for weight, sets in known]
        total = sum(variance for variance, _ in variances)
        spread = sum(variance**2 / degrees for variance, degrees in variances)
        return cls(
            mean=sum(weight * sets.mean for weight, sets in known),
            error=math.sqrt(total),
            degrees=total**2 / spread if spread > 0 else math.inf,
        )

    @property
    def p(self) -> float:
        """Two-sided p-value of a sum of zero."""
        if self.error == 0:
            return float(self.mean == 0)
        return 2 * float(stdtr(self.degrees, -abs(self.mean) / self.error))

    def half_width(self, confidence: float) -> float:
        """Half the width of the two-sided t interval, on the logarithmic scale."""
        return t_quantile((1 + confidence) / 2, self.degrees) * self.error

    def ratio(self, confidence: float) -> Ratio:
        """The sum as a ratio with its interval."""
        half = self.half_width(confidence)
        return Ratio(math.exp(self.mean), math.exp(self.mean - half), math.exp(self.mean + half), confidence)


def behind(ratio: Ratio, count: int) -> Sets:
    """The mean and error over `count` sets, at least two, that a ratio's t interval was made from."""
    error = ratio.half_width / t_quantile((1 + ratio.confidence) / 2, count - 1)
    return Sets(math.log(ratio.point), error, count)
