"""Two sessions: whether a ratio moved, by hand and with a truth that is known."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from patternbench.estimate import Ratio
from patternbench.session import (
    CaseResult,
    ComparisonResult,
    Environment,
    Label,
    Machine,
    Session,
    SessionInfo,
    VariantResult,
)
from patternbench.statistics.contrast import moves
from patternbench.statistics.interval import Sets
from patternbench.statistics.multiplicity import FALSE_DISCOVERY_RATE
from patternbench.verdict import Status, Verdict

SETS = 8
ENVIRONMENT = Environment("3.11.7", "cpython", "", {}, Machine("x", 2, "Linux", "6", "glibc", 1, ""), "f")
ONE = Ratio(1.0, 1.0, 1.0)


def session(*comparisons: ComparisonResult) -> Session:
    info = SessionInfo("s", "2026-01-01T00:00:00Z", 1, "quick", "ok", 0)
    return Session(info, ENVIRONMENT, comparisons)


def comparison(
    ratios: dict[str, Ratio | None],
    *,
    name: str = "Made",
    baseline: str = "old",
    params: dict[str, Label] | None = None,
    band: float = 0.02,
) -> ComparisonResult:
    """One case whose adjusted intervals are those of 99 % for a shown interval of 95 % over eight sets."""
    variants = [VariantResult(baseline, Status.OK, Verdict.BASELINE, ratio=ONE, adjusted=ONE)]
    for variant, ratio in ratios.items():
        adjusted = None if ratio is None else at(ratio, 0.99)
        variants.append(VariantResult(variant, Status.OK, Verdict.UNDECIDED, ratio=ratio, adjusted=adjusted))
    case = CaseResult(params or {}, headline=True, status=Status.OK, variants=tuple(variants), band=band, sets=SETS)
    return ComparisonResult(f"s/{name}", "s", name, "Which?", "", baseline, {}, (), (case,))


def at(ratio: Ratio, confidence: float) -> Ratio:
    wider = float(stats.t.ppf((1 + confidence) / 2, SETS - 1) / stats.t.ppf(0.975, SETS - 1))
    half = ratio.half_width * wider
    return Ratio(ratio.point, ratio.point * math.exp(-half), ratio.point * math.exp(half), confidence)


def around(point: float, half: float) -> Ratio:
    return Ratio(point, point * math.exp(-half), point * math.exp(half))


def test_a_move_by_hand() -> None:
    """From 1.0 to 1.2 with half widths 0.03 and 0.04 on the logarithms: a change of 1.2."""
    found = moves(session(comparison({"new": around(1.0, 0.03)})), session(comparison({"new": around(1.2, 0.04)})))
    assert len(found) == 1
    move = found[0]
    assert (move.comparison, move.variant, move.params) == ("s/Made", "new", {})
    assert move.change.point == pytest.approx(1.2)
    assert 0.04 < move.change.half_width <= 0.05
    assert move.change.confidence == 0.95
    assert move.verdict is Verdict.SLOWER
    assert move.before.point == 1.0
    assert move.after.point == 1.2


def test_the_change_has_the_interval_of_welch() -> None:
    """Slow version, over the sets themselves: `scipy.stats.ttest_ind` without equal variances."""
    draws = np.random.default_rng(3)
    old, new = draws.normal(0, 0.01, SETS), draws.normal(0.05, 0.04, SETS)
    before = session(comparison({"new": Sets.of(list(old)).ratio(0.95)}))
    after = session(comparison({"new": Sets.of(list(new)).ratio(0.95)}))
    change = moves(before, after)[0].change
    interval = stats.ttest_ind(new, old, equal_var=False).confidence_interval(0.95)
    assert (math.log(change.low), math.log(change.high)) == pytest.approx((interval.low, interval.high))


def test_exchanged_sessions_give_the_inverse_move() -> None:
    before = session(comparison({"new": around(1.0, 0.03)}))
    after = session(comparison({"new": around(1.2, 0.04)}))
    forth, back = moves(before, after)[0], moves(after, before)[0]
    assert back.verdict is Verdict.FASTER
    assert back.change.point == pytest.approx(forth.change.inverse.point)
    assert back.change.half_width == pytest.approx(forth.change.half_width)


def test_a_session_against_itself_does_not_move() -> None:
    same = session(comparison({"new": around(1.3, 0.004), "noisy": around(1.3, 0.2)}))
    assert [each.verdict for each in moves(same, same)] == [Verdict.SAME, Verdict.UNDECIDED]


def test_only_what_both_measured_against_the_same_baseline_is_compared() -> None:
    known = comparison({"new": around(1.0, 0.01)}, params={"size": 3})
    before = session(known, comparison({"new": around(1.0, 0.01)}, name="Gone"))
    after = session(
        comparison({"new": around(1.0, 0.01), "added": around(1.0, 0.01), "broken": None}, params={"size": 3}),
        comparison({"new": around(1.0, 0.01)}, name="Fresh"),
    )
    assert [(each.comparison, each.variant) for each in moves(before, after)] == [("s/Made", "new")]
    assert moves(before, session(comparison({"new": around(1.0, 0.01)}, params={"size": 4}))) == []
    other = dataclasses.replace(known, baseline="other")
    assert moves(before, session(other)) == []


def test_cases_that_wait_need_a_larger_move() -> None:
    for band, verdict in ((0.02, Verdict.SLOWER), (0.05, Verdict.SAME)):
        before = session(comparison({"new": around(1.0, 0.0005)}, band=band))
        after = session(comparison({"new": around(1.01, 0.0005)}, band=band))
        assert moves(before, after)[0].verdict is verdict


def measured(draws: np.random.Generator, names: list[str], truth: float) -> Session:
    """A session of comparisons with two variants each, over eight sets with 3 % between them."""
    return session(
        *(
            comparison({"new": Sets.of(list(draws.normal(math.log(truth), 0.03, SETS))).ratio(0.95)}, name=name)
            for name in names
        )
    )


@pytest.mark.parametrize("questions", [1, 40])
def test_where_nothing_changed_few_comparisons_of_sessions_raise_an_alarm(questions: int) -> None:
    """With no true change every alarm is a false discovery, and any at all comes in one comparison out of twenty."""
    draws = np.random.default_rng(31)
    names = [f"Q{number}" for number in range(questions)]
    repeats = 120
    alarms = 0
    for _ in range(repeats):
        found = moves(measured(draws, names, 1.5), measured(draws, names, 1.5))
        alarms += any(each.verdict in (Verdict.FASTER, Verdict.SLOWER) for each in found)
    assert alarms <= stats.binom.ppf(0.9995, repeats, FALSE_DISCOVERY_RATE)


def test_among_many_true_moves_few_alarms_are_false() -> None:
    """Ten of forty ratios moved by 15 %: the share of false alarms among all, over repetitions, stays below 5 %."""
    draws = np.random.default_rng(33)
    shares, found = [], 0
    for _ in range(60):
        before = measured(draws, [f"Q{number}" for number in range(40)], 1.5)
        moved = measured(draws, [f"Q{number}" for number in range(10)], 1.5 * 1.15).comparisons
        still = measured(draws, [f"Q{number}" for number in range(10, 40)], 1.5).comparisons
        alarms = [each.comparison for each in moves(before, session(*moved, *still)) if each.verdict is Verdict.SLOWER]
        true = sum(each in {f"s/Q{number}" for number in range(10)} for each in alarms)
        found += true
        shares.append((len(alarms) - true) / max(1, len(alarms)))
    assert np.mean(shares) <= FALSE_DISCOVERY_RATE
    assert found >= 0.9 * 600


def test_the_raw_and_the_adjusted_p_value_are_both_kept() -> None:
    before = session(comparison({"new": around(1.0, 0.03), "other": around(1.0, 0.03)}))
    after = session(comparison({"new": around(1.2, 0.03), "other": around(1.0, 0.03)}))
    new, other = moves(before, after)
    assert new.q == pytest.approx(2 * new.p)
    assert other.p == other.q == pytest.approx(1.0)


def test_a_planted_move_is_found_and_covered() -> None:
    draws = np.random.default_rng(32)
    repeats = 200
    found = covered = 0
    for _ in range(repeats):
        move = moves(measured(draws, ["Q"], 1.5), measured(draws, ["Q"], 1.5 * 1.1))[0]
        found += move.verdict is Verdict.SLOWER
        covered += move.change.low <= 1.1 <= move.change.high
    assert found >= 0.9 * repeats
    assert covered >= stats.binom.ppf(0.0005, repeats, 0.95)
