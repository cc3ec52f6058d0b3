"""Finding other Pythons; those of the tests are little scripts that say what a Python would."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from patternbench.errors import SelectionError, WorkerError
from patternbench.experiment.interpreter import INSIDE, Interpreter, environment_in, found, here, labels

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")

OWN = ".".join(map(str, sys.version_info[:3]))


def a_python(path: Path, said: str) -> Path:
    """An executable that says this, whatever it is asked; nothing is a failure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{f'echo {said}' if said else 'exit 127'}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python but the running one; `bin` is on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_a_version_that_the_running_interpreter_has_is_the_running_one(machine: Path, parts: int) -> None:
    version = ".".join(OWN.split(".")[:parts])
    assert found(version) == found(f"python{version}") == here() == Interpreter(Path(sys.executable), OWN)


def test_a_version_is_found_on_the_path(machine: Path) -> None:
    path = a_python(machine / "bin" / "python3.99", "cpython 3.99.4")
    assert found("3.99") == Interpreter(path, "3.99.4")


def test_a_command_is_found_on_the_path_too(machine: Path) -> None:
    path = a_python(machine / "bin" / "python3.99t", "cpython 3.99.4")
    assert found("python3.99t") == Interpreter(path, "3.99.4")


def test_a_shim_that_does_not_start_is_passed_over(machine: Path) -> None:
    a_python(machine / "bin" / "python3.99", "")
    old = a_python(machine / "pyenv" / "versions" / "3.99.9" / "bin" / "python", "cpython 3.99.9")
    new = a_python(machine / "pyenv" / "versions" / "3.99.10" / "bin" / "python", "cpython 3.99.10")
    a_python(machine / "pyenv" / "versions" / "3.990.1" / "bin" / "python", "cpython 3.990.1")
    assert found("3.99") == Interpreter(new, "3.99.10")
    assert found("3.99.9") == Interpreter(old, "3.99.9")


def test_one_that_is_not_what_it_is_called_is_passed_over(machine: Path) -> None:
    a_python(machine / "bin" / "python3.99", "cpython 3.98.1")
    with pytest.raises(SelectionError, match=r"no Python 3\.99 that starts"):
        found("3.99")


def test_a_path_is_taken_as_it_is_and_links_are_not_followed(machine: Path) -> None:
    a_python(machine / "real" / "python", "cpython 3.99.1")
    link = machine / "venv" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(machine / "real" / "python")
    assert found("venv/bin/python") == Interpreter(link, "3.99.1")


@pytest.mark.parametrize("said", ["cpython 3.10.13", "cpython 2.7.18", "pypy 3.11.5"])
def test_one_in_which_no_worker_can_run_is_refused_in_a_sentence(machine: Path, said: str) -> None:
    a_python(machine / "old" / "python", said)
    with pytest.raises(SelectionError) as caught:
        found(str(machine / "old" / "python"))
    assert said in str(caught.value)
    assert "CPython 3.11 or later" in str(caught.value)
    assert str(machine) not in str(caught.value)


@pytest.mark.parametrize("asked", ["3.99", "nowhere/python", "thon", "3.99.1"])
def test_one_that_is_not_there_is_refused_in_a_sentence(machine: Path, asked: str) -> None:
    with pytest.raises(SelectionError, match="that starts: name a version that is installed, or a path"):
        found(asked)


def test_interpreters_are_named_by_what_tells_them_apart() -> None:
    one, two = Interpreter(Path("/v/old/bin/python"), "3.12.1"), Interpreter(Path("/v/new/bin/python"), "3.12.1")
    other = Interpreter(Path("/v/new/bin/python"), "3.13.0")
    assert labels(["3.12", "3.13"], [one, other]) == ("3.12.1", "3.13.0")
    assert labels(["/v/old/bin/python", "/v/new/bin/python"], [one, two]) == ("3.12.1 (old)", "3.12.1 (new)")
    assert labels(["3.12", "/v/new/bin/python"], [one, two]) == ("3.12.1", "3.12.1 (new)")
    assert labels(["3.12", "3.12"], [one, one]) == ("3.12.1 #1", "3.12.1 #2")


def test_the_package_comes_first_on_the_path_and_the_users_own_stays() -> None:
    other = Interpreter(Path("python"), "3.12.1", packages=Path("/package"))
    assert other.environment({"PYTHONPATH": "/mine", "A": "b"}) == {
        "PYTHONPATH": f"/package{os.pathsep}/mine",
        "A": "b",
        INSIDE: "1",
    }
    assert other.environment({})["PYTHONPATH"] == "/package"
    assert here().environment({"PYTHONPATH": "/mine"}) == {"PYTHONPATH": "/mine", INSIDE: "1"}


def test_an_interpreter_says_what_its_figures_depend_on() -> None:
    assert environment_in(here()).python == OWN
    with pytest.raises(WorkerError, match=r"Python 3\.99\.0 does not run this package"):
        environment_in(Interpreter(Path("/no/such/python"), "3.99.0"))
