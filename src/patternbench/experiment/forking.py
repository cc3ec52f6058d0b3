"""Whether a process that has imported a suite may be forked."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def safe_to_fork() -> bool:
    """Whether there is a fork, and nothing so far started a thread, in Python or below: a fork would lose it."""
    threading = sys.modules.get("threading")
    if not hasattr(os, "fork") or (threading is not None and threading.active_count() > 1):
        return False
    with contextlib.suppress(OSError):
        return len(list(Path("/proc/self/task").iterdir())) == 1
    return sys.platform != "darwin"
