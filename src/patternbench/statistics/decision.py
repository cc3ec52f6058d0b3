"""From an interval to a word: when a difference is called one, when two variants are called the same, and who ties."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patternbench.estimate import Ratio
from patternbench.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as a difference that matters, and as none.

    Attributes:
        floor: a smaller estimate is never called a difference, however sure: unrelated edits move the layout of
            unchanged code by as much.
        band: the whole interval within it is called the same.
    """

    floor: float
    band: float

    def matters(self, ratio: float) -> bool:
        """Whether an estimate is above the floor, either way."""
        return abs(math.log(ratio)) >= math.log1p(self.floor)


COMPUTING = Thresholds(floor=0.005, band=0.02)
"""For variants that keep the processor busy."""

WAITING = Thresholds(floor=0.015, band=0.05)
"""For variants that spend a fifth or more of their time waiting: loopback I/O is about three times as noisy."""

BUSY_SHARE = 0.8

FAMILY_ERROR = 0.01
"""Chance that a comparison's table calls any identical variant faster or slower; shared out among its contrasts."""

SHOWN_CONFIDENCE = 0.95
"""Of the interval that a reader sees beside each ratio."""


def thresholds_for(cpu_shares: Sequence[float]) -> Thresholds:
    """Which thresholds hold for a case, from its variants' CPU time over wall time."""
    return COMPUTING if all(share >= BUSY_SHARE for share in cpu_shares) else WAITING


def thresholds_of(band: float | None) -> Thresholds:
    """Which thresholds a measured case was judged by, from the band that its result keeps."""
    return COMPUTING if (band or 0) <= COMPUTING.band else WAITING


def deciding_confidence(contrasts: int) -> float:
    """Confidence of each contrast's interval so that all together err with `FAMILY_ERROR` (Bonferroni)."""
    return 1 - FAMILY_ERROR / max(1, contrasts)


def decided(shown: Ratio, adjusted: Ratio | None, thresholds: Thresholds) -> Verdict:
    """The verdict on one contrast.

    Args:
        shown: ratio with the interval that readers see; equivalence is judged by it, and by nothing else.
        adjusted: the same ratio with the interval widened for the family and for looks on the way; differences are
            judged by it. None where there are too few sets for one.
    """
    if differs(adjusted, thresholds):
        return Verdict.FASTER if shown.point < 1 else Verdict.SLOWER
    return Verdict.SAME if shown.inside(thresholds.band) else Verdict.UNDECIDED


def differs(adjusted: Ratio | None, thresholds: Thresholds) -> bool:
    """Whether the interval leaves one out and the estimate is larger than the practical floor."""
    return adjusted is not None and adjusted.excludes_one() and thresholds.matters(adjusted.point)


def ranks(points: Mapping[str, float], apart: Mapping[tuple[str, str], bool]) -> dict[str, str]:
    """Places with ties, "1", "2=", "2=", "4": two variants are ranked apart only where every pair across says so.

    The order of points is cut between two neighbours only if each variant above the cut is decided against each one
    below it; so no variant stands above another that it could not be told from, at the price of long tie groups.

    Args:
        points: ratio to the baseline, by variant; the baseline is 1.
        apart: whether a pair, in either order, is decided to differ.
    """
    order = sorted(points, key=lambda name: points[name])
    groups: list[list[str]] = []
    for index, name in enumerate(order):
        cut = all(
            apart.get((above, below), apart.get((below, above), False))
            for above in order[:index]
            for below in order[index:]
        )
        if cut or not groups:
            groups.append([])
        groups[-1].append(name)
    places: dict[str, str] = {}
    for group in groups:
        place = f"{len(places) + 1}{'=' if len(group) > 1 else ''}"
        places.update(dict.fromkeys(group, place))
    return places
