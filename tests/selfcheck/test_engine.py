"""The engine under a self-check: real decisions, with a budget that is soon spent; nobody looks at their times."""

from __future__ import annotations

import os

import pytest

from patternbench.experiment.budget import BUDGETS, Budget
from patternbench.selfcheck.engine import Engine, budget
from patternbench.selfcheck.outcome import outcome
from patternbench.selfcheck.plan import LONG_S, SHORT_S, Trial
from patternbench.session import CaseResult
from patternbench.verdict import Status

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")


def trial(unit: str, percent: int = 0, cap_s: float = SHORT_S) -> Trial:
    return Trial(0, unit, percent, 0, "idle", cap_s, seed=1)


def test_a_trial_never_takes_longer_than_it_may() -> None:
    assert budget(trial("sort")).cap_s <= SHORT_S
    assert budget(trial("sort", cap_s=LONG_S)).cap_s == LONG_S


@pytest.mark.parametrize("unit", ["sort", "queue", "http_new"])
def test_a_unit_of_every_kind_is_decided(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        BUDGETS,
        "quick",
        Budget("quick", precision=0.0, cap_s=1.0, rounds=4, shifts=1, least_rounds=3, least_sets=3, sets=3),
    )
    heard: list[str] = []

    class Observer:
        def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
            heard.append(case_key)

        def set_finished(self, *_: object) -> None:
            pass

        def case_finished(self, comparison_id: str, case: CaseResult) -> None:
            heard.append(comparison_id)

    asked = trial(unit, 20)
    case = Engine(Observer())(asked)
    found = outcome(asked, case, at="2026-03-01T03:00:00Z", seconds=1.0)
    assert case.status is Status.OK
    assert (found.decision, found.reason) != (None, None)
    assert found.ratio is not None
    assert heard[0] == "percent=20"
    assert heard[1].startswith("units/")
