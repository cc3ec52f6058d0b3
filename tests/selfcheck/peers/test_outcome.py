"""Where tools stand, from answers whose truth and error are known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.simulated_peers import SimulatedPeer, narrow, peer_check

from patternbench.selfcheck.peers import OURS
from patternbench.selfcheck.peers.outcome import Outcome, Row, scores
from patternbench.selfcheck.peers.peer import Reading, Setting
from patternbench.selfcheck.peers.plan import Ask
from patternbench.verdict import Verdict


def outcome(number: int, percent: int, readings: tuple[Reading, ...], seconds: float = 4.0) -> Outcome:
    ask = Ask(number, "pytest-benchmark", Setting.DEFAULT, "sort", percent, 0, "idle", seed=number)
    return Outcome(ask, "2026-03-01T03:00:00Z", seconds, readings)


def read(mean: float, median: float, verdict: Verdict = Verdict.UNDECIDED) -> tuple[Reading, ...]:
    return (
        Reading("mean:5%", "mean", math.log(mean), verdict),
        Reading("median:5%", "median", math.log(median), Verdict.UNDECIDED),
    )


def test_a_hand_made_study_is_counted_rule_by_rule() -> None:
    outcomes = [
        outcome(0, 0, read(1.06, 1.01, Verdict.SLOWER)),
        outcome(1, 0, read(0.98, 1.00)),
        outcome(2, 5, read(1.10, 1.05, Verdict.SLOWER), seconds=6.0),
        outcome(3, 5, read(1.04, 1.05)),
        outcome(4, 5, ()),
    ]
    found = scores(outcomes, ("pytest-benchmark",), seed=1)
    assert [(each.row, each.rule) for each in found] == [
        (Row.DEFAULT, "mean:5%"),
        (Row.DEFAULT, "median:5%"),
        (Row.TUNED, "mean"),
        (Row.TUNED, "median"),
    ]
    mean, median, tuned_mean, tuned_median = found
    assert (mean.figures.alarms_up.count, mean.figures.alarms_down.count, mean.figures.false_alarms.of) == (1, 0, 2)
    assert (mean.five.count, mean.five.of, mean.five_s) == (1, 2, 6.0)
    assert (median.five.count, median.five_s) == (0, None)
    assert {each.failed for each in found} == {1}
    errors = [math.log(1.06), math.log(0.98), math.log(1.10 / 1.05), math.log(1.04 / 1.05)]
    assert mean.figures.bias is not None
    assert mean.figures.bias.points == pytest.approx(100 * sum(errors) / 4)
    # The two errors of the mean are 6 % and 2 %: each is the threshold of the other half.
    assert sorted(tuned_mean.thresholds or ()) == pytest.approx(sorted([0.06, 1 / 0.98 - 1]))
    assert tuned_median.figures.false_alarms.count == 1
    assert tuned_mean.resolution == 1.0


def test_a_spread_is_that_of_the_known_error() -> None:
    check = peer_check(narrow(identical=400, repeat=200))
    (asv,) = check.of("asv", Row.DEFAULT)
    assert asv.spread_points == pytest.approx(4.0, rel=0.1)
    (in_budget,) = check.of("asv", Row.BUDGET)
    assert in_budget.spread_points == pytest.approx(2.0, rel=0.1)


def test_a_tool_that_fits_itself_is_judged_as_it_comes_and_tuned_on_the_same_runs() -> None:
    check = peer_check()
    rows = [each.row for each in check.scores if each.tool == OURS]
    assert rows == [Row.DEFAULT, Row.TUNED]
    assert [each.row for each in check.scores if each.tool == "asv"] == [Row.DEFAULT, Row.BUDGET, Row.TUNED]


def test_tuning_uses_the_runs_in_the_budget() -> None:
    check = peer_check(narrow(identical=50, repeat=20))
    (tuned,), (default,) = check.of("asv", Row.TUNED), check.of("asv", Row.DEFAULT)
    assert tuned.figures.seconds_median == 10.0
    assert default.figures.seconds_median == 5.0
    assert tuned.rule == "median"


def test_conditions_are_judged_apart() -> None:
    check = peer_check(narrow(conditions=("idle", "two")))
    assert [each.condition for each in check.scores if each.tool == OURS] == ["idle", "idle", "two", "two"]
    assert check.of(OURS, Row.DEFAULT, "two")[0].figures.decisions == 5


def test_the_sharpest_rule_of_a_tool_is_its_best() -> None:
    check = peer_check(narrow(identical=30, repeat=30))
    (tuned,) = check.of("asv", Row.TUNED)
    assert tuned.figures.detectable is not None
    blunter = replace(
        tuned, rule="mean", figures=replace(tuned.figures, detectable=replace(tuned.figures.detectable, share=None))
    )
    both = replace(check, scores=(blunter, tuned))
    assert both.best("asv", Row.TUNED) == tuned
    assert both.best("pyperf", Row.TUNED) is None


def test_a_sharp_tool_is_seen_to_be_sharp() -> None:
    check = peer_check(narrow(percents=(0, 1, 2, 3, 5, 10, 20), identical=100, repeat=40))
    ours, asv = check.best(OURS, Row.DEFAULT), check.best("asv", Row.TUNED)
    assert ours is not None
    assert asv is not None
    assert ours.figures.detectable is not None
    assert ours.figures.detectable.share == pytest.approx(0.014, abs=0.004)
    assert asv.figures.detectable is not None
    assert asv.figures.detectable.share == pytest.approx(0.08, abs=0.02)


def test_no_answer_is_no_standing() -> None:
    assert scores([outcome(0, 0, ())], ("pytest-benchmark",), 1) == ()
    assert scores([], (OURS,), 1) == ()


def test_a_ratio_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no ratio"):
        Reading("limit", "mean", math.inf, Verdict.UNDECIDED)


def test_a_simulated_tool_without_error_makes_no_mistake() -> None:
    check = peer_check(narrow(tools=(OURS,)), peers={OURS: SimulatedPeer(OURS, error=0.0, limit=0.01)})
    score = check.of(OURS, Row.DEFAULT)[0]
    assert score.figures.false_alarms.count == 0
    assert all(each.found.count == each.found.of for each in score.figures.power)
