"""memray over a program: a page, a peak, and who held it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from patternbench.errors import WorkerError
from patternbench.profilers import memory

pytestmark = pytest.mark.skipif(memory.unavailable() is not None, reason=str(memory.unavailable()))

PROGRAM = """
def hoard():
    return [bytes(1_000_000) for _ in range(20)]
kept = hoard()
"""


def test_the_peak_and_its_holders_are_found(tmp_path: Path) -> None:
    script = tmp_path / "hoarder.py"
    script.write_text(PROGRAM)
    found = memory.record([sys.executable, str(script)], tmp_path / "new")
    assert found.peak_bytes >= 20_000_000
    assert found.holders[0].file == "hoarder.py"
    assert found.holders[0].size_bytes >= 20_000_000
    assert found.allocations > 20
    page = found.flamegraph.read_text()
    assert "hoard" in page
    assert 'src="http' not in page


def test_a_program_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    script = tmp_path / "fails.py"
    script.write_text("raise SystemExit('no luck')")
    with pytest.raises(WorkerError, match="memray run failed"):
        memory.record([str(script)], tmp_path / "new")
