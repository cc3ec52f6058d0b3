"""A test that may be looked at after every set: a t-test as a mixture over effects, and its confidence sequence.

The e-value is how much likelier the readings are under "the true log ratio is some multiple of its spread, drawn from
N(0, g)" than under "it is zero", both with unknown spread. Under the second it exceeds `1 / alpha` at any time with
probability `alpha` at most (Ville's inequality), so a run may stop when it likes. With n readings, mean m, standard
deviation s (n - 1 degrees) and t = m / (s / sqrt(n)):

    log e = -log(1 + n g) / 2 + n / 2 * log((1 + t² / (n - 1)) / (1 + t² / ((1 + n g) (n - 1))))

Source: the Bayes factor with the right Haar prior on the spread (Rouder et al. 2009, doi:10.3758/PBR.16.2.225, equation
1 with a normal prior), valid at any stopping time (Wang and Ramdas 2025, arXiv:2310.03722). Premise: estimates are
independent and roughly normal.
"""

from __future__ import annotations

import math

PRIOR = 20.0
"""Variance g of the effect over the spread of a set. The root, 4.5, is a difference of two to ten per cent where sets
spread by one; a smaller g can decide nothing from five sets in a wide table, a larger one costs power in long runs."""


def log_e(t: float, count: int, prior: float = PRIOR) -> float:
    """Natural logarithm of the e-value.

    Args:
        t: mean over its standard error; may be infinite.
        count: readings, at least two.
    """
    spread = 1 + count * prior
    if math.isinf(t):
        return (count - 1) / 2 * math.log(spread)
    u = t * t / (count - 1)
    return count / 2 * (math.log1p(u) - math.log1p(u / spread)) - math.log(spread) / 2


def critical_t(count: int, alpha: float, prior: float = PRIOR) -> float:
    """The t at which the e-value is `1 / alpha`; infinite where so few readings can never show so much.

    Half the width of the confidence sequence is this times the standard error.
    """
    spread = 1 + count * prior
    exponent = 2 / count * (math.log(1 / alpha) + math.log(spread) / 2)
    if exponent >= math.log(spread):
        return math.inf
    grown = math.exp(exponent)
    return math.sqrt((count - 1) * (grown - 1) / (1 - grown / spread))
