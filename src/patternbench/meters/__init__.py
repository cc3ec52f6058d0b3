"""One way of measuring per module, behind one protocol; see `patternbench.meters.meter`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from patternbench.reading import MeterInfo

if TYPE_CHECKING:
    from patternbench.meters.meter import Meter

TIME = "time"
"""The engine's own clock: always read, block by block, and the only one that verdicts come from."""

MODULES = {
    "memory": "patternbench.meters.memory",
    "instructions": "patternbench.meters.instructions",
    "startup": "patternbench.meters.startup",
    "load": "patternbench.meters.load",
    "loop_lag": "patternbench.meters.loop_lag",
}
"""The meters besides the clock: name to the module whose `METER` it is. One line each; imported when used."""


def names() -> tuple[str, ...]:
    """All names that `Comparison.meters` may hold."""
    return (TIME, *MODULES)


def meter_named(name: str) -> Meter:
    """The meter of that name; KeyError where there is none, or it is the clock."""
    found: Meter = import_module(MODULES[name]).METER
    return found


def described(names: Iterable[str]) -> tuple[MeterInfo, ...]:
    """What a reader must know of these meters; the clock's figures are records of their own, and need no word here."""
    found = [meter_named(name) for name in names if name != TIME]
    return tuple(MeterInfo(each.name, each.summary, each.figures) for each in found)


__all__ = ["MODULES", "TIME", "described", "meter_named", "names"]
