"""Ourselves as a peer: a command, a document, a verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from patternbench.comparison import Declaration
from patternbench.experiment.catalogue import described
from patternbench.selfcheck.peers.checkouts import checked_out
from patternbench.selfcheck.peers.command import CommandFailed, Finished
from patternbench.selfcheck.peers.patternbench import Patternbench
from patternbench.selfcheck.peers.peer import Answer, Question
from patternbench.verdict import Verdict


def document(verdict: str, point: float | None, status: str = "ok") -> dict[str, Any]:
    ratio = None if point is None else {"point": point, "low": 0.9, "high": 1.2, "confidence": 0.95}
    variants = [
        {"name": "old", "status": "ok", "verdict": "baseline", "ratio": None},
        {"name": "new", "status": status, "verdict": verdict, "ratio": ratio},
    ]
    return {"schema_version": 1, "comparisons": [{"cases": [{"variants": variants}]}]}


class FakeRun:
    def __init__(self, written: dict[str, Any] | None) -> None:
        self._written = written
        self.arguments: tuple[str, ...] = ()
        self.declared: list[Declaration] = []

    def __call__(
        self, arguments: Sequence[str], folder: Path, *, variables: Mapping[str, str], timeout_s: float
    ) -> Finished:
        self.arguments = tuple(arguments)
        if "--version" in arguments:
            return Finished(0, "patternbench, version 0.1.0\n", "", 0.2)
        self.declared = list(described([folder / "checkouts.py"]))
        if self._written is not None:
            (folder / "run.json").write_text(json.dumps(self._written))
        return Finished(0, "verdict=ok code=0", "", 4.5)


def ask(run: FakeRun, budget_s: float = 10.0) -> Answer:
    with checked_out("sort", 10) as checkouts:
        return Patternbench(run).answer(Question(checkouts, None, budget_s, 77, {}, 60.0))


@pytest.mark.parametrize("verdict", [Verdict.SLOWER, Verdict.FASTER, Verdict.SAME, Verdict.UNDECIDED])
def test_the_verdict_is_the_one_that_a_user_gets(verdict: Verdict) -> None:
    answer = ask(FakeRun(document(verdict, 1.04)))
    (reading,) = answer.readings
    assert reading.verdict is verdict
    assert reading.log_ratio == pytest.approx(math.log(1.04))
    assert answer.seconds == 4.5


def test_the_suite_declares_the_two_checkouts() -> None:
    run = FakeRun(document("same", 1.0))
    ask(run)
    (declared,) = run.declared
    assert declared.baseline == "old"
    assert [each.name for each in declared.variants] == ["old", "new"]


def test_it_is_run_as_its_users_run_it() -> None:
    run = FakeRun(document("same", 1.0))
    ask(run)
    assert run.arguments[1:6] == ("-m", "patternbench", "run", "checkouts.py", "--seconds=10")
    assert "--seed=77" in run.arguments


def test_its_version_is_what_the_command_says() -> None:
    assert Patternbench(FakeRun(None)).version() == "0.1.0"


def test_a_longer_decision_is_given_its_own_time() -> None:
    run = FakeRun(document("same", 1.0))
    ask(run, budget_s=60.0)
    assert "--seconds=60" in run.arguments


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "wrote no document"),
        (document("broken", None, status="broken"), "variant is broken"),
        ({"comparisons": []}, "not as expected"),
    ],
)
def test_what_was_not_measured_is_no_answer(written: dict[str, Any] | None, reason: str) -> None:
    with pytest.raises(CommandFailed, match=reason):
        ask(FakeRun(written))
