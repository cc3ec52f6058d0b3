"""What the harness says of itself: bodies that do nothing have a cost, and next to nothing is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patternbench.experiment import empty_suite
from patternbench.experiment.empty_bodies import measured_overhead
from patternbench.experiment.suite_file import comparisons

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")


def test_less_is_left_of_an_empty_body_than_it_costs() -> None:
    found = measured_overhead(3)
    assert 0 < found.plain_ns < found.awaited_ns
    assert abs(found.plain_left_ns) < found.plain_ns
    assert abs(found.awaited_left_ns) < found.awaited_ns


def test_its_workers_can_be_forked() -> None:
    """A host with threads could not, and what the harness itself imports has some."""
    program = f"import sys, runpy; runpy.run_path({empty_suite.__file__!r}); print('numpy' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert said.strip() == "False"


def test_its_bodies_are_a_suite_like_any_other() -> None:
    (declared,) = (each for _, each in comparisons(Path(empty_suite.__file__)))
    assert [(each.name, each.is_async) for each in declared.variants] == [("plain", False), ("awaited", True)]
