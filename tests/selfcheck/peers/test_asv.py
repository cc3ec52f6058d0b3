"""asv: the repository and the environment that it finds, and what its results and its exit code say."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from patternbench.errors import ToolMissingError
from patternbench.selfcheck.peers import asv as module
from patternbench.selfcheck.peers.asv import Asv, configuration, median_of
from patternbench.selfcheck.peers.checkouts import checked_out
from patternbench.selfcheck.peers.command import CommandFailed, Finished, run_command
from patternbench.selfcheck.peers.peer import Answer, Question
from patternbench.verdict import Verdict

COLUMNS = ["result", "params", "version", "started_at", "duration", "stats_ci_99_a", "samples", "profile"]
GIT = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def results(commit: str, value: Any, name: str = "bench.time_unit") -> dict[str, Any]:
    """A results file as asv writes it, its last columns cut off where they are empty."""
    return {
        "commit_hash": commit,
        "result_columns": COLUMNS,
        "results": {name: [[value], [], "0a1b", 1, 0.2, [0.1], [[0.1, 0.2]]]},
        "version": 2,
    }


def git(folder: Path, *arguments: str) -> str:
    return run_command(("git", *arguments), folder, variables={}, timeout_s=60).output


class FakeAsv:
    """Runs git as it is, and plays asv."""

    def __init__(
        self, old: Any, new: Any, *, code: int = 0, said: str = "BENCHMARKS NOT SIGNIFICANTLY CHANGED."
    ) -> None:
        self._old, self._new = old, new
        self._code, self._said = code, said
        self.commands: list[tuple[str, ...]] = []
        self.homes: list[str | None] = []
        self.makes_environment = True

    def __call__(
        self, arguments: Sequence[str], folder: Path, *, variables: Mapping[str, str], timeout_s: float
    ) -> Finished:
        if arguments[0] == "git":
            return run_command(arguments, folder, variables=variables, timeout_s=timeout_s)
        command = tuple(arguments[3:])
        self.commands.append(command)
        self.homes.append(variables.get("HOME"))
        if command[0] == "setup" and self.makes_environment:
            (folder.parent / "env" / "0123" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
        if command[0] != "continuous":
            return Finished(1, "", "", 5.0)
        kept = folder.parent / "results" / "local"
        kept.mkdir(parents=True)
        for name, value in (("HEAD~1", self._old), ("HEAD", self._new)):
            commit = git(folder, "rev-parse", name).strip()
            if value is not None:
                (kept / f"{commit[:8]}-virtualenv-py3.11.json").write_text(json.dumps(results(commit, value)))
        return Finished(self._code, self._said, "", 3.5)


def ask(run: FakeAsv, folder: Path, measuring_s: float | None = None) -> Answer:
    peer = Asv(run)
    peer.prepare(folder)
    with checked_out("sort", 20) as checkouts:
        return peer.answer(Question(checkouts, measuring_s, 10.0, 1, {}, 60.0))


@GIT
def test_the_ratio_is_that_of_the_medians_and_the_exit_code_says_slower(tmp_path: Path) -> None:
    answer = ask(FakeAsv(0.001, 0.0012, code=1), tmp_path)
    (reading,) = answer.readings
    assert reading.log_ratio == pytest.approx(math.log(1.2))
    assert (reading.rule, reading.estimate, reading.verdict) == ("factor 1.1", "median", Verdict.SLOWER)
    assert answer.seconds == 3.5  # preparation and commits are no part of it


@GIT
def test_no_change_and_a_speed_up_have_the_same_exit_code(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    (same,) = ask(FakeAsv(0.001, 0.00104), first).readings
    assert same.verdict is Verdict.UNDECIDED
    (faster,) = ask(FakeAsv(0.001, 0.0008, said="PERFORMANCE INCREASED."), second).readings
    assert faster.verdict is Verdict.FASTER


@GIT
def test_a_failed_benchmark_is_no_answer_whatever_the_exit_code(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="kept no result"):
        ask(FakeAsv(0.001, None, code=1, said="Failed to build"), tmp_path)


@GIT
def test_two_commits_of_one_repository_are_compared_each_time(tmp_path: Path) -> None:
    run = FakeAsv(0.001, 0.0012)
    peer = Asv(run)
    peer.prepare(tmp_path)
    for percent in (0, 20):
        with checked_out("sort", percent) as checkouts:
            peer.answer(Question(checkouts, None, 10.0, 1, {}, 60.0))
            texts = [git(tmp_path / "project", "show", f"{name}:subject.py") for name in ("HEAD~1", "HEAD")]
            assert texts == [checkouts.old_text, checkouts.new_text]
    assert run.commands[-1] == ("continuous", "--machine=local", "HEAD~1", "HEAD")


@GIT
def test_in_the_budget_there_are_more_rounds_that_share_the_measuring(tmp_path: Path) -> None:
    run = FakeAsv(0.001, 0.0012)
    ask(run, tmp_path, measuring_s=4.0)
    assert run.commands[-1][2:4] == ("--attribute=rounds=4", "--attribute=repeat=(1,10000,0.500)")


@GIT
def test_the_users_own_machine_file_is_left_alone_and_the_machine_is_unnamed(tmp_path: Path) -> None:
    run = FakeAsv(0.001, 0.0012)
    ask(run, tmp_path)
    by_name = {command[0]: home for command, home in zip(run.commands, run.homes, strict=True)}
    assert by_name["machine"] == by_name["continuous"] == str(tmp_path / "home")
    machine = next(command for command in run.commands if command[0] == "machine")
    assert "--ram=unnamed" in machine


@GIT
def test_the_environment_sees_the_checkout_of_the_commit(tmp_path: Path) -> None:
    ask(FakeAsv(0.001, 0.0012), tmp_path)
    (path,) = tmp_path.glob("env/*/lib/python3*/site-packages/*.pth")
    assert path.read_text().splitlines() == [str(tmp_path / "env" / "0123" / "project")]


@GIT
def test_without_an_environment_there_is_nothing_to_ask(tmp_path: Path) -> None:
    run = FakeAsv(0.001, 0.0012)
    run.makes_environment = False
    with pytest.raises(CommandFailed, match="made no environment"):
        Asv(run).prepare(tmp_path)


def test_nothing_is_built_and_everything_else_is_the_default() -> None:
    found = configuration()
    assert found["environment_type"] == "virtualenv"
    assert [found[key] for key in ("build_command", "install_command", "uninstall_command")] == [[], [], []]
    assert not any(key in found for key in ("factor", "default_benchmark_timeout", "launch_method"))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (results("ab" * 20, None), "benchmark failed"),
        (results("ab" * 20, float("nan")), "benchmark failed"),
        (results("ab" * 20, 0.1, name="bench.time_other"), "not as expected"),
        ([], "not as expected"),
    ],
)
def test_a_result_that_is_none_is_no_answer(document: Any, reason: str, tmp_path: Path) -> None:
    (tmp_path / "abababab-virtualenv-py3.11.json").write_text(json.dumps(document))
    with pytest.raises(CommandFailed, match=reason):
        median_of(tmp_path, "ab" * 20, Finished(0, "", "", 1.0))


def test_without_git_it_cannot_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "installed", lambda *_, extra: "0.6.6")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ToolMissingError, match="there is no git"):
        Asv().version()
