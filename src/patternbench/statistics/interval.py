"""Confidence intervals of a mean of independent estimates: one per set of workers, never one per block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtrinc, stdtrit

from patternbench.estimate import Ratio


@dataclass(frozen=True, slots=True)
class Sets:
    """Mean and spread of the estimates that independent sets gave, on the logarithmic scale.

    Attributes:
        mean: of the sets' log ratios.
        error: standard error of that mean.
        count: number of sets, at least two.
    """

    mean: float
    error: float
    count: int

    @classmethod
    def of(cls, estimates: Sequence[float]) -> Sets:
        """From one log ratio per set.

        Raises:
            ValueError: fewer than two sets, which have no spread.
        """
        count = len(estimates)
        if count < 2:
            raise ValueError(f"an interval over sets needs two of them, not {count}")
        values = np.asarray(estimates, dtype=float)
        return cls(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(count), count)

    def half_width(self, confidence: float) -> float:
        """Half the width of the two-sided t interval, on the logarithmic scale."""
        return t_quantile(1 - (1 - confidence) / 2, self.count - 1) * self.error

    def ratio(self, confidence: float) -> Ratio:
        """The mean as a ratio with its two-sided t interval.

        Premise: sets are independent and their log ratios roughly normal; each is itself a median over rounds.
        """
        half = self.half_width(confidence)
        return Ratio(math.exp(self.mean), math.exp(self.mean - half), math.exp(self.mean + half), confidence)

    def detectable(self, confidence: float, power: float = 0.9) -> float:
        """Smallest difference, as a share, that an interval of that confidence would leave one out for.

        In the share `power` of repetitions: the shift at which Student's noncentral t passes the interval's quantile so
        often, times the standard error. The sum of two quantiles would be 9 % short of it at five sets and 99 %.
        """
        degrees = self.count - 1
        reach = nctdtrinc(degrees, 1 - power, t_quantile(1 - (1 - confidence) / 2, degrees))
        return math.expm1(float(reach) * self.error)


def t_quantile(probability: float, degrees: float) -> float:
    """Quantile of Student's t distribution."""
    return float(stdtrit(degrees, probability))
