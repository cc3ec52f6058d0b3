"""pytest-benchmark: save a run of the old checkout, compare one of the new with it, fail past a threshold.

Its users gate with `--benchmark-compare-fail=mean:5%`, or with the median or the minimum in the mean's place. The exit
code is the verdict for the mean; the other two follow from the same two runs by the tool's own rule,
`current / compared * 100 - 100 > 5` (https://pytest-benchmark.readthedocs.io, "Comparing past runs").
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patternbench.selfcheck.peers.command import CommandFailed, Finished, Run, failure, run_command
from patternbench.selfcheck.peers.peer import Answer, Question, Reading, Setting, installed
from patternbench.verdict import Verdict

STATISTICS = ("mean", "median", "min")
_PERCENT = 5.0
_FAILED_TESTS = 1
_FILES = {
    "test_unit.py": "from subject import call\n\n\ndef test_unit(benchmark):\n    benchmark(call)\n",
    # Without a file of settings here, pytest would take the nearest one above.
    "pytest.ini": "[pytest]\n",
}


class PytestBenchmark:
    """The peer; one process, one order, one number against one number."""

    name = "pytest-benchmark"
    commands = (
        "pytest --benchmark-save=old",
        "pytest --benchmark-save=new --benchmark-compare=0001 --benchmark-compare-fail=mean:5%",
    )
    rules = tuple(f"{statistic}:5%" for statistic in STATISTICS)
    settings = (Setting.DEFAULT, Setting.BUDGET)
    default_s = 5.0

    def __init__(self, run: Run = run_command) -> None:
        self._run = run

    def version(self) -> str:
        """What is installed; see `Peer`."""
        return installed(self.name, "pytest-benchmark", "pytest", extra="pytest")

    def prepare(self, folder: Path) -> None:
        """Nothing outlives a trial."""

    def options(self, measuring_s: float) -> tuple[str, ...]:
        """Half of the time on each side."""
        return (f"--benchmark-max-time={measuring_s / 2:.2f}",)

    def answer(self, question: Question) -> Answer:
        """Ask once; see `Peer`."""
        checkouts = question.checkouts
        checkouts.add(_FILES)
        storage = checkouts.folder / "storage"
        common: tuple[str, ...] = (sys.executable, "-m", "pytest", f"--benchmark-storage=file://{storage}")
        if question.measuring_s is not None:
            common += self.options(question.measuring_s)
        sides = (
            (checkouts.old, ("--benchmark-save=old",)),
            (
                checkouts.new,
                ("--benchmark-save=new", "--benchmark-compare=0001", f"--benchmark-compare-fail=mean:{_PERCENT:g}%"),
            ),
        )
        finished = [
            self._run((*common, *options), folder, variables=question.variables, timeout_s=question.timeout_s)
            for folder, options in sides
        ]
        stored = [stored_statistics(storage, name, each) for name, each in zip(("old", "new"), finished, strict=True)]
        return Answer(
            readings(*stored, failed=finished[1].code == _FAILED_TESTS), sum(each.seconds for each in finished)
        )


def stored_statistics(storage: Path, name: str, finished: Finished) -> Mapping[str, float]:
    """The statistics of the one benchmark in a saved run, seconds.

    Raises:
        CommandFailed: there is none.
    """
    files = list(storage.glob(f"*/*_{name}.json"))
    if len(files) != 1:
        raise failure("pytest-benchmark saved no run", finished)
    try:
        document: Any = json.loads(files[0].read_text("utf-8"))
        (benchmark,) = document["benchmarks"]
        return {statistic: float(benchmark["stats"][statistic]) for statistic in STATISTICS}
    except (ValueError, LookupError, TypeError) as error:
        raise CommandFailed("pytest-benchmark's file is not as expected") from error


def readings(old: Mapping[str, float], new: Mapping[str, float], *, failed: bool) -> tuple[Reading, ...]:
    """What each rule says; a gate looks one way only, so that nothing is ever called faster.

    Args:
        failed: whether the command ended as it does when the mean is past its threshold.
    """
    found = []
    for statistic in STATISTICS:
        ratio = new[statistic] / old[statistic]
        past = failed if statistic == "mean" else ratio * 100 - 100 > _PERCENT
        found.append(
            Reading(f"{statistic}:5%", statistic, math.log(ratio), Verdict.SLOWER if past else Verdict.UNDECIDED)
        )
    return tuple(found)
