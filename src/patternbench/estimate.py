"""Numbers that travel with their uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ratio:
    """A variant's time over the baseline's, with a two-sided confidence interval.

    Attributes:
        point: estimate; no unit; below 1 the variant is faster.
        low, high: ends of the interval, `low <= point <= high`, all above zero.
        confidence: share of repeated experiments whose interval covers the true ratio, between 0 and 1.
    """

    point: float
    low: float
    high: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not (0 < self.low <= self.point <= self.high and math.isfinite(self.high)):
            raise ValueError(f"not a ratio with its interval: {self.point} in [{self.low}, {self.high}]")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence must lie between 0 and 1, not {self.confidence}")

    @property
    def inverse(self) -> Ratio:
        """The same comparison with the two sides exchanged."""
        return Ratio(1 / self.point, 1 / self.high, 1 / self.low, self.confidence)

    @property
    def half_width(self) -> float:
        """Half the interval's width on the logarithmic scale: 0.01 is about plus or minus 1 %."""
        return (math.log(self.high) - math.log(self.low)) / 2

    def inside(self, band: float) -> bool:
        """Whether the whole interval lies within a factor of `1 + band` of one, either way."""
        return self.high <= 1 + band and self.low >= 1 / (1 + band)

    def excludes_one(self) -> bool:
        """Whether "no difference" lies outside the interval."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """How little a variant's ratio agrees with "no difference", valid at whatever set a run stopped.

    Attributes:
        log10_e: logarithm of the e-value: 2 means that the readings are a hundred times likelier under a difference.
        p: the anytime-valid p-value, one over e, at most 1.
        p_adjusted: the same as one of all contrasts of its table; the verdict follows it.
    """

    log10_e: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Exponent:
    """How steeply time grows along a numeric axis: the slope of log time against log value, with its interval.

    Attributes:
        point: 0 is a time that does not depend on the axis, 1 one in proportion to it, 2 its square; no unit.
        low, high: ends of the two-sided interval, `low <= point <= high`.
        confidence: share of repeated experiments whose interval covers the true slope, between 0 and 1.
    """

    point: float
    low: float
    high: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not (self.low <= self.point <= self.high and math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"not an exponent with its interval: {self.point} in [{self.low}, {self.high}]")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence must lie between 0 and 1, not {self.confidence}")


@dataclass(frozen=True, slots=True)
class Crossover:
    """The value of a numeric axis at which two variants exchange places, with its interval.

    Attributes:
        at: estimate, in the axis's own unit; an interpolation between measured values, never beyond them.
        low, high: ends of the two-sided interval, within `below` and `above`.
        below, above: the nearest measured values at which the pair was decided, one way and the other.
        faster_below, faster_above: the variant that is faster at each.
        confidence: share of repeated experiments whose interval covers the true place, between 0 and 1.
    """

    at: float
    low: float
    high: float
    below: float
    above: float
    faster_below: str
    faster_above: str
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.below <= self.low <= self.at <= self.high <= self.above < math.inf:
            raise ValueError(
                f"not a place with its interval: {self.at} in [{self.low}, {self.high}] "
                f"within {self.below} to {self.above}"
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence must lie between 0 and 1, not {self.confidence}")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one operation takes, in seconds.

    Attributes:
        median_s: median over sets of workers of each set's median block.
        low_s, high_s: 95 % confidence interval of that median, over sets.
        p50_s, p95_s, p99_s: percentiles over all blocks; with one call per block they are those of single calls,
            otherwise of means over `calls_per_block` calls.
        cpu_share: CPU time over wall time of the blocks; far below 1 the variant mostly waits.
        calls_per_block: calls between two clock readings.
        processes: worker processes that the figures come from.
        quantiles_s: 21 quantiles over all blocks, 0 %, 5 % … 100 %.
        process_medians_s: the median of each set's workers, in the order of the sets; None where a set lacks the
            variant.
        overhead_s: cost of the loop and the call per operation, already taken off all of the above.
    """

    median_s: float
    low_s: float
    high_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    cpu_share: float
    calls_per_block: int
    processes: int
    quantiles_s: tuple[float, ...]
    process_medians_s: tuple[float | None, ...]
    overhead_s: float


@dataclass(frozen=True, slots=True)
class Memory:
    """What one call allocates, as a difference to an empty body, counted in a process of its own.

    Attributes:
        peak_bytes: most bytes held at once during a call.
        allocations: number of allocations made by a call.
        bytes_per_object: bytes kept alive by one returned object; None where a call does not return one new object.
        tool: what counted, "memray".
        not_measured: why the figures are missing; they are None then.
    """

    peak_bytes: int | None = None
    allocations: int | None = None
    bytes_per_object: float | None = None
    tool: str = "memray"
    not_measured: str | None = None
