"""A whole comparison with real processes: its cases, its backends, its result."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patternbench.errors import SelectionError
from patternbench.experiment.budget import BUDGETS, Budget
from patternbench.experiment.catalogue import described
from patternbench.experiment.run import ComparisonRun, measure_comparison
from patternbench.experiment.selection import Chosen, chosen
from patternbench.session import CaseResult, ComparisonResult
from patternbench.storage.journal import Heading, Journal
from patternbench.verdict import Status, Verdict

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")


class Heard:
    """An observer that keeps what it hears."""

    def __init__(self, *, interrupt_after: int | None = None) -> None:
        self.said: list[str] = []
        self._left = interrupt_after

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        self.said.append(f"started {comparison_id} [{case_key}] {variants}")

    def set_finished(self, comparison_id: str, case_key: str, done: int, planned: int, precision: float | None) -> None:
        self.said.append(f"set {done}/{planned} {'?' if precision is None else 'sure'}")
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise KeyboardInterrupt

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        self.said.append(f"finished {case.status}")


def pick(suite: Path, name: str) -> Chosen:
    return chosen(described([suite]), [f"trial/{name}"])[0]


def result_of(suite: Path, name: str, budget: Budget, observer: Heard | None = None) -> ComparisonResult:
    run = ComparisonRun(pick(suite, name), budget, seed=1, observer=observer)
    run.measure()
    return run.result()


def test_cases_are_measured_left_out_or_broken_each_for_itself(trial: Path, tiny: Budget) -> None:
    heard = Heard()
    result = result_of(trial, "Cases", tiny, heard)
    assert [case.params for case in result.cases] == [{"size": 1}, {"size": 2}, {"size": 3}]
    fine, absent, broken = result.cases
    assert (fine.status, fine.sets) == (Status.OK, 3)
    assert fine.noise_floor is None  # three sets can decide nothing, however alike they are
    assert fine.self_check is not None
    assert {each.verdict for each in fine.variants} <= {
        Verdict.BASELINE, Verdict.SAME, Verdict.UNDECIDED, Verdict.FASTER, Verdict.SLOWER,
    }  # fmt: skip
    assert (absent.status, absent.reason) == (Status.NOT_MEASURED, "two cannot be had")
    assert (broken.status, broken.reason) == (Status.BROKEN, "setup raised ValueError: three is too many")
    assert (result.question, result.baseline, result.axes) == ("Which sizes can be had?", "plain", {"size": (1, 2, 3)})
    assert [each.name for each in result.variants] == ["plain", "same"]
    assert result.left_out == 0
    assert heard.said == [
        "started trial/Cases [size=1] 2", "set 1/3 ?", "set 2/3 sure", "set 3/3 sure", "finished ok",
        "started trial/Cases [size=2] 2", "finished not measured",
        "started trial/Cases [size=3] 2", "finished broken",
    ]  # fmt: skip


GROWING = """
from patternbench import Comparison, variant

class Growing(Comparison):
    \"\"\"Which sum grows more slowly?\"\"\"
    baseline = "forwards"
    params = {"n": (200, 2000, 20_000), "kind": ("int",)}
    def setup(self, n, kind):
        self.numbers = list(range(n))
    @variant
    def forwards(self):
        return sum(self.numbers)
    @variant
    def backwards(self):
        return sum(reversed(self.numbers))
"""


def test_a_result_has_the_shape_of_its_cost_and_who_leads_where(tmp_path: Path, tiny: Budget) -> None:
    suite = tmp_path / "growing.py"
    suite.write_text(GROWING)
    run = ComparisonRun(chosen(described([suite]), ["growing/Growing"])[0], tiny, seed=1)
    run.measure()
    result = run.result()
    (shape,) = result.shapes
    assert (shape.axis, shape.held, shape.values) == ("n", {"kind": "int"}, (200, 2000, 20_000))
    assert {each.variant for each in shape.growths} <= {"forwards", "backwards"}
    assert {(each.first, each.second) for each in shape.pairs} <= {("forwards", "backwards")}
    assert [each.variant for each in result.standings] == ["forwards", "backwards"]
    assert {len(each.set_ratios) for case in result.cases for each in case.variants} <= {0, 3}


def test_backends_are_one_process_that_all_workers_reach(trial: Path, tiny: Budget) -> None:
    result = result_of(trial, "Shared", tiny)
    plain, same = result.cases[0].variants
    assert plain.status is same.status is Status.OK
    assert plain.counters == same.counters
    process = int(plain.counters["process"])
    assert process != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system does not place processes")
def test_backends_share_the_clocks_core_where_they_are_told_to(trial: Path, tiny: Budget) -> None:
    (plain, _) = result_of(trial, "SharedCore", tiny).cases[0].variants
    assert plain.counters["backend"] == plain.counters["clock"]


def test_backends_that_cannot_be_had_or_crash_are_the_reason_of_every_variant(trial: Path, tiny: Budget) -> None:
    absent = result_of(trial, "Unshared", tiny).cases[0]
    assert (absent.status, absent.reason) == (Status.NOT_MEASURED, "no server here")
    crashed = result_of(trial, "Crashed", tiny).cases[0]
    assert crashed.status is Status.BROKEN
    assert (crashed.reason or "").startswith("its backends: ")
    assert "OSError: address in use" in crashed.variants[0].log


def test_a_counter_that_is_not_finite_is_held_as_its_text_even_in_a_journal(
    trial: Path, tiny: Budget, tmp_path: Path
) -> None:
    heading = Heading(
        "s", "2026-01-01T00:00:00Z", 1, "tiny", None, (), "all", {}, None, (), memory=False, fingerprint="f"
    )
    with Journal(tmp_path / "session", heading) as journal:
        run = ComparisonRun(pick(trial, "Odd"), tiny, seed=1, recorder_for=journal.recorder)
        run.measure()
    counters = {each.name: each.counters for each in run.result().cases[0].variants}
    assert counters == {"plain": {"worst": 0.0, "least": -0.0}, "endless": {"worst": "inf", "least": "-inf"}}


def test_a_call_that_stands_for_no_operation_is_broken(trial: Path, tiny: Budget) -> None:
    (plain,) = result_of(trial, "Empty", tiny).cases[0].variants
    assert plain.status is Status.BROKEN
    assert plain.reason == "units is 0, but a call stands for one operation at least"


def test_a_loop_is_one_per_worker(trial: Path, tiny: Budget) -> None:
    result = result_of(trial, "Looped", tiny)
    assert [each.status for each in result.cases[0].variants] == [Status.OK]


@pytest.mark.parametrize(("sets", "cases"), [(1, 0), (2, 1)])
def test_an_interrupted_case_counts_once_two_of_its_sets_are_finished(
    trial: Path, tiny: Budget, sets: int, cases: int
) -> None:
    run = ComparisonRun(pick(trial, "Cases"), tiny, seed=1, observer=Heard(interrupt_after=sets))
    with pytest.raises(KeyboardInterrupt):
        run.measure()
    result = run.result()
    assert len(result.cases) == cases
    assert result.left_out == 3 - cases
    assert len(run.observations[0].sets) == sets


def test_other_faces_measure_some_cases_of_one_comparison(
    trial: Path, tiny: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BUDGETS, "quick", tiny)
    result = measure_comparison(trial, "Cases", cases=[1])
    assert [case.params for case in result.cases] == [{"size": 2}]
    assert result.left_out == 2
    with pytest.raises(SelectionError, match=r"trial\.py has no comparison 'None'"):
        measure_comparison(trial, "None")
    with pytest.raises(SelectionError, match="no budget 'endless'"):
        measure_comparison(trial, "Cases", "endless")
