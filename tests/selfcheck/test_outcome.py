"""Outcomes and findings: what the engine said, and which trials each figure is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.simulated_trials import SimulatedEngine, self_check

from patternbench.selfcheck.outcome import Outcome, findings
from patternbench.selfcheck.plan import LONG_S, SCOPES, SHORT_S, planned
from patternbench.selfcheck.units import ASYNCIO, CPU, IO, UNITS
from patternbench.verdict import Verdict

CHECK = self_check(verify=False)


def test_an_outcome_is_what_was_said_of_the_planted_variant() -> None:
    (found,) = (each for each in CHECK.outcomes if each.trial.number == 0)
    case = SimulatedEngine()(found.trial)
    planted = case.variants[1]
    assert (found.verdict, found.ratio, found.adjusted) == (planted.verdict, planted.ratio, planted.adjusted)
    assert (found.band, found.sets, found.rounds) == (case.band, case.sets, case.rounds)


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.NOT_MEASURED])
def test_what_was_not_measured_is_no_decision(verdict: Verdict) -> None:
    trial = planned(SCOPES["quick"], 1)[0]
    assert Outcome(trial, "2026-03-01T03:00:00Z", verdict, 1.0, reason="it broke").decision is None


def test_every_part_is_over_its_own_trials() -> None:
    for kind in (None, CPU, ASYNCIO, IO):
        for condition in (None, "idle", "one", "two"):
            found = CHECK.finding(cap_s=SHORT_S, kind=kind, condition=condition)
            assert found is not None
            assert found.decisions == sum(
                each.trial.cap_s == SHORT_S
                and kind in (None, UNITS[each.trial.unit].kind)
                and condition in (None, each.trial.condition)
                for each in CHECK.outcomes
            )


def test_longer_decisions_are_counted_apart() -> None:
    short, long = CHECK.finding(cap_s=SHORT_S), CHECK.finding(cap_s=LONG_S)
    assert short is not None
    assert long is not None
    assert short.decisions + long.decisions == len(CHECK.outcomes)
    assert long.false_alarms.of == 0


def test_a_part_without_a_decision_has_no_figures() -> None:
    idle = tuple(each for each in CHECK.outcomes if each.trial.condition == "idle")
    check = replace(CHECK, outcomes=idle, findings=findings(idle, CHECK.seed))
    assert check.finding(cap_s=SHORT_S, condition="two") is None
    assert check.finding(cap_s=SHORT_S, condition="idle") is not None


def test_the_figures_of_a_part_do_not_depend_on_the_others() -> None:
    sort = tuple(each for each in CHECK.outcomes if each.trial.unit == "sort")
    alone = replace(CHECK, findings=findings(sort, CHECK.seed))
    assert alone.finding(cap_s=SHORT_S, kind=CPU, unit="sort") == CHECK.finding(cap_s=SHORT_S, kind=CPU, unit="sort")


def test_a_simulated_engine_gets_its_own_error_back() -> None:
    """Error 0.4 % on an idle machine: nine in ten at (2.576 + 1.282) × 0.4 %, 1.6 %; the sizes around are 1 and 2 %."""
    found = CHECK.finding(cap_s=SHORT_S, kind=CPU, condition="idle")
    assert found is not None
    assert found.detectable is not None
    assert found.detectable.share is not None
    assert 0.01 < found.detectable.share < 0.02
    everything = CHECK.finding(cap_s=SHORT_S)
    assert everything is not None
    assert everything.coverage.low < 0.95 < everything.coverage.high
    assert everything.false_alarms.low < 0.01
