"""Promises: met and missed by the figure, and whether the bound agrees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.simulated_trials import SimulatedEngine, self_check

from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.plan import SCOPES, narrowed
from patternbench.selfcheck.targets import Judged, Judgement, Promise, Quantity, contradicted, judged
from patternbench.selfcheck.units import ASYNCIO, CPU, IO
from patternbench.selfcheck.verification import Verification

SHARP = dict.fromkeys((CPU, ASYNCIO, IO), 0.0015)
BLUNT = dict.fromkeys((CPU, ASYNCIO, IO), 0.1)
GOOD = self_check(engine=SimulatedEngine(SHARP))
POOR = self_check(engine=SimulatedEngine(BLUNT, alarming=0.3))


def of(check: SelfCheck, quantity: Quantity, **where: object) -> Judged:
    (found,) = (
        each
        for each in judged(check)
        if each.promise.quantity is quantity
        and (each.promise.kind, each.promise.condition) == (where.get("kind"), where.get("condition"))
        and each.promise.cap_s == where.get("cap_s", 10.0)
    )
    return found


def test_a_sharp_engine_keeps_what_is_promised_of_small_changes() -> None:
    for condition in ("idle", "one", "two"):
        assert of(GOOD, Quantity.DETECTABLE, kind=CPU, condition=condition).judgement is Judgement.MET
    assert of(GOOD, Quantity.BIAS).judgement is Judgement.MET
    assert of(GOOD, Quantity.COVERAGE).judgement is Judgement.MET


def test_few_decisions_keep_a_promise_only_so_far() -> None:
    assert of(GOOD, Quantity.DETECTABLE, kind=ASYNCIO, condition="idle", cap_s=30.0).judgement is Judgement.MET_SO_FAR
    assert of(GOOD, Quantity.FALSE_ALARMS, condition="idle").judgement in {
        Judgement.MET_SO_FAR,
        Judgement.MISSED_SO_FAR,
    }


def test_a_blunt_engine_misses() -> None:
    seen = of(POOR, Quantity.DETECTABLE, kind=CPU, condition="idle")
    assert (seen.judgement, seen.value) == (Judgement.MISSED, None)
    assert of(POOR, Quantity.FALSE_ALARMS).judgement is Judgement.MISSED


def test_false_alarms_contradict_the_promise_only_beyond_doubt() -> None:
    assert contradicted(POOR)
    assert not contradicted(GOOD)
    few = self_check(
        narrowed(SCOPES["quick"], percents=(0,)), engine=SimulatedEngine(SHARP, alarming=0.1), verify=False
    )
    assert not contradicted(few)


def test_sizes_above_the_promised_one_say_nothing_about_it() -> None:
    check = self_check(narrowed(SCOPES["full"], percents=(0, 10, 20)), engine=SimulatedEngine(SHARP), verify=False)
    assert of(check, Quantity.DETECTABLE, kind=CPU, condition="idle").judgement is Judgement.NOT_MEASURED


def test_a_part_that_was_not_measured_is_not_judged() -> None:
    check = self_check(SCOPES["quick"], verify=False)
    assert of(check, Quantity.FALSE_ALARMS, condition="two").judgement is Judgement.NOT_MEASURED
    assert of(check, Quantity.PLANTED).judgement is Judgement.NOT_MEASURED


def test_planted_sizes_are_judged_by_the_one_furthest_off() -> None:
    found = of(GOOD, Quantity.PLANTED)
    assert found.judgement is Judgement.MET
    counted = GOOD.verification.counted
    off = replace(counted[-1], planted=counted[-1].planted * 1.01)
    check = replace(GOOD, verification=Verification((*counted[:-1], off)))
    found = of(check, Quantity.PLANTED)
    assert found.judgement is Judgement.MISSED
    assert found.value == pytest.approx(off.error_points)


def test_every_promise_stands_once() -> None:
    promises = [each.promise for each in judged(GOOD)]
    assert len(set(promises)) == len(promises)
    assert Promise(Quantity.DETECTABLE, 0.02, kind=CPU, condition="idle") in promises
