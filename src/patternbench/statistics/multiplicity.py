"""Alarms over a whole suite: of those raised, how many may be false."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import false_discovery_control

FALSE_DISCOVERY_RATE = 0.05
"""Expected share of false alarms among the alarms of one comparison of sessions."""


def q_values(p_values: Sequence[float]) -> list[float]:
    """Each p-value adjusted for the others, in the order given: an alarm at q <= 5 % keeps that share of false ones.

    Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x. Premise: the tests are independent or
    positively dependent, as ratios to one baseline are.
    """
    return [float(q) for q in false_discovery_control(p_values, method="bh")] if p_values else []
