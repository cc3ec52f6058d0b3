"""The verification: planted shares from counted instructions, with a counter that is made up."""

from __future__ import annotations

import shutil

import pytest
from tests.simulated_trials import counted

from patternbench.errors import WorkerError
from patternbench.experiment.probes import Probes
from patternbench.meters import instructions
from patternbench.meters.meter import ProbeFailed
from patternbench.selfcheck.units import IO, PERCENTS, UNITS
from patternbench.selfcheck.verification import counted_by_meter, verified


def test_what_a_call_costs_by_itself_lessens_the_share() -> None:
    """Repetitions of 1000 instructions, 50 beside them: 120 050 over 100 050 is 19.990 %, not 20."""
    (found,) = verified(["json_round_trip"], [20], counted).counted
    assert (found.base, found.planted, found.fixed) == (100_050, 120_050, 50)
    assert found.share_percent == pytest.approx(19.990, abs=1e-3)
    assert found.error_points == pytest.approx(-0.010, abs=1e-3)
    assert found.holds


def test_units_that_wait_are_left_out() -> None:
    found = verified(list(UNITS), [0, 5], counted)
    assert {each.unit for each in found.counted} == {each.name for each in UNITS.values() if each.kind != IO}
    assert {each.percent for each in found.counted} == {0, 5}


def test_identical_code_must_not_differ_by_one_instruction() -> None:
    (found,) = verified(["sort"], [0], lambda _, __, variant: 1_000_000 + (variant == "planted")).counted
    assert found.error_points == pytest.approx(0, abs=1e-3)
    assert not found.holds


def test_a_share_too_far_from_what_was_planted_does_not_hold() -> None:
    (found,) = verified(
        ["sort"], [20], lambda _, percent, variant: 100 + 1.01 * percent * (variant == "planted")
    ).counted
    assert found.share_percent == pytest.approx(20.2)
    assert not found.holds


def test_nothing_is_counted_unless_asked_for() -> None:
    assert verified(["sort"], []).not_counted == "it was not asked for"


def test_without_valgrind_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert verified(["sort"], [5]).not_counted == "valgrind is not installed"


def test_the_meter_counts_the_variant_of_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    class Meter:
        def measure(self, start: Probes) -> dict[str, float]:
            target = start._target
            return {"instructions": 1000.0 * target.case + target.variant}

    monkeypatch.setattr(instructions, "METER", Meter())
    count = counted_by_meter()
    assert count("sort", PERCENTS[3], "base") == 3000
    assert count("sort", PERCENTS[3], "planted") == 3001


def test_a_count_that_failed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Meter:
        def measure(self, _: Probes) -> dict[str, float]:
            raise ProbeFailed("valgrind ended without a count")

    monkeypatch.setattr(instructions, "METER", Meter())
    with pytest.raises(WorkerError, match=r"could not be counted \(valgrind ended without a count\)"):
        counted_by_meter()("sort", 0, "base")
