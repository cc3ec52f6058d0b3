"""What the script makes of figures; the figures themselves are for a quiet machine, and no test waits for them."""

from __future__ import annotations

import json
import subprocess
from collections import Counter

import pytest
from tests.agreement import agreement
from tests.agreement.agreement import NOTHING, STATEMENTS, EmptyRow, Job, Row

from patternbench.experiment.snippet_comparison import compiled


@pytest.mark.parametrize(
    ("ours", "theirs", "agree"),
    [
        (22.9, 20.0, True),  # 3 ns
        (23.1, 20.0, False),
        (16.9, 20.0, False),
        (1030.0, 1000.0, True),  # 3 %
        (1031.0, 1000.0, False),
        (969.0, 1000.0, False),
        (100.0, 97.0, True),  # both are 3 ns
    ],
)
def test_near_is_three_percent_or_three_nanoseconds(ours: float, theirs: float, agree: bool) -> None:  # noqa: FBT001
    assert agreement.near(ours, theirs) is agree


def test_there_are_twenty_statements_of_python() -> None:
    assert len(set(STATEMENTS)) == 20
    for setup, statement in STATEMENTS:
        compiled(setup, "setup")
        compiled(statement, "statement")


def test_every_tool_measures_every_statement_in_an_order_of_the_seed() -> None:
    jobs = agreement.plan(STATEMENTS, 3, seed=1)
    count = Counter(jobs)
    assert {(job.tool, times) for job, times in count.items()} == {("harness", 3), ("pyperf", 6), ("timeit", 30)}
    assert len(count) == 3 * 20 + 2 + 2
    assert jobs == agreement.plan(STATEMENTS, 3, seed=1)
    assert jobs != agreement.plan(STATEMENTS, 3, seed=2)
    assert len({job.tool for job in jobs[:20]}) == 3


def test_the_typical_time_of_timeit_is_read_from_its_raw_times() -> None:
    text = (
        "1 loop -> 1.2e-06 secs\n\nraw times: 210.5 usec, 1.1 msec, 220.5 usec, 0.0002 sec, 230 usec\n\n"
        "1000 loops, best of 5: 200 nsec per loop\n"
    )
    assert agreement.timeit_ns(text) == pytest.approx(220.5)
    assert agreement.timeit_ns("raw times: 3 sec\n\n1 loop, best of 1: 3 sec per loop\n") == 3e9
    with pytest.raises(ValueError, match="not the output of timeit"):
        agreement.timeit_ns("Traceback")


def test_the_typical_time_of_pyperf_is_the_median_of_its_values() -> None:
    runs = [{"warmups": [[1, 9.0]]}, {"values": [1e-7, 3e-7]}, {"values": [2e-7]}]
    assert agreement.pyperf_ns({"benchmarks": [{"runs": runs}]}) == pytest.approx(200)
    with pytest.raises(ValueError, match="no value"):
        agreement.pyperf_ns({"benchmarks": [{"runs": [{}]}]})


def figures() -> dict[Job, list[float]]:
    found = {
        Job("harness", ("", "f()")): [100.0, 130.0, 101.0],
        Job("pyperf", ("", "f()")): [110.0, 111.0, 90.0],
        Job("timeit", ("", "f()")): [140.0, 120.0, 121.0],
        Job("harness", ("empty method", "empty method")): [4.0, 6.0, -1.0],
        Job("harness", ("empty async method", "empty async method")): [-51.0, -52.0, 0.0],
    }
    return found | {Job(tool, NOTHING): [10.0, 9.0, 20.0] for tool in ("pyperf", "timeit")}


def test_what_a_loop_costs_is_taken_off_the_medians() -> None:
    empty_async, empty, row = agreement.rows(figures())
    assert row == Row("f()", 101.0, 100.0, 111.0)
    assert not row.agrees
    assert (empty, empty.agrees) == (EmptyRow("empty method", 4.0), True)
    assert (empty_async, empty_async.agrees) == (EmptyRow("empty async method", -51.0), False)


def test_the_table_marks_what_is_out() -> None:
    lines = agreement.table(agreement.rows(figures())).splitlines()
    assert lines[1].endswith("OUT")
    assert not lines[2].endswith("OUT")
    assert "+1.0 ns +1.0%" in lines[3]
    assert "-10.0 ns -9.0%" in lines[3]
    assert lines[3].endswith("OUT")
    assert lines[-1] == "1 of 3 agree within 3% or 3 ns"


@pytest.mark.parametrize(("slow", "code"), [(1.0, 0), (1.05, 1)])
def test_the_exit_code_tells_whether_all_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], slow: float, code: int
) -> None:
    def tool(subject: tuple[str, str], *_: object) -> float:
        return 0.0 if subject == NOTHING else 1000.0

    monkeypatch.setattr(
        agreement, "by_harness", lambda subject, _: 0.0 if subject[0].startswith("empty") else 1000.0 * slow
    )
    monkeypatch.setattr(agreement, "by_pyperf", tool)
    monkeypatch.setattr(agreement.Timeit, "__call__", lambda self, subject: tool(subject))
    assert agreement.main(["--repetitions", "1", "--seed", "7", "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["seed"] == 7
    assert len(document["rows"]) == 22
    assert all(row["agrees"] for row in document["rows"]) is (code == 0)
    assert {each["tool"]: len(each["ns"]) for each in document["jobs"]} == agreement.JOBS


def test_timeit_is_told_how_many_loops_take_twenty_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "raw times: 2 sec\n\n1000 loops, best of 1: 2 msec per loop\n")

    monkeypatch.setattr(subprocess, "run", run)
    timed = agreement.Timeit()
    assert [timed(("", "f()")) for _ in range(2)] == pytest.approx([2e6, 2e6])
    assert "-n" not in asked[0]
    assert asked[1][asked[1].index("-n") + 1] == "10"


def test_a_tool_that_cannot_be_run_ends_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object) -> float:
        raise OSError("no such tool")

    for name in ("by_harness", "by_pyperf"):
        monkeypatch.setattr(agreement, name, broken)
    monkeypatch.setattr(agreement.Timeit, "__call__", broken)
    assert agreement.main([]) == 2
    assert "no such tool" in capsys.readouterr().err
