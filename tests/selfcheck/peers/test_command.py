"""Commands are timed from outside, ended when they overstay, and say why they failed without naming the machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from patternbench.selfcheck.peers.command import CommandFailed, Finished, failure, run_command


def python(text: str, folder: Path, *, timeout_s: float = 60.0, **variables: str) -> Finished:
    return run_command((sys.executable, "-c", text), folder, variables=variables, timeout_s=timeout_s)


def test_a_command_runs_in_its_folder_with_its_variables(tmp_path: Path) -> None:
    finished = python("import os; print(os.getcwd(), os.environ['GREETING'])", tmp_path, GREETING="hello")
    assert finished.output.split() == [str(tmp_path.resolve()), "hello"]
    assert finished.code == 0
    assert finished.seconds > 0


def test_an_exit_code_is_an_answer_and_no_error(tmp_path: Path) -> None:
    finished = python("import sys; sys.exit('it became slower')", tmp_path)
    assert (finished.code, finished.errors) == (1, "it became slower\n")


def test_a_command_that_overstays_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    # The grandchild holds the pipe: were it not ended too, the output would never be read to its end.
    text = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(CommandFailed, match=r"no result within 1 s"):
        python(text, tmp_path, timeout_s=1.0)


def test_a_command_that_does_not_exist_fails(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no-such-tool cannot be started"):
        run_command((str(tmp_path / "no-such-tool"),), tmp_path, variables={}, timeout_s=5)


def test_what_would_change_a_tools_defaults_does_not_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--benchmark-disable")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    finished = python("import os; print('PYTEST_ADDOPTS' in os.environ, 'PYTHONHASHSEED' in os.environ)", tmp_path)
    assert finished.output.split() == ["False", "False"]


def test_a_relative_search_path_still_leads_to_where_the_study_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "only_here.py").write_text("word = 'found'")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "lib")
    assert python("import only_here; print(only_here.word)", elsewhere).output.strip() == "found"


def test_a_reason_keeps_the_last_words_and_no_path() -> None:
    finished = Finished(2, "", "x" * 1000 + " error in /home/somebody/project/bench.py", 1.0)
    reason = str(failure("no file", finished))
    assert reason.startswith("no file (exit code 2): ")
    assert reason.endswith("error in bench.py")
    assert len(reason) < 500
