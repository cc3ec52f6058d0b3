"""Memory of a variant: what a call allocates, and a reason where it cannot be counted."""

from __future__ import annotations

import os
import sys
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from patternbench.estimate import Memory
from patternbench.experiment import memory_process
from patternbench.experiment.memory_process import measure_memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memray does not run on Windows")

SUITE = '''
"""A suite for tests."""
import asyncio, ctypes, os, time
from dataclasses import dataclass
from patternbench import Comparison, NotMeasured, variant

@dataclass
class Plain:
    a: int
    b: int
    c: int

@dataclass(slots=True)
class Slotted:
    a: int
    b: int
    c: int

class Made(Comparison):
    """Which is smallest?"""
    baseline = "plain"

    def setup(self):
        self.kept = []
        self.one = Slotted(1, 2, 3)

    @variant
    def plain(self):
        return Plain(1, 2, 3)

    @variant
    def slotted(self):
        return Slotted(1, 2, 3)

    @variant
    def cached(self):
        return self.one

    @variant
    def nothing(self):
        return None

    @variant
    def big(self):
        return len(bytearray(10_000_000))

    @variant
    async def awaited(self):
        await asyncio.sleep(0)
        return Slotted(1, 2, 3)

    @variant
    async def gathered(self):
        return sum(await asyncio.gather(*(asyncio.sleep(0, 1) for _ in range(20))))

class Batch(Comparison):
    """Per object or per call?"""
    baseline = "many"
    units = 50

    @variant
    def many(self):
        return [Slotted(1, 2, 3) for _ in range(50)]

class Faulty(Comparison):
    """What if it cannot be counted?"""
    baseline = "raises"
    params = {"here": (True, False)}

    def setup(self, here):
        if not here:
            raise NotMeasured("no server here")

    @variant
    def raises(self):
        raise OSError(2, "no such file", "/secret/place/data.txt")

    @variant
    def crashes(self):
        ctypes.string_at(0)

    @variant
    def hangs(self):
        time.sleep(600)

    @variant
    def leaves(self):
        os._exit(7)
'''


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("suite") / "memory_suite.py"
    path.write_text(SUITE)
    return path


@dataclass
class Plain:
    a: int
    b: int
    c: int


@dataclass(slots=True)
class Slotted:
    a: int
    b: int
    c: int


def traced_bytes(cls: type, objects: int = 3000) -> float:
    """What tracemalloc says of the same objects."""
    make: Any = cls
    warm = [make(1, 2, 3) for _ in range(200)]
    kept: list[object] = [None] * objects
    slots = list(range(objects))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for slot in slots:
        kept[slot] = make(1, 2, 3)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del warm
    return (after - before) / objects


@pytest.mark.parametrize(("variant", "cls"), [("plain", Plain), ("slotted", Slotted)])
def test_bytes_per_object_agree_with_tracemalloc(suite: Path, variant: str, cls: type) -> None:
    found = measure_memory(suite, "Made", 0, variant)
    assert found.not_measured is None
    assert found.bytes_per_object == pytest.approx(traced_bytes(cls), abs=0.2)


def test_one_slotted_object_is_one_allocation_of_its_size(suite: Path) -> None:
    found = measure_memory(suite, "Made", 0, "slotted")
    assert (found.peak_bytes, found.allocations, found.bytes_per_object) == (56, 1, 56.0)


def test_an_awaited_call_counts_its_own_allocations_only(suite: Path) -> None:
    found = measure_memory(suite, "Made", 0, "awaited")
    assert found.bytes_per_object == pytest.approx(56, abs=1)
    assert found.allocations is not None
    assert 1 <= found.allocations < 60


def test_readings_repeat(suite: Path) -> None:
    first, second = (measure_memory(suite, "Made", 0, "gathered") for _ in range(2))
    assert first.allocations is not None
    assert first.allocations == second.allocations
    assert first.peak_bytes == pytest.approx(second.peak_bytes, rel=0.01)  # asyncio's sets go by address


@pytest.mark.parametrize("variant", ["cached", "nothing"])
def test_a_call_that_makes_no_object_has_no_bytes_per_object(suite: Path, variant: str) -> None:
    assert measure_memory(suite, "Made", 0, variant) == Memory(0, 0, None)


def test_memory_given_back_before_the_end_counts_for_the_peak(suite: Path) -> None:
    found = measure_memory(suite, "Made", 0, "big")
    assert found.peak_bytes is not None
    assert 10_000_000 <= found.peak_bytes < 10_001_000


def test_units_divide_what_is_kept(suite: Path) -> None:
    found = measure_memory(suite, "Batch", 0, "many")
    assert found.bytes_per_object is not None
    assert 56 < found.bytes_per_object < 56 + 8 + 8  # the object, its place in the list, its share of the list


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("raises", "FileNotFoundError: [Errno 2] no such file: 'data.txt'"),
        ("crashes", "the process that counts was killed by SIGSEGV"),
        ("leaves", "the process that counts ended with exit code 7"),
    ],
)
def test_what_cannot_be_counted_says_why(suite: Path, variant: str, reason: str) -> None:
    assert measure_memory(suite, "Faulty", 0, variant) == Memory(not_measured=reason)


def test_a_case_that_is_left_out_keeps_its_reason(suite: Path) -> None:
    assert measure_memory(suite, "Faulty", 1, "raises") == Memory(not_measured="no server here")


def test_what_hangs_is_killed_with_its_children(suite: Path) -> None:
    assert measure_memory(suite, "Faulty", 0, "hangs", timeout_s=3).not_measured == "counting took longer than 3 s"


def test_a_suite_that_cannot_be_imported_says_why(tmp_path: Path) -> None:
    path = tmp_path / "broken_suite.py"
    path.write_text("import no_such_module_at_all")
    reason = measure_memory(path, "X", 0, "y").not_measured
    assert reason is not None
    assert "no_such_module_at_all" in reason
    assert str(tmp_path) not in reason


def test_the_interpreters_switches_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONMALLOC", "debug")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path[:1]))
    handed = memory_process._environment()
    assert "PYTHONDONTWRITEBYTECODE" not in handed
    assert "PYTHONMALLOC" not in handed
    assert handed["PYTHONHASHSEED"] == "0"
    assert "PYTHONPATH" in handed
