"""Whether what was planted is what the units do: the instructions that base and planted variant execute, compared.

The harness's own meter counts them, beyond those of an empty call. It is blind to what a unit waits for, so that units
of input and output are not verified; the repetitions are planted on them in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from patternbench.comparison import NotMeasured
from patternbench.errors import WorkerError
from patternbench.experiment.catalogue import described
from patternbench.experiment.probes import Probes, Target
from patternbench.meters import instructions
from patternbench.meters.meter import ProbeFailed
from patternbench.selfcheck.units import FILE, IO, UNITS

WITHIN_POINTS = 0.15
"""How far, in percentage points, the share of instructions may be from the planted share."""

BASE, PLANTED = "base", "planted"

Count = Callable[[str, int, str], float]
"""Instructions of a call: unit, planted percent, variant."""

_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """Instructions of one call, for one unit and one planted size.

    Attributes:
        base, planted: instructions of a call.
        fixed: instructions that a call costs beside its repetitions, by the line through base and largest planted size;
            they make the true ratio a little smaller than the planted one.
    """

    unit: str
    percent: int
    base: float
    planted: float
    fixed: float

    @property
    def share_percent(self) -> float:
        """By how much the planted variant's instructions exceed the base's, in percent."""
        return 100 * (self.planted / self.base - 1)

    @property
    def error_points(self) -> float:
        """How far that is from what was planted, in percentage points."""
        return self.share_percent - self.percent

    @property
    def holds(self) -> bool:
        """Whether it is near enough; identical code must not differ at all."""
        return self.planted == self.base if self.percent == 0 else abs(self.error_points) <= WITHIN_POINTS


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified.

    Attributes:
        counted: by unit and size; empty where nothing was counted.
        not_counted: why nothing was; empty where something was.
    """

    counted: tuple[Counted, ...] = ()
    not_counted: str = ""


def verified(units: Sequence[str], percents: Sequence[int], count: Count | None = None) -> Verification:
    """Count the instructions of every unit but those of input and output, at every percent.

    Args:
        count: None counts with the harness's meter.

    Raises:
        WorkerError: a process that was counted failed.
    """
    if not percents:
        return Verification(not_counted="it was not asked for")
    if count is None:
        reason = instructions.METER.unavailable()
        if reason is not None:
            return Verification(not_counted=reason)
        count = counted_by_meter()
    counting = [name for name in units if UNITS[name].kind != IO]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda name: _of_unit(name, percents, count), counting)
        return Verification(tuple(each for some in found for each in some))


def counted_by_meter() -> Count:
    """Counts as `patternbench run` does for a variant with the meter `instructions`."""
    declared = {each.name: each for each in described([FILE])}

    def count(unit: str, percent: int, variant: str) -> float:
        found = declared[UNITS[unit].comparison]
        (case,) = (each.index for each in found.cases if each.params["percent"] == percent)
        names = [each.name for each in found.variants]
        target = Target(found.file, found.name, case, names.index(variant), timeout_s=found.timeout_s)
        try:
            with Probes(target, instructions.__name__) as probes:
                return float(str(instructions.METER.measure(probes)["instructions"]))
        except (ProbeFailed, NotMeasured) as error:
            raise WorkerError(
                f"the instructions of {unit} could not be counted ({error})",
                remedy="see whether valgrind runs this interpreter",
            ) from error

    return count


def _of_unit(name: str, percents: Sequence[int], count: Count) -> list[Counted]:
    base = count(name, percents[0], BASE)
    planted = {percent: count(name, percent, PLANTED) for percent in percents}
    largest = max(percents)
    fixed = base - (planted[largest] - base) * 100 / largest if largest else 0.0
    return [Counted(name, percent, base, planted[percent], fixed) for percent in percents]
