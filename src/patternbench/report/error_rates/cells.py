"""Figures of merit as the cells of a table: one way of writing for all of them."""

from __future__ import annotations

from patternbench.report import quantity
from patternbench.statistics.detector import Bias, Detectable, Rate

ABSENT = "–"


def ends(low: float | None, high: float | None) -> str:
    """Both bounds in percent; one that lies beyond every planted size is left open."""
    return f"[{_end(low)}, {_end(high)}]"


def counts(rate: Rate | None) -> str:
    """So many of so many: `3/18`."""
    return f"{rate.count}/{rate.of}" if rate is not None and rate.of else ABSENT


def size(seen: Detectable) -> str:
    """`1.8 %`; `≤ 1 %` at the smallest size that was planted, `> 20 %` beyond the largest."""
    if seen.share is None:
        return f"> {seen.largest * 100:g} %"
    if seen.share <= seen.smallest:
        return f"≤ {seen.smallest * 100:g} %"
    return quantity.percent(seen.share)


def bias(found: Bias | None) -> str:
    """Percentage points with their bounds: `+0.07 [-0.02, +0.16]`."""
    if found is None:
        return ABSENT
    bounds = "" if found.low is None or found.high is None else f" [{found.low:+.2f}, {found.high:+.2f}]"
    return f"{found.points:+.2f}{bounds}"


def seconds(taken: float | None) -> str:
    """`4.1 s`."""
    return ABSENT if taken is None else f"{taken:.1f} s"


def _end(share: float | None) -> str:
    if share is None:
        return "…"
    return f"{share * 100:.0f}" if share >= 0.0995 else f"{share * 100:.2g}"
