"""Instructions: the same code gives the same number, and a planted difference is read as what it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from patternbench.experiment.probes import Probes, Target
from patternbench.meters import MODULES
from patternbench.meters.instructions import FEWEST, METER, Calls, calls_for, collected
from patternbench.meters.meter import Outcome, ProbeFailed

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")

SUITE = '''
"""A suite for tests."""
import asyncio
from patternbench import Comparison, variant

def loop(times):
    total = 0
    for number in range(times):
        total += number & 3
    return total

class Planted(Comparison):
    """Which loop is longer, and by how much?"""
    baseline = "a"

    @variant
    def a(self):
        return loop(10_000)

    @variant
    def the_same_under_a_longer_name(self):
        return loop(10_000)

    @variant
    def longer(self):
        return loop(10_100)

    @variant
    def little_longer(self):
        return loop(10_030)

    @variant
    def nothing(self):
        pass

    @variant
    async def gathered(self):
        return await asyncio.gather(*(asyncio.sleep(0) for _ in range(5)))

    @variant
    async def gathered_as_well(self):
        return await asyncio.gather(*(asyncio.sleep(0) for _ in range(5)))

class Batch(Comparison):
    """Per operation or per call?"""
    baseline = "batch"
    units = 100

    @variant
    def batch(self):
        return loop(10_000)
'''


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("suite") / "planted.py"
    path.write_text(SUITE)
    return path


def counted(suite: Path, variant: int, comparison: str = "Planted") -> float:
    with Probes(Target(suite, comparison, 0, variant), MODULES["instructions"]) as start:
        count = METER.measure(start)["instructions"]
    assert isinstance(count, float)
    return count


@needs_valgrind
def test_identical_code_differs_by_nothing_and_a_hundredth_reads_as_a_hundredth(suite: Path) -> None:
    first = counted(suite, 0)
    assert first > 100_000
    assert counted(suite, 1) == first
    assert counted(suite, 2) / first == pytest.approx(1.01, abs=0.0002)
    assert counted(suite, 3) / first == pytest.approx(1.003, abs=0.0002)
    assert counted(suite, 0, "Batch") == pytest.approx(first / 100, abs=0.01)


@needs_valgrind
def test_an_empty_body_counts_nothing(suite: Path) -> None:
    assert counted(suite, 4) == pytest.approx(0, abs=1)


@needs_valgrind
def test_coroutines_in_a_loop_repeat_as_well(suite: Path) -> None:
    first = counted(suite, 5)
    assert first > 10_000
    assert counted(suite, 6) == first


class Counter:
    """A start that counts as an interpreter of a known cost would, and notes what it was asked for."""

    def __init__(self, *, of_call: int, of_empty: int, waiting_s: float = 0.0, units: int = 1) -> None:
        self.orders: list[dict[str, Any]] = []
        self.under: list[Sequence[str]] = []
        self._of_call, self._of_empty = of_call, of_empty
        self._told = {"waiting_s": waiting_s, "units": units}

    def __call__(
        self, order: Mapping[str, Any], *, under: Sequence[str] = (), patience: float = 1.0, **_: object
    ) -> Outcome:
        self.orders.append(dict(order))
        self.under.append(under)
        begin = 1_000_000
        end = begin + order["calls"] * self._of_call + order["empty"] * self._of_empty + 777
        lines = f"noise\n==7== Collected : {begin}\n==8== Collected : {end}\n==9== Collected : 5\n"
        return Outcome({"marks": [7, 8], **self._told}, output=lines, process=9)

    def reference(self, order: Mapping[str, Any]) -> Outcome:
        raise AssertionError("this meter asks nothing of the baseline")


def test_what_an_empty_call_and_the_forks_cost_is_taken_off() -> None:
    start = Counter(of_call=500, of_empty=90)
    assert METER.measure(start) == {"instructions": 410.0, "calls": 100}
    assert [(each["calls"], each["empty"]) for each in start.orders] == [(2, 1), (1, 2), (200, 100), (100, 200)]
    assert all("--tool=callgrind" in under for under in start.under)


def test_a_call_of_several_operations_is_divided() -> None:
    assert METER.measure(Counter(of_call=590, of_empty=90, units=10))["instructions"] == 50.0


def test_a_slow_call_is_made_a_few_times_only() -> None:
    assert calls_for(300_000, 0.0) == Calls(100, 200)
    assert calls_for(300_001, 0.0) == calls_for(0, 0.021) == Calls(5, 10)
    assert calls_for(10_000_001, 0.0) == calls_for(0, 0.41) == FEWEST
    start = Counter(of_call=20_000_000, of_empty=90)
    assert METER.measure(start) == {"instructions": 19_999_910.0, "calls": 1}
    assert len(start.orders) == 2


def test_a_count_is_taken_from_its_own_process_and_is_the_last() -> None:
    output = "==12== Collected : 1\nCollected : 2\n==12== Collected : 30\n==123== Collected : 4\n"
    assert collected(output, 12) == 30
    with pytest.raises(ProbeFailed, match="valgrind ended without a count"):
        collected(output, 1)


def test_without_valgrind_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert METER.unavailable() == "valgrind is not installed"
