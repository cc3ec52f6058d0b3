"""Time samples as they leave the workers, before any statistic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SampleSeries:
    """All samples of one variant in one case.

    Attributes:
        name: unique among the series of a file, such as "records/RecordConstruction[fields=3]/slots".
        runs: per worker process, in the order of the sets, its samples: seconds per operation, above zero.
        calls_per_block: calls between two clock readings.
        units: operations that one call stands for.
        warm_ups: per worker process the samples set aside before, seconds per operation; as long as `runs`, or empty.
        metadata: what else is known, for a reader; never a host name, a user name or a path.
        unit: of the samples.

    Raises:
        ValueError: a sample is not a time, a process has none, or two lengths do not fit.
    """

    name: str
    runs: tuple[tuple[float, ...], ...]
    calls_per_block: int
    units: int = 1
    warm_ups: tuple[tuple[float, ...], ...] = ()
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)
    unit: str = "second"

    def __post_init__(self) -> None:
        if not self.name or not self.runs or not all(self.runs):
            raise ValueError(f"the series {self.name!r} has no name, no process, or a process without samples")
        if self.warm_ups and len(self.warm_ups) != len(self.runs):
            raise ValueError(f"{self.name} has warm-ups of {len(self.warm_ups)} processes for {len(self.runs)} runs")
        if self.calls_per_block < 1 or self.units < 1:
            raise ValueError(f"{self.name} has {self.calls_per_block} calls per block of {self.units} units")
        for samples in (*self.runs, *self.warm_ups):
            for seconds in samples:
                if not (seconds > 0 and math.isfinite(seconds)):
                    raise ValueError(f"{self.name} has the sample {seconds}, which is no time")


__all__ = ["SampleSeries"]
