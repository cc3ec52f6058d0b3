"""One case, measured with real processes: what breaks is named, what is fine is measured, and the order is random."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from patternbench.experiment.budget import Budget, SetPlan
from patternbench.experiment.cores import Cores
from patternbench.experiment.measurement import Measurement, Replay, Task
from patternbench.experiment.suite_file import comparisons
from patternbench.observation import TWIN, CaseObservation, Fault
from patternbench.verdict import Status

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")

VARIANTS = (
    "plain", "same", "segfault", "leaves", "hangs", "different", "awaited", "forgets", "hands_on", "raises", "nothing",
    "absent", "kept", "unkept",
)  # fmt: skip
MEASURED = ("plain", "same", "awaited", "kept")


@dataclass
class Recorded:
    """Keeps events; stops the run after some of them, as a kill or an interrupt would."""

    events: list[Mapping[str, Any]] = field(default_factory=list)
    most: int | None = None

    def record(self, event: Mapping[str, object]) -> None:
        if self.most is not None and len(self.events) >= self.most:
            raise KeyboardInterrupt
        self.events.append(dict(event))

    def orders(self) -> list[list[str]]:
        """The seats of each round, in the order of their blocks."""
        found: list[list[str]] = []
        for event in self.events:
            if event["event"] == "round":
                found.append([])
            elif event["event"] == "block":
                found[-1].append(event["seat"])
        return found

    def named(self, name: str) -> list[Mapping[str, Any]]:
        return [event for event in self.events if event["event"] == name]


def measurement(
    suite: Path,
    budget: Budget,
    recorder: Recorded,
    *variants: str,
    comparison: str = "Trial",
    seed: int = 1,
    resumed: Replay | None = None,
) -> Measurement:
    task = Task(suite, f"trial/{comparison}", comparison, 0, "plain", variants, timeout_s=1.5)
    return Measurement(task, budget, recorder, seed=seed, addresses={}, resumed=resumed)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CaseObservation, Recorded]]:
    folder = tmp_path_factory.mktemp("whole")
    suite = folder / "trial.py"
    suite.write_text(Path(__file__).with_name("trial_suite.py").read_text())
    recorder = Recorded()
    budget = Budget("tiny", precision=0.0, cap_s=1.0, rounds=4, shifts=1, least_rounds=3, least_sets=3, sets=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAL_MARKS", str(folder))
        yield measurement(suite, budget, recorder, *VARIANTS).run(), recorder


def test_only_what_is_fine_is_measured(whole: tuple[CaseObservation, Recorded]) -> None:
    observed, _ = whole
    assert set(observed.calls) == set(observed.units) == set(MEASURED)
    assert set(observed.faults) == set(VARIANTS) - set(MEASURED)
    assert observed.fault is None
    assert observed.seconds > 0


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("segfault", "crashed: killed by SIGSEGV"),
        ("leaves", "ended by itself with exit code 7"),
        ("hangs", "hung: no answer within 1.5 s"),
        ("different", "returns 19901 where the baseline plain returns 19900"),
        ("forgets", "leaves a coroutine un-awaited (coroutine '_work_later' was never awaited)"),
        ("hands_on", "returns the coroutine '_work_later' un-awaited"),
        ("nothing", "does nothing: its body is a constant"),
        ("unkept", "promises opened = 1, but one call made it 2"),
        ("raises", "the call raised ValueError: no luck at trial.py"),
    ],
)
def test_what_breaks_is_broken_with_the_right_reason(
    whole: tuple[CaseObservation, Recorded], variant: str, reason: str
) -> None:
    fault = whole[0].faults[variant]
    assert (fault.status, fault.reason) == (Status.BROKEN, reason)


def test_a_crash_keeps_the_last_words_of_its_process(whole: tuple[CaseObservation, Recorded]) -> None:
    log = whole[0].faults["segfault"].log
    assert log[0] == "Fatal Python error: Segmentation fault"
    assert any("in segfault" in line for line in log)
    assert not any("/" in line for line in log)


def test_what_cannot_be_measured_here_is_not_broken(whole: tuple[CaseObservation, Recorded]) -> None:
    fault = whole[0].faults["absent"]
    assert (fault.status, fault.reason) == (Status.NOT_MEASURED, "needs a quantum computer")


def test_counters_are_those_of_one_call(whole: tuple[CaseObservation, Recorded]) -> None:
    counters = whole[0].counters
    assert (counters["plain"], counters["kept"], counters["unkept"]) == ({"opened": 0}, {"opened": 1}, {"opened": 2})


def test_notes_of_a_proof_stand_beside_the_figures(trial: Path, tiny: Budget) -> None:
    recorder = Recorded()
    observed = measurement(trial, tiny, recorder, "plain", "prints", comparison="Noted").run()
    assert observed.notes == {"prints": ("prints in every call, and the baseline plain does not",)}
    assert observed.usable_sets >= 3
    assert [event["notes"] for event in recorder.named("proof")] == [[], [*observed.notes["prints"]]]


def test_notes_hold_no_folders(trial: Path, tiny: Budget) -> None:
    task = Task(trial, "trial/Failing", "Failing", 0, "fails", ("fails",), timeout_s=5)
    observed = Measurement(task, tiny, Recorded(), seed=1, addresses={}).run()
    assert observed.notes["fails"] == ("returns OSError: no luck at here: a failure is timed, not the work",)


def test_every_set_is_fresh_and_every_round_has_every_seat(whole: tuple[CaseObservation, Recorded]) -> None:
    observed, recorder = whole
    assert len(observed.sets) == observed.usable_sets == 3
    assert len({each.hash_seed for each in observed.sets}) == 3
    seats = {*MEASURED, TWIN}
    for each in observed.sets:
        assert [set(shift.overhead_ns) for shift in each.shifts] == [seats]
        assert 3 <= len(each.rounds) <= 4
        assert all(set(done) == seats for done in each.rounds)
    assert all(block.wall_ns > 0 for each in observed.sets for done in each.rounds for block in done.values())
    assert len(recorder.named("set")) == 3


def test_the_clocks_core_changes_from_set_to_set(whole: tuple[CaseObservation, Recorded]) -> None:
    cores = Cores.here()
    assert [each.core for each in whole[0].sets] == [cores.clock(turn) for turn in range(3)]


def test_the_order_differs_from_round_to_round(whole: tuple[CaseObservation, Recorded]) -> None:
    orders = whole[1].orders()
    assert len({tuple(order) for order in orders}) > len(orders) / 2
    assert len({order[0] for order in orders}) > 1


def test_calls_are_equal_for_variants_of_like_speed(whole: tuple[CaseObservation, Recorded]) -> None:
    calls = whole[0].calls
    assert len(set(calls.values())) in (1, len(calls))
    assert all(count >= 1 for count in calls.values())


def test_the_events_alone_give_the_same_observation(whole: tuple[CaseObservation, Recorded]) -> None:
    observed, recorder = whole
    replay = Replay(observed.comparison, observed.case)
    for event in recorder.events:
        replay.apply(event)
    assert replay.observed == observed


def test_the_same_seed_gives_the_same_seeds_and_orders_and_another_gives_others(trial: Path, tiny: Budget) -> None:
    seen = []
    for seed in (7, 7, 8):
        recorder = Recorded()
        observed = measurement(trial, tiny, recorder, "plain", "same", seed=seed).run()
        # How many rounds a slow machine affords may differ; a set's first three are always there.
        first = [set_.hash_seed for set_ in observed.sets], recorder.orders()[:3]
        seen.append(first)
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[2][0]


def test_a_set_has_its_shifts_of_fresh_workers(trial: Path, tiny: Budget) -> None:
    """Their number follows from what getting ready costs; here it is made to cost nothing."""
    two = dataclasses.replace(tiny, rounds=24, shifts=2, cap_s=1e9)
    recorder = Recorded()
    case = measurement(trial, two, recorder, "plain", "same")
    case._plan = SetPlan(shifts=2, rounds=3)
    observed = case.run()
    assert [[len(shift.rounds) for shift in each.shifts] for each in observed.sets] == [[3, 3]] * 3
    assert len(recorder.named("shift")) == 6


def test_an_interrupted_run_goes_on_where_it_stopped(trial: Path, tiny: Budget) -> None:
    poor = dataclasses.replace(tiny, rounds=50, cap_s=0.0)
    before = Recorded(most=34)
    with pytest.raises(KeyboardInterrupt):
        measurement(trial, poor, before, "plain", "same").run()
    replay = Replay("trial/Trial", 0)
    for event in before.events:
        replay.apply(event)
    kept = [[dict(done) for done in each.rounds] for each in replay.observed.sets]
    assert kept
    after = Recorded()
    observed = measurement(trial, poor, after, "plain", "same", resumed=replay).run()
    assert not after.named("proof")
    assert observed.usable_sets >= 3
    assert [each.rounds for each in observed.sets[: len(kept)]] == kept
    assert max(len(each.rounds) for each in observed.sets) == poor.least_rounds
    assert len({each.hash_seed for each in observed.sets}) == len(observed.sets)


def test_a_finished_case_is_not_measured_again(trial: Path, tiny: Budget) -> None:
    first = Recorded()
    observed = measurement(trial, tiny, first, "plain", "same").run()
    replay = Replay("trial/Trial", 0)
    for event in first.events:
        replay.apply(event)
    again = Recorded()
    assert measurement(trial, tiny, again, "plain", "same", resumed=replay).run().sets == observed.sets
    assert [event["event"] for event in again.events] == ["time"]


@pytest.mark.parametrize("seed", range(4))
def test_a_baseline_of_which_one_worker_dies_breaks_alone(trial: Path, tiny: Budget, seed: int) -> None:
    """Whether it is the baseline's own seat or its twin that dies is up to the seed."""
    observed = measurement(trial, tiny, Recorded(), "plain", "same", comparison="Flaky", seed=seed).run()
    assert observed.faults["plain"] == Fault(Status.BROKEN, "ended by itself with exit code 9")
    assert "same" not in observed.faults
    assert observed.usable_sets >= 3


def test_nothing_is_measured_once_the_case_was_given_up(trial: Path, tiny: Budget) -> None:
    recorder = Recorded()
    given_up = measurement(trial, tiny, recorder, "plain", "same")
    given_up.give_up(Fault(Status.NOT_MEASURED, "no server here"))
    observed = given_up.run()
    assert observed.fault == Fault(Status.NOT_MEASURED, "no server here")
    assert [event["event"] for event in recorder.events] == ["fault"]


def test_watchers_hear_of_every_set(trial: Path, tiny: Budget) -> None:
    heard: list[tuple[int, int, bool]] = []
    task = Task(trial, "trial/Trial", "Trial", 0, "plain", ("plain", "same"), timeout_s=5)
    Measurement(
        task,
        tiny,
        Recorded(),
        seed=1,
        addresses={},
        watch=lambda done, most, precision: heard.append((done, most, precision is not None)),
    ).run()
    assert heard == [(1, 3, False), (2, 3, True), (3, 3, True)]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="processes cannot be pinned here")
def test_the_parent_gets_its_cores_back(trial: Path, tiny: Budget) -> None:
    before = os.sched_getaffinity(0)
    measurement(trial, tiny, Recorded(), "plain", "same").run()
    assert os.sched_getaffinity(0) == before
    with pytest.raises(KeyboardInterrupt):
        measurement(trial, tiny, Recorded(most=20), "plain", "same").run()
    assert os.sched_getaffinity(0) == before


def test_the_trial_suite_declares_what_these_tests_name(trial: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, "trial", None)
    declared = {each.name: each for _, each in comparisons(trial)}
    assert tuple(each.name for each in declared["Trial"].variants) == VARIANTS
