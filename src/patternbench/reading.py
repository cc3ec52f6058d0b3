"""What a meter reads: figures with a name each, and what a reader must know of a name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Figures = Mapping[str, float | int | str | None]
"""Figures by name; None where a figure means nothing for this variant. Numbers are finite."""

NOT_MEASURED = "not_measured"
"""Name under which a reading without figures says why, in one sentence."""

UNITS = ("s", "bytes", "1/s", "instructions", "share", "")
"""Units of figures; a report shows each in its own way. A share is a fraction: 0.01 is 1 %."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure is.

    Attributes:
        name: plain, with its unit: "p99_s", "peak_bytes".
        unit: of `UNITS`; the empty one is a bare number.
        better: "lower" or "higher"; None where neither is.
        meaning: one line.
    """

    name: str
    unit: str
    better: str | None
    meaning: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"{self.name} has the unit {self.unit!r}, which is none of {UNITS}")
        if self.better not in ("lower", "higher", None):
            raise ValueError(f"{self.name} is better when {self.better!r}, which is neither lower nor higher")


@dataclass(frozen=True, slots=True)
class MeterInfo:
    """What a reader must know of a meter.

    Attributes:
        name: as `Comparison.meters` names it.
        summary: what it reads and what it cannot see, one or two sentences.
        figures: in the order in which they are shown.
    """

    name: str
    summary: str
    figures: tuple[Figure, ...]


def checked(figures: Figures, known: tuple[Figure, ...]) -> dict[str, float | int | str | None]:
    """The figures as a document may hold them, in the order of `known`.

    Raises:
        ValueError: one is not finite, or has a name that is not known.
    """
    names = [each.name for each in known]
    for name, value in figures.items():
        if name not in names:
            raise ValueError(f"{name} is none of the figures {', '.join(names)}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} is {value}, which is no figure")
    return {name: figures[name] for name in names if name in figures}


__all__ = ["NOT_MEASURED", "UNITS", "Figure", "Figures", "MeterInfo", "checked"]
