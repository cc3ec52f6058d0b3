"""Load and lag of a real suite, read through probe processes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from patternbench.experiment.catalogue import described
from patternbench.experiment.probes import Target
from patternbench.experiment.readings import Reading, readings
from patternbench.meters import meter_named
from patternbench.reading import NOT_MEASURED

SUITE = Path(__file__).with_name("load_suite.py")


def read(meter: str, comparison: str) -> dict[str, Reading]:
    declared = next(each for each in described([SUITE]) if each.name == comparison)
    targets = {
        each.name: Target(SUITE, comparison, case=0, variant=index) for index, each in enumerate(declared.variants)
    }
    return dict(readings(meter_named(meter), targets, random.Random(1), targets[declared.baseline]))


@pytest.fixture(scope="module")
def loaded() -> dict[str, Reading]:
    return read("load", "Service")


def test_all_variants_get_the_same_load(loaded: dict[str, Reading]) -> None:
    assert {each["offered_per_s"] for each in loaded.values()} == {2500.0}
    assert {each["arrivals"] for each in loaded.values()} == {2500}
    assert {name: each["threads"] for name, each in loaded.items()} == {"awaits": None, "threaded": 4, "holds": None}
    assert {each["errors"] for each in loaded.values()} == {0}


def test_who_cannot_keep_up_is_saturated_and_the_others_are_read_all_the_same(loaded: dict[str, Reading]) -> None:
    assert loaded["holds"]["saturated"] == "steady, waves"
    assert isinstance(loaded["holds"]["steady_backlog"], int)
    assert loaded["holds"]["steady_backlog"] > 1000
    assert loaded["holds"]["steady_most_in_flight"] == 1


def test_those_that_wait_side_by_side_are_many_in_flight(loaded: dict[str, Reading]) -> None:
    most = loaded["awaits"]["waves_most_in_flight"]
    assert isinstance(most, int)
    assert most >= 10


def test_a_tail_is_given_where_enough_calls_arrived(loaded: dict[str, Reading]) -> None:
    for each in loaded.values():
        assert isinstance(each["steady_p999_s"], float)
        assert isinstance(each["empty_p99_s"], float)


def test_calls_too_slow_for_a_load_say_so() -> None:
    assert "take longer than 10 s" in str(read("load", "Slow")["sleeps"][NOT_MEASURED])
