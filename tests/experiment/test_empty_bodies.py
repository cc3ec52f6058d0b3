"""What the harness says of itself: bodies that do nothing have a cost, and next to nothing is left of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patternbench.experiment import empty_bodies
from patternbench.experiment.empty_bodies import measured_overhead
from patternbench.experiment.suite_file import comparisons

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")


def test_less_is_left_of_an_empty_body_than_it_costs() -> None:
    found = measured_overhead(3)
    assert 0 < found.plain_ns < found.awaited_ns
    assert abs(found.plain_left_ns) < found.plain_ns
    assert abs(found.awaited_left_ns) < found.awaited_ns


def test_its_bodies_are_a_suite_like_any_other() -> None:
    (declared,) = (each for _, each in comparisons(Path(empty_bodies.__file__)))
    assert [(each.name, each.is_async) for each in declared.variants] == [("plain", False), ("awaited", True)]
