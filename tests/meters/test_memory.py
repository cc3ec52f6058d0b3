"""Readings become a record: differences, never below zero, and no bytes per object without objects."""

from __future__ import annotations

import pytest

from patternbench.estimate import Memory
from patternbench.meters.memory import MOST_KEPT, CallReading, calls_to_keep, difference, may_give_objects

EMPTY = CallReading(peak_bytes=200, allocations=4, fresh=False, seconds=1e-7)


def reading(peak_bytes: int = 256, seconds: float = 1e-6) -> CallReading:
    return CallReading(peak_bytes, allocations=5, fresh=True, seconds=seconds)


def test_a_call_is_its_difference_to_an_empty_one() -> None:
    assert difference(reading(), EMPTY, kept_bytes=112.0, units=2) == Memory(56, 1, 56.0)


def test_less_than_nothing_is_nothing() -> None:
    assert difference(EMPTY, reading(), kept_bytes=-1.0, units=1) == Memory(0, 0, None)


def test_without_one_new_object_there_is_no_size_of_it() -> None:
    assert difference(reading(), EMPTY, kept_bytes=None, units=1) == Memory(56, 1, None)


def test_a_share_of_an_object_is_none() -> None:
    assert difference(reading(), EMPTY, kept_bytes=1600.0, units=1000) == Memory(56, 1, None)


@pytest.mark.parametrize(
    ("peak_bytes", "seconds", "calls"),
    [
        (256, 1e-7, MOST_KEPT),
        (256, 2e-3, 300),
        (2**20, 1e-7, 30),
        (2**30, 1e-7, 1),
        (256, 10.0, 1),
        (0, 0.0, MOST_KEPT),
    ],
)
def test_neither_time_nor_memory_runs_out(peak_bytes: int, seconds: float, calls: int) -> None:
    assert calls_to_keep(reading(peak_bytes, seconds), 1) == calls


@pytest.mark.parametrize(("allocations", "units", "calls"), [(5, 1, 3000), (3, 1000, 300), (17_000, 500, 30)])
def test_no_more_is_counted_than_is_soon_read(allocations: int, units: int, calls: int) -> None:
    """A million allocations, where objects that came off a free list this once are as many."""
    assert calls_to_keep(CallReading(256, allocations, fresh=True, seconds=1e-7), units) == calls


@pytest.mark.parametrize(("peak_bytes", "units", "may"), [(0, 1, True), (248, 1000, False), (8_056, 1000, True)])
def test_a_batch_without_room_for_its_objects_is_not_kept(peak_bytes: int, units: int, may: bool) -> None:  # noqa: FBT001
    assert may_give_objects(reading(peak_bytes), units) is may
