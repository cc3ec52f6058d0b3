"""`patternbench selfcheck` with an engine that decides at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.simulated_trials import ENVIRONMENT, SimulatedEngine

from patternbench.cli import selfcheck_command
from patternbench.cli.main import main
from patternbench.selfcheck import study
from patternbench.selfcheck.document import read_document
from patternbench.selfcheck.plan import Trial
from patternbench.selfcheck.units import ASYNCIO, CPU, IO
from patternbench.session import CaseResult

SMALL = ("--units", "sort", "--condition", "two", "--percent", "0", "--percent", "5", "--repeat", "3")


@contextmanager
def no_neighbours(_: int) -> Iterator[None]:
    yield


class Bench:
    """What the command decides with, and how it is told to stop."""

    def __init__(self) -> None:
        self.engine = SimulatedEngine(dict.fromkeys((CPU, ASYNCIO, IO), 0.001))
        self.stop_before: int | None = None

    def __call__(self, observer: Any) -> Any:
        def decide(trial: Trial) -> CaseResult:
            if trial.number == self.stop_before:
                raise KeyboardInterrupt
            case = self.engine(trial)
            observer.case_started("units/Sort", "percent=5", 2)
            observer.case_finished("units/Sort", case)
            return case

        return decide


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(selfcheck_command, "Engine", made)
    monkeypatch.setattr(selfcheck_command, "environment", lambda: ENVIRONMENT)
    run = study.Study.run
    monkeypatch.setattr(study.Study, "run", lambda self, decide: run(self, decide, surrounded=no_neighbours))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    return made


def documents(folder: Path) -> list[Path]:
    return sorted((folder / "reports" / "selfcheck").glob("*/selfcheck.json"))


def test_a_self_check_is_decided_stored_and_shown(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", *SMALL, "--seed", "4"]) == 0
    (document,) = documents(tmp_path)
    check = read_document(document)
    assert check.complete
    assert (check.seed, len(check.outcomes)) == (4, 6)
    assert {each.trial.condition for each in check.outcomes} == {"two"}
    out, err = capsys.readouterr()
    assert "What is promised, and what was found" in out
    assert out.splitlines()[-1] == "verdict=ok code=0"
    assert "[100%] units/Sort percent=" in err
    assert (tmp_path / "reports" / "site" / "method.html").is_file()


def test_the_document_goes_to_standard_output_alone_when_asked(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", *SMALL, "--no-site", "--json", "-"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["schema_version"] == 1
    assert "verdict=ok code=0" in err


def test_too_many_false_alarms_are_exit_code_one(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.engine = SimulatedEngine(dict.fromkeys((CPU, ASYNCIO, IO), 0.001), alarming=0.5)
    assert main(["selfcheck", "--units", "sort", "--percent", "0", "--repeat", "20", "--no-site"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "verdict=false-alarms code=1"


def test_an_interrupt_keeps_what_was_decided_and_resume_decides_the_rest(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.stop_before = 4
    assert main(["selfcheck", *SMALL, "--seed", "4", "--no-site"]) == 130
    assert "patternbench selfcheck --resume" in capsys.readouterr().out
    (document,) = documents(tmp_path)
    assert len(read_document(document).outcomes) == 4
    bench.stop_before = None
    assert main(["selfcheck", "--resume", "--no-site"]) == 0
    assert documents(tmp_path) == [document]
    assert read_document(document).complete
    assert len(bench.engine.decided) == 6
    assert main(["selfcheck", "--resume"]) == 2


def test_an_interrupt_before_the_first_decision_is_no_result(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.stop_before = 0
    assert main(["selfcheck", *SMALL]) == 130
    assert "Nothing was decided." in capsys.readouterr().out
    assert not (tmp_path / "reports" / "site").exists()


def test_another_environment_does_not_go_on_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.stop_before = 2
    main(["selfcheck", *SMALL, "--no-site"])
    monkeypatch.setattr(selfcheck_command, "environment", lambda: replace(ENVIRONMENT, fingerprint="another"))
    assert main(["selfcheck", "--resume"]) == 2
    assert "another environment" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--units", "nothing*"], "no unit matches 'nothing*'"),
        (["--percent", "4"], "4 % cannot be planted"),
        (["--repeat", "0"], "0 repetitions decide nothing"),
        (["--resume"], "no self-check that was cut short"),
        (["--resume", "--units", "sort"], "keeps what it was asked for"),
        (["--publish", "docs"], "there is no self-check in reports/"),
        (["--json", "nowhere/x.json"], "there is no folder nowhere/"),
    ],
)
def test_a_wrong_call_is_told_what_to_do(
    arguments: list[str], sentence: str, bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", *arguments]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert "remedy: " in err
    assert list(tmp_path.iterdir()) == []


def test_the_list_says_what_would_be_decided_and_decides_nothing(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", "--budget", "full", "--list"]) == 0
    out = capsys.readouterr().out
    assert "sort (cpu): Sort sixty shuffled numbers." in out
    assert "828 decisions, 306 of them on identical code" in out
    assert list(tmp_path.iterdir()) == []


def test_the_newest_self_check_is_published(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["selfcheck", *SMALL, "--no-site"])
    (document,) = documents(tmp_path)
    assert main(["selfcheck", "--publish", "docs"]) == 0
    assert (tmp_path / "docs" / "selfcheck.json").read_bytes() == document.read_bytes()
    assert (tmp_path / "docs" / "self-check.md").is_file()
    assert (tmp_path / "docs" / "self-check-kinds.svg").is_file()
    assert len(bench.engine.decided) == 6


def test_nothing_of_the_machine_leaks_into_what_is_stored(bench: Bench, tmp_path: Path) -> None:
    main(["selfcheck", *SMALL])
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "reports").rglob("*") if path.is_file())
    assert str(tmp_path) not in text
    assert str(Path.home()) not in text
