"""Busy neighbours: as many as asked for, gone with their context, and gone when their parent dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patternbench.selfcheck.neighbours import CONDITION_WORDS, CONDITIONS, neighbours

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_conditions_have_words() -> None:
    assert set(CONDITIONS) == set(CONDITION_WORDS)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_as_many_as_asked_for_and_none_afterwards(count: int) -> None:
    with neighbours(count) as processes:
        assert len(processes) == count
        assert all(alive(each) for each in processes)
    assert not any(alive(each) for each in processes)


def test_they_may_use_any_core() -> None:
    with neighbours(1) as (process,):
        assert os.sched_getaffinity(process) == os.sched_getaffinity(0)


def test_they_die_with_a_parent_that_was_killed() -> None:
    program = (
        "import time\n"
        "from patternbench.selfcheck.neighbours import neighbours\n"
        "with neighbours(2) as processes:\n"
        "    print(*processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        processes = [int(each) for each in parent.stdout.readline().split()]
        assert len(processes) == 2
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(alive(each) for each in processes) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(alive(each) for each in processes)
