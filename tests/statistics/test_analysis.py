"""From readings to results: by hand, against the formula, and with a truth that is known."""

from __future__ import annotations

import dataclasses
import itertools
import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.statistics.readings import CALL_NS, CASE, declared, drawn, observation

from patternbench.estimate import Memory
from patternbench.observation import TWIN, Block, CaseObservation, Fault
from patternbench.session import CaseResult, VariantResult
from patternbench.statistics.analysis import analysed
from patternbench.statistics.decision import FAMILY_ERROR
from patternbench.statistics.e_process import critical_t
from patternbench.statistics.interval import Sets
from patternbench.statistics.reading import Reading
from patternbench.statistics.stopping import reached
from patternbench.verdict import Status, Verdict


def result_of(observed: CaseObservation, *names: str) -> CaseResult:
    return analysed(observed, CASE, declared(*names), names)


def named(result: CaseResult, name: str) -> VariantResult:
    return next(each for each in result.variants if each.name == name)


def test_two_sets_by_hand() -> None:
    """Block ratios 2, 2, 4 and 3, 3, 3: medians 2 and 3, whose geometric mean is the root of 6."""
    observed = observation(
        {
            "old": [[100, 200, 100], [100, 100, 100]],
            "new": [[200, 400, 400], [300, 300, 300]],
            TWIN: [[100, 200, 100], [100, 100, 100]],
        }
    )
    result = result_of(observed, "old", "new")
    old, new = result.variants
    assert new.ratio is not None
    assert new.adjusted is None
    assert new.evidence is not None
    assert new.time is not None
    assert new.ratio.point == pytest.approx(math.sqrt(6))
    half = 12.7062 * (math.log(3) - math.log(2)) / 2
    assert new.ratio.low == pytest.approx(math.sqrt(6) * math.exp(-half), rel=1e-4)
    assert new.ratio.high == pytest.approx(math.sqrt(6) * math.exp(half), rel=1e-4)
    assert new.ratio.confidence == 0.95
    assert new.verdict is Verdict.UNDECIDED
    assert new.rank == old.rank == "1="
    assert new.time.process_medians_s == pytest.approx((400e-9, 300e-9))
    assert new.time.median_s == pytest.approx(350e-9)
    assert new.time.p50_s == pytest.approx(300e-9)
    assert (new.time.calls_per_block, new.time.processes) == (1000, 2)
    assert new.time.quantiles_s[0] == pytest.approx(200e-9)
    assert new.time.quantiles_s[20] == pytest.approx(400e-9)
    assert len(new.time.quantiles_s) == 21
    assert old.verdict is Verdict.BASELINE
    assert old.ratio is not None
    assert (old.ratio.low, old.ratio.point, old.ratio.high) == (1, 1, 1)
    assert (result.sets, result.rounds, result.status, result.headline) == (2, 3, Status.OK, True)
    assert result.self_check is not None
    assert result.self_check.point == 1


def test_a_ratio_is_of_blocks_in_the_same_round_so_that_what_slows_both_is_gone() -> None:
    weather = [1.0, 5.0, 1.3, 40.0, 2.0]
    observed = observation(
        {"old": [[100 * each for each in weather]] * 4, "new": [[110 * each for each in weather]] * 4}
    )
    ratio = named(result_of(observed, "old", "new"), "new").ratio
    assert ratio is not None
    assert (ratio.low, ratio.point, ratio.high) == pytest.approx((1.1, 1.1, 1.1))


def test_every_set_keeps_its_own_ratio_in_order_and_a_hole_where_it_has_none() -> None:
    observed = observation({"old": [[100.0] * 4] * 3, "new": [[110.0] * 4, [120.0] * 4, [130.0] * 4]})
    for done in observed.sets[1].rounds[1:]:
        del done["new"]
    result = result_of(observed, "old", "new")
    first, hole, last = named(result, "new").set_ratios
    assert hole is None
    assert [first, last] == pytest.approx([1.1, 1.3])
    assert named(result, "old").set_ratios == (1.0, 1.0, 1.0)


def test_the_result_is_that_of_the_formula() -> None:
    """Slow version, in calm weather: medians over rounds of log block ratios, Student's t over sets, a sequence."""
    names = ("a", "b", "c", "d")
    observed = drawn(dict(zip(names, (1.0, 1.3, 0.9, 1.0), strict=True)), np.random.default_rng(2), sets=6, shared=0.02)
    result = result_of(observed, *names)
    for seat in (*names[1:], TWIN):
        estimates = [
            median(math.log(done[seat].wall_ns / done["a"].wall_ns) for done in each.rounds) for each in observed.sets
        ]
        error = float(np.std(estimates, ddof=1)) / math.sqrt(6)
        shown = result.self_check if seat == TWIN else named(result, seat).ratio
        assert shown is not None
        assert math.log(shown.point) == pytest.approx(np.mean(estimates), abs=1e-9)
        assert shown.half_width == pytest.approx(float(stats.t.ppf(0.975, 5)) * error, rel=1e-6)
        if seat != TWIN:
            adjusted = named(result, seat).adjusted
            assert adjusted is not None
            assert adjusted.confidence == pytest.approx(1 - 0.01 / 3)
            assert adjusted.half_width == pytest.approx(critical_t(6, 0.01 / 3) * error, rel=1e-6)


def test_units_and_overhead_are_taken_off_times_and_ratios() -> None:
    """The clock shows 1200 and 3100; 200 and 100 of it are loop and call; a call of the second does ten operations."""
    observed = observation(
        {"old": [[1000.0] * 3] * 2, "new": [[3000.0] * 3] * 2},
        units={"old": 1, "new": 10},
        overhead_ns={"old": 200.0, "new": 100.0},
    )
    result = result_of(observed, "old", "new")
    old, new = result.variants
    assert new.ratio is not None
    assert new.ratio.point == pytest.approx(0.3)
    assert new.time is not None
    assert new.time.median_s == pytest.approx(300e-9)
    assert new.time.overhead_s == pytest.approx(10e-9)
    assert old.notes == ("the cost of loop and call, 100 to 200 ns, was measured and taken off each call",)
    assert new.notes == ()


def test_other_numbers_of_calls_are_noted_and_do_not_move_the_ratio() -> None:
    observed = observation({"old": [[1000.0] * 3] * 2, "new": [[4000.0] * 3] * 2}, calls={"old": 1500, "new": 375})
    old, new = result_of(observed, "old", "new").variants
    assert new.ratio is not None
    assert new.ratio.point == pytest.approx(4.0)
    assert any(note.startswith("375 to 1500 calls per block") for note in old.notes)


def with_preempted(observed: CaseObservation, seat: str, rounds: set[int], slowed: float = 3.0) -> CaseObservation:
    for each in observed.sets:
        for number in rounds:
            block = each.rounds[number][seat]
            each.shifts[0].rounds[number][seat] = Block(round(block.wall_ns * slowed), block.cpu_ns, preempted=2)
    return observed


def test_pairs_that_lost_their_core_are_passed_over() -> None:
    def steady() -> CaseObservation:
        return observation({"old": [[1000.0] * 5] * 3, "new": [[1000.0] * 5] * 3})

    for seat in ("old", "new"):
        old, new = result_of(with_preempted(steady(), seat, {0, 1}), "old", "new").variants
        assert new.ratio is not None
        assert new.ratio.point == 1.0
        assert any("took the core away during 20% of the blocks" in note for note in old.notes)


def test_where_most_blocks_of_a_set_lost_their_core_all_its_pairs_count() -> None:
    observed = observation({"old": [[1000.0] * 5] * 3, "new": [[1000.0] * 5] * 3})
    with_preempted(observed, "old", {0, 1, 2}, slowed=1.0)
    with_preempted(observed, "new", {0, 1, 2, 3}, slowed=2.0)
    ratio = named(result_of(observed, "old", "new"), "new").ratio
    assert ratio is not None
    assert ratio.point == pytest.approx(2.0)


def test_a_sets_estimate_is_the_mean_of_its_shifts_medians() -> None:
    """Shifts at 1.0 and 1.2 are two workers, not one with a median somewhere between them."""
    observed = observation({"old": [[1000.0] * 5] * 3, "new": [[1000.0] * 5] * 3})
    other = observation({"old": [[1000.0] * 3] * 3, "new": [[1440.0, 1440.0, 9999.0]] * 3})
    for each, more in zip(observed.sets, other.sets, strict=True):
        each.shifts += more.shifts
    result = result_of(observed, "old", "new")
    new = named(result, "new")
    assert new.ratio is not None
    assert new.time is not None
    assert new.ratio.point == pytest.approx(1.2)
    assert (result.sets, result.rounds, new.time.processes) == (3, 8, 6)


def test_a_set_with_too_few_pairs_says_nothing() -> None:
    times = {"old": [[1000.0] * 4] * 3, "new": [[1100.0] * 4] * 3}
    observed = observation(times)
    observed.sets[1].shifts[0].rounds = [{"old": Block(10**6, 10**6), "new": Block(9 * 10**6, 10**6)}] * 2
    ratio = named(result_of(observed, "old", "new"), "new").ratio
    assert ratio is not None
    assert (ratio.low, ratio.high) == pytest.approx((1.1, 1.1))


def test_one_set_gives_times_and_no_verdict() -> None:
    result = result_of(observation({"old": [[1000.0] * 4], "new": [[1100.0] * 4]}), "old", "new")
    new = named(result, "new")
    assert (new.status, new.verdict, new.ratio, new.rank) == (Status.OK, Verdict.UNDECIDED, None, None)
    assert new.time is not None
    assert new.time.median_s == pytest.approx(1100e-9)
    assert (result.noise_floor, result.self_check) == (None, None)


def test_what_broke_has_its_reason_and_no_figures_and_the_others_are_measured() -> None:
    observed = drawn({"old": 1.0, "new": 0.5}, np.random.default_rng(1))
    observed.faults = {
        "bad": Fault(Status.BROKEN, "crashed: killed by SIGSEGV", ("Fatal Python error",)),
        "absent": Fault(Status.NOT_MEASURED, "needs a server"),
    }
    observed.counters["bad"] = {"opened": 1}
    result = result_of(observed, "old", "new", "bad", "absent")
    bad, absent = named(result, "bad"), named(result, "absent")
    assert (bad.status, bad.verdict, bad.reason) == (Status.BROKEN, Verdict.BROKEN, "crashed: killed by SIGSEGV")
    assert (bad.log, bad.counters, bad.time, bad.rank) == (("Fatal Python error",), {"opened": 1}, None, None)
    assert (absent.verdict, absent.reason) == (Verdict.NOT_MEASURED, "needs a server")
    assert named(result, "new").verdict is Verdict.FASTER
    assert (named(result, "new").rank, named(result, "old").rank) == ("1", "2")
    assert [each.name for each in result.variants] == ["old", "new", "bad", "absent"]
    assert (result.status, result.reason) == (Status.OK, None)


def test_without_its_baseline_nothing_has_a_ratio() -> None:
    observed = drawn({"old": 1.0, "new": 0.5}, np.random.default_rng(1))
    observed.faults["old"] = Fault(Status.BROKEN, "crashed")
    result = result_of(observed, "old", "new")
    new = named(result, "new")
    assert (new.status, new.verdict, new.ratio, new.rank) == (Status.OK, Verdict.UNDECIDED, None, None)
    assert new.time is not None
    assert result.noise_floor is None


def test_a_case_that_cannot_be_measured_has_one_reason() -> None:
    observed = CaseObservation("made_up/MadeUp", 0, fault=Fault(Status.NOT_MEASURED, "no server here"))
    result = result_of(observed, "old", "new")
    assert (result.status, result.reason, result.band) == (Status.NOT_MEASURED, "no server here", None)
    assert {each.verdict for each in result.variants} == {Verdict.NOT_MEASURED}


def test_a_case_whose_variants_all_broke_is_broken() -> None:
    observed = CaseObservation("made_up/MadeUp", 0)
    observed.faults = {"old": Fault(Status.BROKEN, "one reason"), "new": Fault(Status.NOT_MEASURED, "another")}
    result = result_of(observed, "old", "new")
    assert (result.status, result.reason) == (Status.BROKEN, None)


def test_a_variant_without_a_block_is_broken() -> None:
    observed = observation({"old": [[1000.0] * 4] * 3})
    result = result_of(observed, "old", "new")
    assert named(result, "new").reason == "no block of it was finished"
    assert named(result, "old").verdict is Verdict.BASELINE


def test_what_costs_no_more_than_an_empty_call_measured_nothing_of_its_own() -> None:
    observed = observation({"old": [[1000.0] * 4] * 3, "new": [[0.5] * 4] * 3}, overhead_ns={"old": 50.0, "new": 50.0})
    new = named(result_of(observed, "old", "new"), "new")
    assert new.status is Status.BROKEN
    assert new.reason == "measured nothing of its own: a call costs no more than an empty one"


def test_variants_that_wait_are_judged_by_the_wider_band() -> None:
    draws = np.random.default_rng(4)
    busy = drawn({"old": 1.0, "new": 1.0}, draws)
    times = {
        "old": [[block["old"].wall_ns / 1000 for block in each.rounds] for each in busy.sets],
        "new": [[block["new"].wall_ns / 1000 for block in each.rounds] for each in busy.sets],
    }
    assert result_of(observation(times), "old", "new").band == 0.02
    waiting = result_of(observation(times, cpu_share=0.5), "old", "new")
    assert waiting.band == 0.05
    new = named(waiting, "new")
    assert new.time is not None
    assert new.time.cpu_share == 0.5


def test_a_variant_that_gets_slower_in_every_set_is_noted() -> None:
    slowing = [1000.0 * (1 + 0.02 * turn) for turn in range(10)]
    noisy = [[value * (1 + 0.0001 * number) for value in slowing] for number in range(4)]
    result = result_of(observation({"old": [[1000.0] * 10] * 4, "new": noisy}), "old", "new")
    assert any("% slower in the course of a shift" in note for note in named(result, "new").notes)
    assert named(result, "old").notes == ()


def test_notes_of_the_proof_come_before_those_on_the_figures() -> None:
    observed = observation({"old": [[1000.0] * 9] * 3, "new": [[1000.0 + 20 * r for r in range(9)]] * 3})
    observed.notes["new"] = ("prints",)
    observed.notes["gone"] = ("forgets",)
    observed.faults["gone"] = Fault(Status.BROKEN, "crashed")
    result = result_of(observed, "old", "new", "gone")
    assert named(result, "new").notes[0] == "prints"
    assert "slower in the course of a shift" in named(result, "new").notes[1]
    assert named(result, "gone").notes == ("forgets",)


def test_what_meters_read_and_counters_are_passed_on() -> None:
    observed = drawn({"old": 1.0, "new": 0.5}, np.random.default_rng(1))
    observed.readings["new"] = {"memory": {"peak_bytes": 8}, "startup": {"total_s": 0.5}}
    observed.counters["new"] = {"opened": 2}
    new = named(result_of(observed, "old", "new"), "new")
    assert (new.memory, new.counters) == (Memory(peak_bytes=8), {"opened": 2})
    assert new.meters == {"startup": {"total_s": 0.5}}


def test_precision_is_the_widest_shown_interval() -> None:
    observed = drawn({"old": 1.0, "new": 0.5, "other": 2.0}, np.random.default_rng(1))
    result = result_of(observed, "old", "new", "other")
    widths = [each.ratio.half_width for each in result.variants if each.ratio is not None]
    assert reached(Reading(observed, "old").contrasts()) == pytest.approx(math.expm1(max(widths)))
    one_set = observation({"old": [[1.0] * 4], "new": [[1.0] * 4]})
    assert reached(Reading(one_set, "old").contrasts()) is None
    assert reached(Reading(CaseObservation("x/Y", 0), "old").contrasts()) is None


@settings(max_examples=25)
@given(st.floats(0.05, 20), st.integers(0, 2**32 - 1))
def test_a_machine_that_is_slower_by_a_factor_gives_the_same_ratios(factor: float, seed: int) -> None:
    first = drawn({"old": 1.0, "new": 1.1}, np.random.default_rng(seed), sets=4)
    second = drawn({"old": 1.0, "new": 1.1}, np.random.default_rng(seed), sets=4)
    for each in second.sets:
        each.shifts[0].rounds = [
            {seat: Block(round(block.wall_ns * factor), block.cpu_ns) for seat, block in done.items()}
            for done in each.rounds
        ]
    one, other = result_of(first, "old", "new"), result_of(second, "old", "new")
    old, new = named(one, "new").ratio, named(other, "new").ratio
    assert old is not None
    assert new is not None
    assert (new.point, new.low, new.high) == pytest.approx((old.point, old.low, old.high), rel=1e-4)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_the_order_of_sets_and_of_rounds_does_not_matter(seed: int, draws: object) -> None:
    observed = drawn({"old": 1.0, "new": 1.1}, np.random.default_rng(seed), sets=4)
    before = named(result_of(observed, "old", "new"), "new").ratio
    for each in observed.sets:
        draws.shuffle(each.shifts[0].rounds)  # type: ignore[attr-defined]
    draws.shuffle(observed.sets)  # type: ignore[attr-defined]
    after = named(result_of(observed, "old", "new"), "new").ratio
    assert before is not None
    assert after is not None
    assert (after.point, after.low, after.high) == pytest.approx((before.point, before.low, before.high))


@pytest.mark.parametrize("variants", [2, 5])
def test_identical_variants_are_hardly_ever_called_different(variants: int) -> None:
    """A table errs in one run of a hundred, however many variants it has; the binomial says how often that is."""
    draws = np.random.default_rng(1234)
    names = [f"v{number}" for number in range(variants)]
    repeats = 300
    alarms = 0
    for _ in range(repeats):
        observed = drawn(dict.fromkeys(names, 1.0), draws, sets=5, rounds=3, between=0.01)
        verdicts = {each.verdict for each in result_of(observed, *names).variants}
        alarms += bool(verdicts & {Verdict.FASTER, Verdict.SLOWER})
    assert alarms <= stats.binom.ppf(0.9995, repeats, FAMILY_ERROR)


def test_identical_variants_hardly_ever_get_different_places() -> None:
    draws = np.random.default_rng(99)
    names = ("a", "b", "c", "d")
    repeats = 300
    split = 0
    for _ in range(repeats):
        observed = drawn(dict.fromkeys(names, 1.0), draws, sets=5, rounds=3, between=0.01)
        split += {each.rank for each in result_of(observed, *names).variants} != {"1="}
    assert split <= stats.binom.ppf(0.9995, repeats, FAMILY_ERROR)


def test_five_per_cent_more_work_is_found_and_lies_in_the_interval() -> None:
    """With eight sets and 1 % between workers: found in nearly every run, covered in 95 of 100."""
    draws = np.random.default_rng(77)
    repeats = 200
    found = covered = 0
    for _ in range(repeats):
        observed = drawn({"old": 1.0, "new": 1.05}, draws, sets=8, rounds=5, between=0.007, within=0.01)
        new = named(result_of(observed, "old", "new"), "new")
        assert new.ratio is not None
        assert new.verdict is not Verdict.FASTER
        found += new.verdict is Verdict.SLOWER
        covered += new.ratio.low <= 1.05 <= new.ratio.high
    assert found >= 0.95 * repeats
    assert covered >= stats.binom.ppf(0.0005, repeats, 0.95)


def test_a_difference_is_hidden_neither_by_weather_nor_by_other_variants() -> None:
    draws = np.random.default_rng(7)
    observed = drawn({"a": 1.0, "b": 1.05, "c": 1.0, "d": 2.0}, draws, between=0.002, within=0.005, shared=0.5)
    result = result_of(observed, "a", "b", "c", "d")
    assert [each.verdict for each in result.variants] == [
        Verdict.BASELINE, Verdict.SLOWER, Verdict.SAME, Verdict.SLOWER,
    ]  # fmt: skip
    assert [each.rank for each in result.variants] == ["1=", "3", "1=", "4"]


def test_the_noise_floor_is_what_the_twins_could_have_shown() -> None:
    observed = drawn({"old": 1.0, "new": 1.0}, np.random.default_rng(8), shared=0.02)
    twins = [
        median(math.log(done[TWIN].wall_ns / done["old"].wall_ns) for done in each.rounds) for each in observed.sets
    ]
    assert result_of(observed, "old", "new").noise_floor == pytest.approx(Sets.of(twins).detectable(0.99))


def test_the_readings_are_left_as_they_were() -> None:
    observed = drawn({"old": 1.0, "new": 1.0}, np.random.default_rng(8))
    before = dataclasses.asdict(observed)
    result_of(observed, "old", "new", "missing")
    assert dataclasses.asdict(observed) == before


def test_percentiles_rise() -> None:
    time = named(result_of(drawn({"old": 1.0, "new": 1.0}, np.random.default_rng(8)), "old", "new"), "new").time
    assert time is not None
    assert all(low <= high for low, high in itertools.pairwise(time.quantiles_s))
    assert time.low_s <= time.median_s <= time.high_s
    assert time.p50_s <= time.p95_s <= time.p99_s
    assert 0.3 * CALL_NS < time.median_s * 1e9 < 3 * CALL_NS
