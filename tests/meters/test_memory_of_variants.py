"""Memory of a variant, read in real processes: what a call allocates, and what an object keeps."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from patternbench.estimate import Memory
from patternbench.experiment.catalogue import described
from patternbench.experiment.probes import Probes, Target
from patternbench.meters import MODULES
from patternbench.meters.memory import METER

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memray does not run on Windows")

SUITE = '''
"""A suite for tests."""
import asyncio
from dataclasses import dataclass
from patternbench import Comparison, variant

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


def measured(suite: Path, comparison: str, variant: str) -> Memory:
    """What the meter reads of a variant."""
    (declared,) = (each for each in described([suite]) if each.name == comparison)
    index = [each.name for each in declared.variants].index(variant)
    with Probes(Target(suite, comparison, 0, index), MODULES["memory"]) as start:
        return Memory(**METER.measure(start))  # type: ignore[arg-type]


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
    found = measured(suite, "Made", variant)
    assert found.not_measured is None
    assert found.bytes_per_object == pytest.approx(traced_bytes(cls), abs=0.2)


def test_one_slotted_object_is_one_allocation_of_its_size(suite: Path) -> None:
    found = measured(suite, "Made", "slotted")
    assert (found.peak_bytes, found.allocations, found.bytes_per_object) == (56, 1, 56.0)


def test_an_awaited_call_counts_its_own_allocations_only(suite: Path) -> None:
    found = measured(suite, "Made", "awaited")
    assert found.bytes_per_object == pytest.approx(56, abs=1)
    assert found.allocations is not None
    assert 1 <= found.allocations < 60


def test_readings_repeat(suite: Path) -> None:
    first, second = (measured(suite, "Made", "gathered") for _ in range(2))
    assert first.allocations is not None
    assert first.allocations == second.allocations
    assert first.peak_bytes == pytest.approx(second.peak_bytes, rel=0.01)  # asyncio's sets go by address


@pytest.mark.parametrize("variant", ["cached", "nothing"])
def test_a_call_that_makes_no_object_has_no_bytes_per_object(suite: Path, variant: str) -> None:
    assert measured(suite, "Made", variant) == Memory(0, 0, None)


def test_memory_given_back_before_the_end_counts_for_the_peak(suite: Path) -> None:
    found = measured(suite, "Made", "big")
    assert found.peak_bytes is not None
    assert 10_000_000 <= found.peak_bytes < 10_001_000


def test_units_divide_what_is_kept(suite: Path) -> None:
    found = measured(suite, "Batch", "many")
    assert found.bytes_per_object is not None
    assert 56 < found.bytes_per_object < 56 + 8 + 8  # the object, its place in the list, its share of the list
