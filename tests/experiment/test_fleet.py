"""The hosts of a set: one for each interpreter, alike in everything that is drawn, and none of them left behind."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from patternbench.errors import DeclarationError
from patternbench.experiment.fleet import Fleet
from patternbench.experiment.interpreter import Interpreter, here

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")

OWN = here()
CHILDREN = Path("/proc/thread-self/children")
TWICE = replace(OWN, version="the same again")


def a_fleet(suite: Path, *seats: Interpreter | None) -> Fleet:
    return Fleet(suite, seats, core=None, spare=(), draws=random.Random(1))


def hash_of(fleet: Fleet, interpreter: Interpreter | None) -> int:
    seat = fleet.seat("worker", "Workers", 0, "hash_seed", addresses={}, timeout_s=60, interpreter=interpreter)
    return int(seat.receive()["units"])


def test_workers_of_one_interpreter_share_a_host(trial: Path) -> None:
    with a_fleet(trial, None, None) as fleet:
        assert len(fleet._crews) == 1
        assert hash_of(fleet, None) == hash_of(fleet, None)


def test_hosts_of_several_interpreters_draw_the_same(trial: Path) -> None:
    with a_fleet(trial, OWN, TWICE, OWN) as fleet:
        assert len(fleet._crews) == 2
        assert {crew.hash_seed for crew in fleet._crews.values()} == {fleet.hash_seed}
        assert hash_of(fleet, OWN) == hash_of(fleet, TWICE) == hash_of(fleet, OWN)


def test_one_host_and_several_leave_the_draws_at_the_same_place(trial: Path) -> None:
    after = []
    for seats in ((OWN,), (OWN, TWICE)):
        draws = random.Random(1)
        with Fleet(trial, seats, core=None, spare=(), draws=draws):
            after.append(draws.random())
    assert after[0] == after[1]


@pytest.mark.skipif(not CHILDREN.exists(), reason="the kernel does not list them")
def test_no_host_is_left_when_one_of_them_cannot_import_the_suite(tmp_path: Path) -> None:
    suite = tmp_path / "suite.py"
    suite.write_text("import no_such_module_anywhere\n")
    before = CHILDREN.read_text()
    with pytest.raises(DeclarationError, match=r"in Python the same again, suite\.py"), a_fleet(suite, TWICE, OWN):
        pass
    assert CHILDREN.read_text() == before
