"""pyperf: a run of each checkout, written as JSON, and `compare_to` on the two files.

`compare_to` prints its verdict and has no exit code for it: Student's t test at 95 % on all values pooled, and the
ratio of their means (https://pyperf.readthedocs.io, "pyperf compare_to").
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from pathlib import Path
from typing import Any

from patternbench.selfcheck.peers.checkouts import ADDRESSES
from patternbench.selfcheck.peers.command import CommandFailed, Finished, Run, failure, run_command
from patternbench.selfcheck.peers.peer import Answer, Question, Reading, Setting, called, installed

RULE, STATISTIC = "t test", "mean"
_FILES = {
    "bench.py": 'import pyperf\nfrom subject import call\n\nrunner = pyperf.Runner()\nrunner.bench_func("unit", call)\n'
}
_VALUES, _WARM_UPS, _VALUE_S = 3, 1, 0.05
"""In the budget: as many values in a process as by default, of half the length, so that there are more processes."""

_LEAST_PROCESSES = 2


class Pyperf:
    """The peer; many processes, first all of one side and then all of the other."""

    name = "pyperf"
    commands = (
        "python bench.py -o old.json",
        "python bench.py -o new.json",
        "python -m pyperf compare_to old.json new.json",
    )
    rules = (RULE,)
    settings = (Setting.DEFAULT, Setting.BUDGET)
    default_s = 24.0

    def __init__(self, run: Run = run_command) -> None:
        self._run = run

    def version(self) -> str:
        """What is installed; see `Peer`."""
        return installed(self.name, "pyperf", extra="track")

    def prepare(self, folder: Path) -> None:
        """Nothing outlives a trial."""

    def options(self, measuring_s: float) -> tuple[str, ...]:
        """As many processes as the time has room for, the same on both sides: otherwise there would be no test."""
        process_s = (_VALUES + _WARM_UPS) * _VALUE_S
        processes = max(_LEAST_PROCESSES, round(measuring_s / 2 / process_s))
        return (f"-p{processes}", f"-n{_VALUES}", f"-w{_WARM_UPS}", f"--min-time={_VALUE_S}")

    def answer(self, question: Question) -> Answer:
        """Ask once; see `Peer`."""
        checkouts = question.checkouts
        checkouts.add(_FILES)
        options: tuple[str, ...] = ()
        if question.measuring_s is not None:
            options += self.options(question.measuring_s)
        if question.variables.get(ADDRESSES):
            options += (f"--inherit-environ={ADDRESSES}",)  # pyperf gives its workers a bare environment
        seconds, means = 0.0, []
        for folder in (checkouts.old, checkouts.new):
            file = checkouts.folder / f"{folder.name}.json"
            finished = self._run(
                (sys.executable, "bench.py", "-o", str(file), *options),
                folder,
                variables=question.variables,
                timeout_s=question.timeout_s,
            )
            seconds += finished.seconds
            means.append(mean_of(file, finished))
        compared = self._run(
            (sys.executable, "-m", "pyperf", "compare_to", "old.json", "new.json"),
            checkouts.folder,
            variables={},
            timeout_s=question.timeout_s,
        )
        log_ratio = math.log(means[1] / means[0])
        reading = Reading(RULE, STATISTIC, log_ratio, called(log_ratio, found=is_significant(compared)))
        return Answer((reading,), seconds + compared.seconds)


def mean_of(file: Path, finished: Finished) -> float:
    """Mean of all values of the one benchmark in a file, seconds, as `compare_to` takes it.

    Raises:
        CommandFailed: there is none.
    """
    if not file.is_file():
        raise failure("pyperf wrote no file", finished)
    try:
        document: Any = json.loads(file.read_text("utf-8"))
        (benchmark,) = document["benchmarks"]
        return statistics.fmean(float(value) for run in benchmark["runs"] for value in run.get("values", ()))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CommandFailed("pyperf's file is not as expected") from error


def is_significant(compared: Finished) -> bool:
    """Whether `compare_to` showed the benchmark as different; it hides one that it does not find to be so.

    Raises:
        CommandFailed: it said neither.
    """
    said = compared.output.casefold()
    if compared.code != 0 or not said.strip():
        raise failure("pyperf compare_to gave no verdict", compared)
    if "not significant" in said:
        return False
    if "slower" in said or "faster" in said or "no change" in said:
        return True
    raise failure("pyperf compare_to gave no verdict", compared)
