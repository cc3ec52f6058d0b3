"""Readings of a meter over the variants of a case; a new meter is one module and one line."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from patternbench import meters
from patternbench.experiment.budget import Budget
from patternbench.experiment.catalogue import described
from patternbench.experiment.probes import Target
from patternbench.experiment.readings import Reading, readings
from patternbench.experiment.run import ComparisonRun
from patternbench.experiment.selection import chosen
from patternbench.meters import meter_named
from patternbench.storage.journal import Heading, Journal, read_journal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their probes")

METER = '''
"""A meter for tests: how long the text is that a variant returns, per operation."""
import os
from pathlib import Path
from patternbench.meters.meter import Figure, NotMeasured

class Letters:
    name = "letters"
    summary = "Letters of the result. It cannot see what they mean."
    figures = (
        Figure("letters", "", "higher", "letters of the result"),
        Figure("share", "share", None, "of ten"),
    )
    reads_clock = READS_CLOCK

    def unavailable(self):
        return REASON

    def measure(self, start):
        lengths = [start({}).answer["letters"] for _ in range(3)]
        if lengths[0] == 5:
            raise NotMeasured("fives cannot be had")
        return {"share": lengths[0] / 10, "letters": lengths[0]}

    def probe(self, subject, order):
        with open(os.environ["TURNS"], "a") as turns:
            turns.write(f"{subject.variant.name}\\n")
        return {"letters": len(subject.call())}

METER = Letters()
'''

SUITE = '''
"""A suite for tests."""
import os
from patternbench import Comparison, variant

class Texts(Comparison):
    """Which is longest?"""
    baseline = "three"
    meters = ("time", "letters")

    def agree(self, expected, actual):
        return True

    def setup(self):
        self.times = 3

    @variant
    def three(self):
        return "x" * self.times

    @variant
    def five(self):
        return "x" * (self.times + 2)

    @variant
    def seven(self):
        return "x" * (self.times + 4)

    @variant
    def fails(self):
        if not os.environ.get("PYTHONHASHSEED", "0") == "0":
            return "x" * self.times
        raise ValueError("only the clock may call")
'''

Prepared = Callable[..., Path]


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """The suite's path, once the meter is a module of its own and named in one line."""

    def prepare(*, reads_clock: bool = False, reason: str | None = None) -> Path:
        text = METER.replace("READS_CLOCK", str(reads_clock)).replace("REASON", repr(reason))
        (tmp_path / "letters_meter.py").write_text(text)
        monkeypatch.setitem(meters.MODULES, "letters", "letters_meter")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "letters_meter", raising=False)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
        monkeypatch.setenv("TURNS", str(tmp_path / "turns"))
        suite = tmp_path / "texts.py"
        suite.write_text(SUITE)
        return suite

    return prepare


def read(suite: Path, seed: int = 1) -> dict[str, Reading]:
    (declared,) = described([suite])
    targets = {each.name: Target(suite, "Texts", 0, index) for index, each in enumerate(declared.variants)}
    return dict(readings(meter_named("letters"), targets, random.Random(seed)))


@pytest.mark.parametrize("reads_clock", [False, True])
def test_each_variant_has_its_figures_or_the_reason(prepared: Prepared, reads_clock: bool) -> None:  # noqa: FBT001
    assert read(prepared(reads_clock=reads_clock)) == {
        "three": {"letters": 3, "share": 0.3},
        "five": {"not_measured": "fives cannot be had"},
        "seven": {"letters": 7, "share": 0.7},
        "fails": {"not_measured": "ValueError: only the clock may call"},
    }


def test_a_meter_that_cannot_be_had_starts_nothing(prepared: Prepared, tmp_path: Path) -> None:
    found = read(prepared(reason="no such tool"))
    assert set(found) == {"three", "five", "seven", "fails"}
    assert all(each == {"not_measured": "no such tool"} for each in found.values())
    assert not (tmp_path / "turns").exists()


def test_variants_take_turns_where_a_clock_is_read(prepared: Prepared, tmp_path: Path) -> None:
    suite = prepared(reads_clock=True)
    orders = []
    for seed in (1, 1, 2):
        (tmp_path / "turns").unlink(missing_ok=True)
        read(suite, seed)
        orders.append((tmp_path / "turns").read_text().split())
    assert orders[0] == orders[1] != orders[2]
    assert set(orders[0][:4]) == {"three", "five", "seven", "fails"}


def test_a_run_reads_what_is_declared_and_remembers_it(prepared: Prepared, tiny: Budget, tmp_path: Path) -> None:
    suite = prepared()
    (picked,) = chosen(described([suite]), [])
    heading = Heading(
        "s", "2026-01-01T00:00:00Z", 1, "tiny", None, (), "all", {}, None, None, memory=True, fingerprint="f"
    )
    with Journal(tmp_path / "session", heading) as journal:
        run = ComparisonRun(picked, tiny, seed=1, recorder_for=journal.recorder)
        run.measure()
    variants = {each.name: each for each in run.result().cases[0].variants}
    assert variants["seven"].meters == {"letters": {"letters": 7, "share": 0.7}}
    assert variants["five"].meters == {"letters": {"not_measured": "fives cannot be had"}}
    assert variants["seven"].memory is None
    (tmp_path / "turns").unlink()
    _, replays = read_journal(tmp_path / "session")
    again = ComparisonRun(picked, tiny, seed=1, resumed=replays[picked.declared.id])
    again.measure()
    assert not (tmp_path / "turns").exists()
    assert {each.name: each.meters for each in again.result().cases[0].variants} == {
        name: each.meters for name, each in variants.items()
    }


def test_a_run_may_be_asked_for_other_meters(prepared: Prepared, tiny: Budget, tmp_path: Path) -> None:
    (picked,) = chosen(described([prepared()]), [])
    run = ComparisonRun(picked, tiny, seed=1, meters=("time",))
    run.measure()
    assert all(not each.meters for each in run.result().cases[0].variants)
    assert not (tmp_path / "turns").exists()
