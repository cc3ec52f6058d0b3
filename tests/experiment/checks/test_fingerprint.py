"""A change of what a collection holds shows, and no other does."""

from __future__ import annotations

from array import array
from collections import deque
from typing import Any

import numpy as np
import pytest

from patternbench.experiment.checks.fingerprint import Fingerprint, is_blank, is_collection


class Thing:
    pass


@pytest.mark.parametrize(
    "value",
    [
        [3, 1, 2],
        list(range(5000)),
        [[3], [1, [2]]],
        {"b": [1], "a": 2},
        {3, 1, 2},
        deque(range(2000)),
        bytearray(b"abc"),
        array("d", [0.5, 1.5]),
        np.arange(5.0),
        [float("nan")],
    ],
)
def test_what_was_left_alone_is_the_same(value: Any) -> None:
    assert is_collection(value)
    assert Fingerprint(value) == Fingerprint(value)


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ([3, 1, 2], lambda value: value.sort()),
        (list(range(5000, 0, -1)), lambda value: value.sort()),
        ([[3], [1, 2]], lambda value: value[1].append(3)),
        ({"rows": [{"name": "A"}]}, lambda value: value["rows"][0].update(name="a")),
        ({3, 1, 2}, lambda value: value.discard(1)),
        (deque(range(2000)), lambda value: value.rotate(1)),
        (bytearray(b"abc"), lambda value: value.reverse()),
        (array("d", [1.5, 0.5]), lambda value: value.append(0.0)),
        (np.array([3.0, 1.0]), lambda value: value.sort()),
    ],
)
def test_a_change_in_place_shows(value: Any, change: Any) -> None:
    before = Fingerprint(value)
    change(value)
    assert Fingerprint(value) != before


def test_a_change_inside_an_object_is_its_own_affair() -> None:
    thing = Thing()
    before = Fingerprint([thing])
    thing.seen = 1  # type: ignore[attr-defined]
    assert Fingerprint([thing]) == before
    assert Fingerprint([Thing()]) != before


@pytest.mark.parametrize("value", [[], [0, 0, 0], {}, {"a": 0, "b": 0}, set(), bytearray(5), np.zeros(3)])
def test_a_place_for_results_is_blank(value: Any) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [[3, 1], {"a": 1, "b": 2}, {1}, bytearray(b"ab"), np.arange(3)])
def test_inputs_are_not(value: Any) -> None:
    assert not is_blank(value)


def test_a_large_collection_costs_no_more_than_a_sample() -> None:
    looked_at = 0

    class Watched(list[int]):
        def __getitem__(self, index: Any) -> Any:
            nonlocal looked_at
            found = super().__getitem__(index)
            looked_at += len(found) if isinstance(index, slice) else 1
            return found

        def __iter__(self) -> Any:
            raise AssertionError("looked at every item")

    Fingerprint(Watched(range(1_000_000)))
    assert 0 < looked_at < 2000
