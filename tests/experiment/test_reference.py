"""What the baseline gives is asked for once, and told to all variants alike."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest

from patternbench.comparison import NotMeasured
from patternbench.experiment.probes import Probes, Reference, Target
from patternbench.meters.meter import Outcome, ProbeFailed


class FakeProbes:
    """Answers with how often it was asked, or raises what it was told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self._error = error
        self._busy = threading.Lock()

    def __call__(self, order: Mapping[str, Any]) -> Outcome:
        assert self._busy.acquire(blocking=False)
        self.asked.append(order)
        self._busy.release()
        if self._error is not None:
            raise self._error
        return Outcome({"asked": len(self.asked)})


def reference(fake: FakeProbes) -> Reference:
    return Reference(cast("Probes", fake))


def test_an_order_is_asked_once_whoever_wants_it() -> None:
    fake = FakeProbes()
    found = reference(fake)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(found.outcome, [{"read": "pilot", "n": 1}, {"n": 1, "read": "pilot"}] * 20))
    assert len(fake.asked) == 1
    assert {each.answer["asked"] for each in outcomes} == {1}
    assert found.outcome({"read": "other"}).answer["asked"] == 2


@pytest.mark.parametrize("kind", [ProbeFailed, NotMeasured])
def test_a_baseline_without_an_answer_has_none_for_anybody(kind: type[Exception]) -> None:
    fake = FakeProbes(kind("needs a quantum computer"))
    found = reference(fake)
    for _ in range(2):
        with pytest.raises(kind, match="the baseline, which it refers to, has none: needs a quantum computer"):
            found.outcome({})
    assert len(fake.asked) == 1


def test_every_variant_takes_its_turn_to_ask() -> None:
    turns = []

    class Turn:
        def __enter__(self) -> None:
            turns.append("taken")

        def __exit__(self, *_: object) -> None:
            pass

    target = Target(Path("suite.py"), "Trial", 0, 0)
    with Probes(target, "no.meter", Turn, reference(FakeProbes())) as probes:
        assert probes.reference({}).answer == {"asked": 1}
        assert probes.reference({}).answer == {"asked": 1}
    assert turns == ["taken", "taken"]


def test_without_a_baseline_there_is_nothing_to_refer_to() -> None:
    with Probes(Target(Path("suite.py"), "Trial", 0, 0), "no.meter") as probes, pytest.raises(ProbeFailed):
        probes.reference({})
