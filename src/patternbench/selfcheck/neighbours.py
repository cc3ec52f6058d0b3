"""Busy neighbours: processes that take what they can get of the processor, as other programs on a machine do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CONDITIONS = {"idle": 0, "one": 1, "two": 2}
"""Name of a condition to its number of busy neighbours."""

CONDITION_WORDS = {"idle": "idle machine", "one": "one busy neighbour", "two": "two busy neighbours"}

# Spins in slices of some milliseconds and looks between them whether its parent still lives. It takes any core that it
# may use: a neighbour that kept to one core could be avoided.
_SPINNER = """
import os, sys
parent = os.getppid()
sys.stdout.write("\\n")
sys.stdout.flush()
while os.getppid() == parent:
    for _ in range(200_000):
        pass
"""


@contextmanager
def neighbours(count: int) -> Iterator[tuple[int, ...]]:
    """Keep that many processes spinning; gives their process ids, and is entered when all of them spin.

    They end with the context, and by themselves soon after this process has died.

    Raises:
        OSError: a process could not be started.
    """
    spinning: list[subprocess.Popen[bytes]] = []
    try:
        spinning.extend(_started() for _ in range(count))
        for each in spinning:
            assert each.stdout is not None
            each.stdout.readline()
        yield tuple(each.pid for each in spinning)
    finally:
        for each in spinning:
            each.kill()
        for each in spinning:
            each.wait()
            assert each.stdout is not None
            each.stdout.close()


def _started() -> subprocess.Popen[bytes]:
    # A session of its own, so that an interrupt typed at the terminal reaches this process alone, which ends it.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _SPINNER],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
