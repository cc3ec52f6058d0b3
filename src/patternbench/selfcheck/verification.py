"""Whether what was planted is what the units do: the instructions that base and planted variant execute, compared.

Valgrind counts every instruction of a process. A process that calls a unit's work twice is held against one that goes
on to call it ten times more, so that the start of the interpreter, the imports, the preparation and the first calls
drop out. The hash seed is fixed, so that counts repeat. They are blind to what a unit waits for, so that units of input
and output are not verified; the repetitions are planted on them in the same way.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from patternbench.errors import WorkerError
from patternbench.selfcheck.units import IO, UNITS

WITHIN_POINTS = 0.15
"""How far, in percentage points, the share of instructions may be from the planted share."""

Count = Callable[[str, Sequence[int]], int]
"""Instructions of a process that calls a unit's work with each of these numbers of repetitions in turn."""

_FIRST_CALLS = 2
_CALLS = 10
_TIMEOUT_S = 300
_AT_ONCE = 2
_VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_TOTAL = re.compile(r"I\s+refs:\s+([\d,]+)")
_PROGRAM = """
import asyncio, gc, sys
from patternbench.selfcheck.units import UNITS, make
name, every = sys.argv[1], [int(loops) for loops in sys.argv[2].split(",")]
work = make(name)
gc.disable()
async def called():
    for loops in every:
        await work(loops)
if UNITS[name].is_async:
    asyncio.run(called())
else:
    for loops in every:
        work(loops)
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """Instructions of one call, for one unit and one planted size.

    Attributes:
        base, planted: instructions of a call, the mean of ten.
        fixed: instructions that a call costs beside its repetitions; they make the true ratio a little smaller than the
            planted one.
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
        count: None counts with valgrind.

    Raises:
        WorkerError: a process that was counted failed.
    """
    if not percents:
        return Verification(not_counted="it was not asked for")
    if count is None:
        if shutil.which("valgrind") is None:
            return Verification(not_counted="valgrind is not installed")
        count = counted_by_valgrind
    counting = [name for name in units if UNITS[name].kind != IO]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda name: _of_unit(name, percents, count), counting)
        return Verification(tuple(each for some in found for each in some))


def counted_by_valgrind(unit: str, every: Sequence[int]) -> int:
    """Instructions of a fresh interpreter that prepares the unit and makes these calls.

    Raises:
        WorkerError: it failed, or valgrind said nothing.
    """
    done = subprocess.run(
        [*_VALGRIND, sys.executable, "-P", "-c", _PROGRAM, unit, ",".join(map(str, every))],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    total = _TOTAL.search(done.stderr.decode(errors="replace"))
    if done.returncode or total is None:
        raise WorkerError(
            f"the instructions of {unit} could not be counted (valgrind ended with {done.returncode})",
            remedy="leave the verification out, or see whether valgrind runs this interpreter",
        )
    return int(total[1].replace(",", ""))


def _of_unit(name: str, percents: Sequence[int], count: Count) -> list[Counted]:
    loops = UNITS[name].loops()
    first = [loops] * _FIRST_CALLS
    start = count(name, first)

    def of_a_call(loops: int) -> float:
        return (count(name, [*first, *[loops] * _CALLS]) - start) / _CALLS

    base = of_a_call(loops)
    fixed = 2 * base - of_a_call(2 * loops)
    return [Counted(name, percent, base, of_a_call(UNITS[name].loops(percent)), fixed) for percent in percents]
