"""The trial suite, copied to a folder of its own, and a budget that is spent in a second."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from patternbench.experiment.budget import Budget


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copied suite; `marks` beside it takes what its variants leave."""
    suite = tmp_path / "suite" / "trial.py"
    suite.parent.mkdir()
    shutil.copy(Path(__file__).with_name("trial_suite.py"), suite)
    marks = tmp_path / "marks"
    marks.mkdir()
    (marks / "ask").write_text("hash_seed")
    monkeypatch.setenv("TRIAL_MARKS", str(marks))
    return suite


@pytest.fixture
def tiny() -> Budget:
    return Budget("tiny", precision=0.0, cap_s=1.0, rounds=4, shifts=1, least_rounds=3, least_sets=3, sets=3)
