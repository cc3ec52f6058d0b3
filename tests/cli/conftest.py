"""One real session of the trial suite, measured once and copied for each test that needs it."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from patternbench.cli import run_command
from patternbench.cli.main import main
from patternbench.environment import environment
from patternbench.experiment.budget import BUDGETS, Budget

ENVIRONMENT = environment(["numpy", "click"])
TINY = Budget("quick", precision=0.0, cap_s=1.0, rounds=4, shifts=1, least_rounds=3, least_sets=3, sets=3)
TRIAL = Path(__file__).parents[1] / "experiment" / "trial_suite.py"
SELECTED = ("trial.py", "trial/Trial", "trial/Cases", "trial/Looped")


@dataclass(frozen=True)
class Ran:
    """What a finished command left: its folder, its exit code, and what it said."""

    folder: Path
    code: int
    out: str
    err: str


@contextlib.contextmanager
def _prepared(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUDGETS, "quick", TINY)
        # Where patternbench is not installed, packages are those loaded so far, and tests load one after another.
        patch.setattr(run_command, "environment", lambda: ENVIRONMENT)
        patch.setenv("TRIAL_MARKS", str(folder))
        patch.setenv("COLUMNS", "120")
        patch.chdir(folder)
        yield patch


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """`patternbench run` over variants that are fine, broken and absent."""
    if not hasattr(os, "fork"):
        pytest.skip("hosts fork their workers")
    folder = tmp_path_factory.mktemp("measured")
    shutil.copy(TRIAL, folder / "trial.py")
    out, err = io.StringIO(), io.StringIO()
    with _prepared(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["run", *SELECTED, "--seed", "1", "--no-memory", "--json", "out.json"])
    return Ran(folder, code, out.getvalue(), err.getvalue())


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the working directory, with the quick budget made tiny."""
    with _prepared(tmp_path):
        yield tmp_path


@pytest.fixture
def session(measured: Ran, tmp_path: Path) -> Iterator[Path]:
    """A copy of the measured session's folder as the working directory."""
    folder = tmp_path / "copy"
    shutil.copytree(measured.folder, folder)
    with _prepared(folder):
        yield folder


@pytest.fixture
def trial(here: Path) -> Path:
    """The trial suite in the working directory."""
    return Path(shutil.copy(TRIAL, here / "trial.py"))
