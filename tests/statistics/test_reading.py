"""What a set says: slices that a disturbance leaves alone, slow calls that no slice shows, and workers out of luck."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.statistics.readings import CALL_NS, CASE, declared, drawn, observation

from patternbench.observation import TWIN, CaseObservation, Shift
from patternbench.statistics.analysis import analysed
from patternbench.statistics.reading import Reading


def steady(ratio: float, *, sets: int = 8, rounds: int = 5) -> CaseObservation:
    """Three seats without any noise, the new one so many times as slow."""
    times = {"old": 1.0, "new": ratio, TWIN: 1.0}
    return observation({seat: [[CALL_NS * each] * rounds] * sets for seat, each in times.items()})


def with_slices(observed: CaseObservation, disturbed: dict[str, list[float]]) -> CaseObservation:
    """The walls of a seat's blocks times the factors, over and over; the median slices stay as they were."""
    for seat, factors in disturbed.items():
        at = 0
        for of_set in observed.sets:
            for done in of_set.rounds:
                block = done[seat]
                done[seat] = replace(
                    block, typical_ns=block.wall_ns, wall_ns=round(block.wall_ns * factors[at % len(factors)])
                )
                at += 1
    return observed


def test_a_block_without_slices_counts_as_a_whole() -> None:
    (block, *_) = Reading(steady(1.5), "old").blocks("new")
    assert block.undisturbed_ns == block.wall_ns
    assert replace(block, typical_ns=7).undisturbed_ns == 7


def test_what_disturbs_a_slice_or_two_moves_no_ratio() -> None:
    """The blocks are 0, 40 or 90 % too long, each side's at its own times; the median slices are not."""
    draws = np.random.default_rng(3)
    weather = {seat: draws.choice([1.0, 1.4, 1.9], 40).tolist() for seat in ("old", "new", TWIN)}
    reading = Reading(with_slices(steady(1.03), weather), "old")
    assert not reading.has_rare_costs("new")
    assert list(reading.log_ratios("new").values()) == pytest.approx([math.log(1.03)] * 8, abs=1e-5)
    assert list(reading.log_ratios(TWIN).values()) == pytest.approx([0.0] * 8, abs=1e-5)


def test_rare_slow_calls_are_not_lost_with_their_slices() -> None:
    """Every block is a tenth longer than its median slice says: what is compared then is blocks, and a note says so."""
    observed = with_slices(steady(1.0), {"old": [1.0, 1.001], "new": [1.1, 1.101], TWIN: [1.0, 1.001]})
    reading = Reading(observed, "old")
    assert reading.has_rare_costs("new")
    assert not reading.has_rare_costs(TWIN)
    assert list(reading.log_ratios("new").values()) == pytest.approx([math.log(1.1)] * 8, abs=2e-3)
    _, new = analysed(observed, CASE, declared("old", "new"), ("old", "new")).variants
    assert new.ratio is not None
    assert new.ratio.point == pytest.approx(1.1, rel=2e-3)
    assert any("whole blocks are compared" in note for note in new.notes)


def test_slow_calls_that_cost_less_than_a_hundredth_leave_the_slices() -> None:
    """A difference that no reader acts on is no reason to give up what the slices know."""
    observed = with_slices(steady(1.0), {"old": [1.0], "new": [1.009], TWIN: [1.0]})
    assert not Reading(observed, "old").has_rare_costs("new")


def test_a_difference_that_chance_explains_leaves_the_slices() -> None:
    draws = np.random.default_rng(4)
    alarms = 0
    for _ in range(200):
        weather = {seat: (1 + draws.exponential(0.2, 40)).tolist() for seat in ("old", "new", TWIN)}
        observed = with_slices(drawn({"old": 1.0, "new": 1.0}, draws, sets=8), weather)
        alarms += Reading(observed, "old").has_rare_costs("new")
    assert alarms <= 4


def test_one_unlucky_worker_of_five_does_not_speak_for_its_set() -> None:
    observed = steady(1.02)
    for number, of_set in enumerate(observed.sets):
        (shift,) = of_set.shifts
        unlucky = Shift(
            shift.overhead_ns,
            [{**done, "new": replace(done["new"], wall_ns=round(done["new"].wall_ns * 1.1))} for done in shift.rounds],
        )
        of_set.shifts = [shift] * 4
        of_set.shifts.insert(number % 5, unlucky)
    assert list(Reading(observed, "old").log_ratios("new").values()) == pytest.approx([math.log(1.02)] * 8, abs=1e-5)


def test_a_computing_variant_does_not_wait_because_a_neighbour_computes() -> None:
    """Half of all blocks lost the core to another process, and half of their time."""
    observed = steady(1.0)
    for of_set in observed.sets:
        for done in of_set.rounds[::2]:
            done["new"] = replace(done["new"], cpu_ns=done["new"].wall_ns // 2, preempted=1)
    assert Reading(observed, "old").cpu_share("new") == pytest.approx(1.0)
    for of_set in observed.sets:
        for done in of_set.rounds:
            done["new"] = replace(done["new"], cpu_ns=done["new"].wall_ns // 2, preempted=1)
    assert Reading(observed, "old").cpu_share("new") == pytest.approx(0.5)


def test_pairs_that_straddle_a_neighbours_turn_are_passed_over() -> None:
    """In three rounds of five one side runs at half its speed; the two calm ones, of 40, are a quarter and more."""
    observed = steady(1.05, rounds=40)
    for of_set in observed.sets:
        for number, done in enumerate(of_set.rounds):
            if number % 5 < 3:
                seat = "new" if number % 5 < 2 else "old"
                done[seat] = replace(done[seat], wall_ns=2 * done[seat].wall_ns)
    assert list(Reading(observed, "old").log_ratios("new").values()) == pytest.approx([math.log(1.05)] * 8, abs=1e-5)


def test_where_few_pairs_are_calm_all_of_them_count() -> None:
    """Nine in ten pairs have one side at twice its time, in turn: the median of all stands."""
    observed = steady(1.0, sets=2, rounds=20)
    for of_set in observed.sets:
        for number, done in enumerate(of_set.rounds):
            if number % 10:
                done["new"] = replace(done["new"], wall_ns=(2 + number % 2) * done["new"].wall_ns)
                done["old"] = replace(done["old"], wall_ns=(3 - number % 2) * done["old"].wall_ns)
    assert all(each > 0.1 for each in Reading(observed, "old").log_ratios("new").values())


def test_a_case_waits_where_its_blocks_hardly_compute() -> None:
    observed = steady(1.0)
    assert not Reading(observed, "old").waits(["old", "new"])
    for of_set in observed.sets:
        for done in of_set.rounds:
            done["new"] = replace(done["new"], cpu_ns=done["new"].wall_ns // 3)
    assert Reading(observed, "old").waits(["old", "new"])
    assert not Reading(CaseObservation("x/Y", 0), "old").waits([])
