"""The verification: planted shares from counted instructions, with a counter that is made up."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pytest
from tests.simulated_trials import counted

from patternbench.errors import WorkerError
from patternbench.selfcheck.units import IO, UNITS
from patternbench.selfcheck.verification import _VALGRIND, counted_by_valgrind, verified


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
    calls = 0

    def restless(_: str, every: Sequence[int]) -> int:
        nonlocal calls
        calls += 1
        return 1_000_000 * sum(every) + calls

    (found,) = verified(["sort"], [0], restless).counted
    assert found.error_points == pytest.approx(0, abs=1e-3)
    assert not found.holds


def test_a_share_too_far_from_what_was_planted_does_not_hold() -> None:
    (found,) = verified(["json_round_trip"], [20], lambda _, every: sum(1000 * n + n * n for n in every)).counted
    assert not found.holds


def test_nothing_is_counted_unless_asked_for() -> None:
    assert verified(["sort"], []).not_counted == "it was not asked for"


def test_without_valgrind_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert verified(["sort"], [5]).not_counted == "valgrind is not installed"


def test_a_count_is_read_from_what_valgrind_says(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b"==7== \n==7== I   refs:      423,948,686\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0, stderr=said))
    assert counted_by_valgrind("sort", [300, 300]) == 423_948_686


@pytest.mark.parametrize(("returncode", "said"), [(1, b"==7== I refs: 1"), (0, b"nothing")])
def test_a_count_that_failed_is_an_error(returncode: int, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=returncode, stderr=said))
    with pytest.raises(WorkerError, match="could not be counted"):
        counted_by_valgrind("sort", [300])


def test_the_program_that_is_counted_makes_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the tool's cost: the same program, run as it stands."""
    really = subprocess.run
    codes = []

    def bare(command: Sequence[str], env: Mapping[str, str], **_: object) -> SimpleNamespace:
        done = really(command[len(_VALGRIND) :], capture_output=True, check=False, env=env)
        codes.append(done.returncode)
        return SimpleNamespace(returncode=done.returncode, stderr=b"I refs: 1")

    monkeypatch.setattr(subprocess, "run", bare)
    counted_by_valgrind("sort", [3, 4])
    counted_by_valgrind("gather", [3, 4])
    assert codes == [0, 0]
