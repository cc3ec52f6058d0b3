"""Start-up: each phase holds what happens in it, and times are medians over fresh processes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patternbench.experiment.probes import Probes, Target
from patternbench.meters import MODULES
from patternbench.meters.meter import Outcome
from patternbench.meters.startup import METER, PROCESSES

SUITE = '''
"""A suite for tests: each phase sleeps for a time of its own."""
import os, time
from patternbench import Comparison, variant

time.sleep(0.05)

class Sleeping(Comparison):
    """Which phase?"""
    baseline = "first"

    def setup(self):
        time.sleep(0.03)
        self.calls = 0

    @variant
    def first(self):
        self.calls += 1
        time.sleep(0.02 if self.calls == 1 else 30)
'''


class Script:
    """A start whose processes take the times that they are given."""

    def __init__(self, imports: list[float]) -> None:
        self._imports = iter(imports)
        self.asked: list[dict[str, object]] = []

    def __call__(self, order: Mapping[str, Any], **options: object) -> Outcome:
        self.asked.append(options)
        if options.get("under"):
            count = 1_000 if options["bare"] else 5_000
            return Outcome({"first_call_s": 9.0}, output=f"==1== Collected : {count}\n", process=1)
        return Outcome({"first_call_s": 0.25}, interpreter_s=0.5, import_s=next(self._imports), setup_s=1.0)

    def reference(self, order: Mapping[str, Any]) -> Outcome:
        raise AssertionError("this meter asks nothing of the baseline")


def test_times_are_medians_and_the_first_process_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/valgrind")
    start = Script([1000.0, *(float(number) for number in range(PROCESSES))])
    middle = float(PROCESSES // 2)
    assert METER.measure(start) == {
        "total_s": middle + 1.25,
        "import_s": middle,
        "setup_s": 1.0,
        "first_call_s": 0.25,
        "interpreter_s": 0.5,
        "instructions": 4_000,
    }
    assert all(each["fresh"] for each in start.asked)


def test_without_valgrind_there_are_times_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    found = METER.measure(Script([1.0] * (PROCESSES + 1)))
    assert found["instructions"] is None
    assert found["total_s"] == 2.25


def test_each_phase_holds_what_happens_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    suite = tmp_path / "sleeping.py"
    suite.write_text(SUITE)
    with Probes(Target(suite, "Sleeping", 0, 0), MODULES["startup"]) as start:
        found = METER.measure(start)
    times = {name: value for name, value in found.items() if isinstance(value, float)}
    assert times["import_s"] >= 0.05
    assert times["setup_s"] >= 0.03
    assert times["first_call_s"] >= 0.02
    assert times["interpreter_s"] > 0
    assert times["total_s"] >= 0.1


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_instructions_of_an_import_are_those_of_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patternbench.meters.startup.PROCESSES", 1)
    counts = []
    for number, module in enumerate(("json", "decimal, fractions, xml.dom.minidom")):
        suite = tmp_path / f"imports{number}.py"
        suite.write_text(f"import {module}\n" + SUITE.replace("time.sleep(0.05)", ""))
        with Probes(Target(suite, "Sleeping", 0, 0), MODULES["startup"]) as start:
            counts.append(METER.measure(start)["instructions"])
    light, heavy = counts
    assert isinstance(light, int)
    assert isinstance(heavy, int)
    assert 0 < light < 10_000_000 < heavy
