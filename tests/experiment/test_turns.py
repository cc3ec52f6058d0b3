"""Turns: one at a time, all names alike, in an order that the draws alone decide."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from patternbench.experiment.turns import Turns


def order_of(seed: int, turns_each: dict[str, int], slow: str = "") -> list[str]:
    """The order in which threads had their turns; the slow one dawdles before each."""
    turns = Turns(turns_each, random.Random(seed))
    had: list[str] = []
    holding = threading.Lock()

    def take(name: str) -> None:
        try:
            for _ in range(turns_each[name]):
                if name == slow:
                    time.sleep(0.005)
                with turns.turn(name):
                    assert holding.acquire(blocking=False), "two turns at once"
                    had.append(name)
                    holding.release()
        finally:
            turns.leave(name)

    with ThreadPoolExecutor(len(turns_each)) as pool:
        for done in [pool.submit(take, name) for name in turns_each]:
            done.result(timeout=30)
    return had


def test_the_order_does_not_depend_on_who_is_slow() -> None:
    each = dict.fromkeys("abc", 6)
    assert order_of(1, each) == order_of(1, each, slow="a") == order_of(1, each, slow="c")
    assert len({tuple(order_of(seed, each)) for seed in range(5)}) > 1


def test_every_name_has_its_turn_before_any_has_another() -> None:
    had = order_of(3, dict.fromkeys("abcd", 5))
    for first in range(0, len(had), 4):
        assert sorted(had[first : first + 4]) == list("abcd")


def test_who_is_done_is_not_waited_for() -> None:
    had = order_of(2, {"a": 1, "b": 4, "c": 0})
    assert sorted(had) == ["a", "b", "b", "b", "b"]


def test_a_turn_that_fails_passes_on() -> None:
    turns = Turns("ab", random.Random(1))

    def fail() -> None:
        try:
            with turns.turn("a"):
                raise ValueError("no")
        finally:
            turns.leave("a")

    def succeed() -> str:
        with turns.turn("b"):
            return "b"

    with ThreadPoolExecutor(2) as pool:
        failing, other = pool.submit(fail), pool.submit(succeed)
        assert other.result(timeout=30) == "b"
        with pytest.raises(ValueError, match="no"):
            failing.result(timeout=30)
