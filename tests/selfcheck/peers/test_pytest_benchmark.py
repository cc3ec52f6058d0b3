"""pytest-benchmark: what it is asked, and what its saved runs and its exit code say."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from patternbench.selfcheck.peers.checkouts import checked_out
from patternbench.selfcheck.peers.command import CommandFailed, Finished
from patternbench.selfcheck.peers.peer import Answer, Question
from patternbench.selfcheck.peers.pytest_benchmark import PytestBenchmark, readings
from patternbench.verdict import Verdict

OLD = {"mean": 0.00110, "median": 0.00108, "min": 0.00106}
NEW = {"mean": 0.00121, "median": 0.00113, "min": 0.00107}


class FakePytest:
    """Saves runs with given statistics where it is told to, as the plugin does."""

    def __init__(self, *runs: Mapping[str, float] | None, code: int = 0) -> None:
        self._runs = list(runs)
        self._code = code
        self.commands: list[tuple[tuple[str, ...], Path]] = []

    def __call__(
        self, arguments: Sequence[str], folder: Path, *, variables: Mapping[str, str], timeout_s: float
    ) -> Finished:
        number = len(self.commands)
        self.commands.append((tuple(arguments), folder))
        storage, name = (
            next(each.partition("=")[2] for each in arguments if each.startswith(option))
            for option in ("--benchmark-storage", "--benchmark-save")
        )
        run = self._runs[number]
        if run is not None:
            target = Path(storage.removeprefix("file://")) / "Linux-CPython-3.11-64bit" / f"000{number + 1}_{name}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            stats = {**run, "max": 1.0, "rounds": 9}
            target.write_text(json.dumps({"machine_info": {}, "benchmarks": [{"name": "test_unit", "stats": stats}]}))
        return Finished(self._code if number else 0, "1 passed", "", 2.5)


def ask(run: FakePytest, measuring_s: float | None = None) -> Answer:
    with checked_out("sort", 10) as checkouts:
        return PytestBenchmark(run).answer(Question(checkouts, measuring_s, 10.0, 1, {}, 60.0))


def test_each_statistic_is_a_rule_of_its_own() -> None:
    answer = ask(FakePytest(OLD, NEW, code=1))
    assert answer.seconds == 5.0
    assert [(each.rule, each.estimate, each.verdict) for each in answer.readings] == [
        ("mean:5%", "mean", Verdict.SLOWER),
        ("median:5%", "median", Verdict.UNDECIDED),
        ("min:5%", "min", Verdict.UNDECIDED),
    ]
    assert answer.readings[0].log_ratio == pytest.approx(math.log(1.1))


def test_the_exit_code_decides_for_the_mean_and_the_tools_arithmetic_for_the_others() -> None:
    past = {name: 1.06 * value for name, value in OLD.items()}
    assert [each.verdict for each in readings(OLD, past, failed=False)] == [
        Verdict.UNDECIDED,
        Verdict.SLOWER,
        Verdict.SLOWER,
    ]
    faster = {name: 0.5 * value for name, value in OLD.items()}
    assert {each.verdict for each in readings(OLD, faster, failed=False)} == {Verdict.UNDECIDED}


def test_it_is_run_as_its_users_run_it() -> None:
    run = FakePytest(OLD, NEW)
    ask(run)
    (first, old), (second, new) = run.commands
    assert (old.name, new.name) == ("old", "new")
    assert first[1:3] == second[1:3] == ("-m", "pytest")
    assert first[4:] == ("--benchmark-save=old",)
    assert second[4:] == ("--benchmark-save=new", "--benchmark-compare=0001", "--benchmark-compare-fail=mean:5%")


def test_in_the_budget_each_side_has_half_of_the_measuring() -> None:
    run = FakePytest(OLD, NEW)
    ask(run, measuring_s=6.0)
    assert all("--benchmark-max-time=3.00" in arguments for arguments, _ in run.commands)


@pytest.mark.parametrize("runs", [(OLD, None), (None, NEW)])
def test_a_run_that_was_not_saved_is_no_answer(runs: tuple[Mapping[str, float] | None, ...]) -> None:
    with pytest.raises(CommandFailed, match=r"saved no run \(exit code \d\): 1 passed"):
        ask(FakePytest(*runs, code=1))


def test_a_file_without_the_statistics_is_no_answer() -> None:
    with pytest.raises(CommandFailed, match="not as expected"):
        ask(FakePytest(OLD, {"mean": 1.0}))
