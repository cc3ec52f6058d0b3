"""The study: decides in the planned order, writes at once, survives what ends it, and resumes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.simulated_trials import ENVIRONMENT, SimulatedEngine

from patternbench.errors import DocumentError, WorkerError
from patternbench.selfcheck.document import TRIALS, newest_unfinished
from patternbench.selfcheck.plan import SCOPES, Trial
from patternbench.selfcheck.study import Heading, Study
from patternbench.selfcheck.verification import Verification
from patternbench.session import CaseResult
from patternbench.verdict import Verdict

SCOPE = replace(SCOPES["quick"], units=("sort", "queue"), percents=(0, 5), conditions=("idle", "two"), identical=2)
HEADING = Heading("20260301T030000Z-abc123", "2026-03-01T03:00:00Z", 5, SCOPE, "0123456789abcdef")
NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)


class Clock:
    """Seconds that pass only while something is decided."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def run(study: Study, decide: Callable[[Trial], CaseResult], clock: Clock | None = None) -> list[int]:
    """Run with neighbours that are only counted; gives their numbers in order."""
    counts: list[int] = []

    @contextmanager
    def surrounded(count: int) -> Iterator[None]:
        counts.append(count)
        yield

    study.run(decide, surrounded=surrounded, clock=clock or Clock(), now=lambda: NOW)
    return counts


def test_trials_are_decided_in_the_planned_order_under_their_conditions(tmp_path: Path) -> None:
    engine, study = SimulatedEngine(), Study(tmp_path / "study", HEADING)
    counts = run(study, engine)
    assert engine.decided == list(study.plan)
    assert counts == [{"idle": 0, "two": 2}[each.condition] for each in study.plan]
    assert study.remaining == ()
    assert len(study.outcomes) == 2 * 2 + 2 * 2  # identical code twice for each unit, 5 % once in each condition


def test_seconds_are_those_of_the_decision_alone(tmp_path: Path) -> None:
    clock, engine = Clock(), SimulatedEngine()

    def decide(trial: Trial) -> CaseResult:
        clock.now_s += 4.25
        return engine(trial)

    study = Study(tmp_path / "study", HEADING)
    run(study, decide, clock)
    assert {each.seconds for each in study.outcomes} == {4.25}


def test_every_trial_is_written_before_the_next_begins(tmp_path: Path) -> None:
    path = tmp_path / "study" / TRIALS
    engine, lines = SimulatedEngine(), []

    def decide(trial: Trial) -> CaseResult:
        lines.append(len(path.read_text().splitlines()))
        return engine(trial)

    study = Study(tmp_path / "study", HEADING)
    run(study, decide)
    assert lines == list(range(1, len(study.plan) + 1))


def test_an_interrupt_keeps_what_was_decided_and_a_resumed_study_decides_the_rest(tmp_path: Path) -> None:
    whole = Study(tmp_path / "whole", HEADING)
    run(whole, SimulatedEngine())
    engine = SimulatedEngine()

    def until_interrupted(trial: Trial) -> CaseResult:
        if trial.number == 5:
            raise KeyboardInterrupt
        return engine(trial)

    first = Study(tmp_path / "study", HEADING)
    with pytest.raises(KeyboardInterrupt):
        run(first, until_interrupted)
    resumed = Study(tmp_path / "study")
    assert resumed.heading == HEADING
    assert resumed.plan == first.plan
    assert len(resumed.outcomes) == 5
    run(resumed, engine)
    assert engine.decided == list(first.plan)
    assert resumed.outcomes == whole.outcomes


def test_a_line_that_a_kill_cut_short_is_decided_again(tmp_path: Path) -> None:
    study = Study(tmp_path / "study", HEADING)
    run(study, SimulatedEngine())
    path = tmp_path / "study" / TRIALS
    path.write_bytes(path.read_bytes()[:-20])
    resumed = Study(tmp_path / "study")
    assert len(resumed.remaining) == 1
    run(resumed, SimulatedEngine())
    assert Study(tmp_path / "study").outcomes == study.outcomes


def test_a_process_that_cannot_be_started_costs_one_trial_and_not_the_study(tmp_path: Path) -> None:
    engine = SimulatedEngine()

    def decide(trial: Trial) -> CaseResult:
        if trial.number == 2:
            raise WorkerError("no worker at /home/somebody/project/worker.py", remedy="free memory")
        return engine(trial)

    study = Study(tmp_path / "study", HEADING)
    run(study, decide)
    broken = study.outcomes[2]
    assert (broken.verdict, broken.reason, broken.decision) == (Verdict.BROKEN, "no worker at worker.py", None)
    assert sum(each.decision is not None for each in study.outcomes) == len(study.plan) - 1


def test_the_verification_is_done_once(tmp_path: Path) -> None:
    asked = []

    def verify(scope: object) -> Verification:
        asked.append(scope)
        return Verification(not_counted="no tool")

    study = Study(tmp_path / "study", HEADING)
    study.verify(verify)
    resumed = Study(tmp_path / "study")
    resumed.verify(verify)
    assert asked == [SCOPE]
    assert resumed.verification == Verification(not_counted="no tool")


def test_a_tool_that_fails_costs_the_verification_and_not_the_study(tmp_path: Path) -> None:
    def verify(_: object) -> Verification:
        raise WorkerError("the instructions of sort could not be counted", remedy="leave it out")

    study = Study(tmp_path / "study", HEADING)
    study.verify(verify)
    assert study.verification == Verification(not_counted="the instructions of sort could not be counted")
    assert Study(tmp_path / "study").verification == study.verification


def test_a_study_that_was_cut_short_says_so(tmp_path: Path) -> None:
    study = Study(tmp_path / "study", HEADING)
    check = study.concluded(ENVIRONMENT, finished="2026-03-01T03:01:00Z", version="0.1.0")
    assert not check.complete
    assert check.findings == ()
    assert check.verification.not_counted == "it was not reached"
    run(study, SimulatedEngine())
    assert study.concluded(ENVIRONMENT, finished="2026-03-01T03:01:00Z", version="0.1.0").complete


def test_the_newest_study_without_a_document_is_the_one_to_resume(tmp_path: Path) -> None:
    for name in ("20260301T030000Z-aaaaaa", "20260302T030000Z-bbbbbb"):
        Study(tmp_path / "selfcheck" / name, replace(HEADING, id=name))
    assert newest_unfinished(tmp_path).name == "20260302T030000Z-bbbbbb"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there are no trials"),
        ("", "have no heading"),
        ("not json\n", "are damaged"),
        ('{"event":"trial"}\n', "are damaged"),
        ('{"event":"study","trials_version":99}\n', "of version 99"),
    ],
)
def test_what_is_no_study_is_refused_in_a_sentence(tmp_path: Path, content: str | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / TRIALS).write_text(content)
    with pytest.raises(DocumentError, match=sentence):
        Study(tmp_path)


def test_a_trial_is_one_line_of_json(tmp_path: Path) -> None:
    study = Study(tmp_path / "study", HEADING)
    run(study, SimulatedEngine())
    line = json.loads((tmp_path / "study" / TRIALS).read_text().splitlines()[1])
    assert line["event"] == "trial"
    assert line["trial"]["unit"] in SCOPE.units
    assert set(line["ratio"]) == {"point", "low", "high", "confidence"}
