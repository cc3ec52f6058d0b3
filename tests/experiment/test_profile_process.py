"""A variant in a loop, for a profiler to watch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patternbench.errors import SelectionError
from patternbench.experiment import profile_process
from patternbench.experiment.profile_process import command, looped, main

SUITE = '''
from pathlib import Path
from patternbench import Comparison, variant

class Count(Comparison):
    """How often?"""
    baseline = "one"
    params = {"n": (1, 2)}

    def setup(self, n):
        self.n = n
        self.calls = 0

    @variant
    def one(self):
        self.calls += self.n

    def teardown(self):
        Path(self.addresses["log"]).write_text(str(self.calls))
'''


def test_the_command_calls_the_variant_of_the_case_so_many_times(tmp_path: Path) -> None:
    suite, log = tmp_path / "counting.py", tmp_path / "log"
    suite.write_text(SUITE)
    line = command(suite, "Count", 1, "one", addresses={"log": str(log)}, calls=21)
    subprocess.run(line, check=True, timeout=60)
    assert log.read_text() == "42"
    assert line[0] == sys.executable
    assert json.loads(line[line.index("--addresses") + 1]) == {"log": str(log)}


def test_an_unknown_comparison_is_a_user_error(tmp_path: Path) -> None:
    suite = tmp_path / "counting_too.py"
    suite.write_text(SUITE)
    with pytest.raises(SelectionError, match="no comparison Other"):
        main([str(suite), "Other", "0", "one"])


def test_blocks_grow_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class FakeSubject:
        now = 0.0
        blocks: list[int] = []

        def run(self, calls: int) -> tuple[int, int]:
            self.blocks.append(calls)
            self.now += calls * 1e-3
            return calls * 1_000_000, 0

    subject: Any = FakeSubject()
    monkeypatch.setattr(profile_process, "perf_counter", lambda: subject.now)
    made = looped(subject, 1.0, 0)
    assert made == sum(subject.blocks)
    assert subject.blocks[:6] == [1, 2, 4, 8, 16, 32]
    assert max(subject.blocks) == 32
    assert made >= 1000
