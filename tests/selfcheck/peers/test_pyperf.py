"""pyperf: what it is asked, and what its files and `compare_to` say."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from patternbench.selfcheck.peers.checkouts import ADDRESSES, checked_out
from patternbench.selfcheck.peers.command import CommandFailed, Finished
from patternbench.selfcheck.peers.peer import Answer, Question
from patternbench.selfcheck.peers.pyperf import Pyperf, is_significant
from patternbench.verdict import Verdict

SLOWER = "Mean +- std dev: [old] 1.21 ms +- 0.14 ms -> [new] 1.38 ms +- 0.11 ms: 1.14x slower\n"
HIDDEN = "Benchmark hidden because not significant (1): unit\n"


class FakePyperf:
    """Writes files with given values, and prints what it is told to."""

    def __init__(self, old: Sequence[float], new: Sequence[float], said: str, code: int = 0) -> None:
        self._values = {"old.json": old, "new.json": new}
        self._said, self._code = said, code
        self.commands: list[tuple[str, ...]] = []

    def __call__(
        self, arguments: Sequence[str], folder: Path, *, variables: Mapping[str, str], timeout_s: float
    ) -> Finished:
        self.commands.append(tuple(arguments))
        if "compare_to" in arguments:
            return Finished(self._code, self._said, "", 0.25)
        target = Path(arguments[arguments.index("-o") + 1])
        values = self._values[target.name]
        if values:
            # A calibration has warm-ups and no values.
            runs = [{"warmups": [[1, 0.5]], "metadata": {}}, *({"values": [value]} for value in values)]
            target.write_text(
                json.dumps({"benchmarks": [{"runs": runs, "metadata": {"name": "unit"}}], "version": "1.0"})
            )
        return Finished(0, "", "", 3.0)


def ask(run: FakePyperf, measuring_s: float | None = None, **variables: str) -> Answer:
    with checked_out("sort", 10) as checkouts:
        return Pyperf(run).answer(Question(checkouts, measuring_s, 10.0, 1, variables, 60.0))


def test_the_ratio_is_that_of_the_means_over_all_values() -> None:
    answer = ask(FakePyperf([0.001, 0.003], [0.0022], SLOWER))
    (reading,) = answer.readings
    assert reading.log_ratio == pytest.approx(math.log(1.1))
    assert (reading.rule, reading.estimate, reading.verdict) == ("t test", "mean", Verdict.SLOWER)
    assert answer.seconds == 6.25


def test_what_is_hidden_is_no_difference() -> None:
    (reading,) = ask(FakePyperf([0.001], [0.0011], HIDDEN)).readings
    assert reading.verdict is Verdict.UNDECIDED


def test_a_faster_checkout_is_called_so() -> None:
    (reading,) = ask(FakePyperf([0.002], [0.001], SLOWER.replace("1.14x slower", "2.00x faster"))).readings
    assert reading.verdict is Verdict.FASTER


def test_a_test_that_failed_inside_still_counts_as_the_tool_shows_it() -> None:
    said = SLOWER + "ERROR when testing if values are significant\n"
    assert is_significant(Finished(0, said, "", 0.1))


@pytest.mark.parametrize(
    "compared", [Finished(0, "", "", 0.1), Finished(1, SLOWER, "", 0.1), Finished(0, "?", "", 0.1)]
)
def test_no_verdict_is_no_answer(compared: Finished) -> None:
    with pytest.raises(CommandFailed, match="gave no verdict"):
        is_significant(compared)


def test_a_side_without_a_file_or_without_values_is_no_answer() -> None:
    with pytest.raises(CommandFailed, match="wrote no file"):
        ask(FakePyperf([0.001], [], SLOWER))


def test_as_it_comes_it_gets_no_option_of_ours() -> None:
    run = FakePyperf([0.001], [0.0011], SLOWER)
    ask(run)
    assert [command[1:2] + command[4:] for command in run.commands[:2]] == [("bench.py",), ("bench.py",)]
    assert run.commands[2][1:] == ("-m", "pyperf", "compare_to", "old.json", "new.json")


def test_in_the_budget_both_sides_have_as_many_processes_as_there_is_time_for() -> None:
    run = FakePyperf([0.001], [0.0011], SLOWER)
    ask(run, measuring_s=4.0)
    assert [command[4:] for command in run.commands[:2]] == [("-p10", "-n3", "-w1", "--min-time=0.05")] * 2
    assert Pyperf().options(0.1)[0] == "-p2"


def test_workers_are_told_where_the_server_is() -> None:
    run = FakePyperf([0.001], [0.0011], SLOWER)
    ask(run, None, **{ADDRESSES: '{"http": "127.0.0.1:8"}'})
    assert all(f"--inherit-environ={ADDRESSES}" in command for command in run.commands[:2])
