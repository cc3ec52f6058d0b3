"""Confidence intervals of a mean of independent estimates: one per set of workers, never one per block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtrinc, stdtrit

from patternbench.estimate import Evidence, Ratio
from patternbench.statistics.e_process import critical_t, log_e


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

    def anytime(self, confidence: float) -> Ratio | None:
        """The mean as a ratio with its confidence sequence: it holds at every look, so a run may stop when it likes.

        None where so few sets cannot bound the ratio with that confidence at all.
        """
        half = critical_t(self.count, 1 - confidence)
        if math.isinf(half):
            return None
        half *= self.error
        return Ratio(math.exp(self.mean), math.exp(self.mean - half), math.exp(self.mean + half), confidence)

    def evidence(self, contrasts: int) -> Evidence:
        """Against "no difference", by itself and as one of that many contrasts of a table (Bonferroni)."""
        logarithm = log_e(self._t, self.count)
        p = math.exp(-max(0.0, logarithm))
        return Evidence(log10_e=logarithm / math.log(10), p=p, p_adjusted=min(1.0, p * max(1, contrasts)))

    def detectable(self, confidence: float, power: float = 0.9) -> float:
        """Smallest difference, as a share, for which a confidence sequence of so many sets would leave one out.

        In the share `power` of repetitions: the shift at which Student's noncentral t passes the critical t so often,
        times the standard error. Infinite where so few sets can decide nothing.
        """
        critical = critical_t(self.count, 1 - confidence)
        if math.isinf(critical):
            return math.inf
        reach = nctdtrinc(self.count - 1, 1 - power, critical)
        return math.expm1(float(reach) * self.error)

    @property
    def _t(self) -> float:
        if self.error > 0:
            return self.mean / self.error
        return math.inf if self.mean else 0.0


def t_quantile(probability: float, degrees: float) -> float:
    """Quantile of Student's t distribution."""
    return float(stdtrit(degrees, probability))
