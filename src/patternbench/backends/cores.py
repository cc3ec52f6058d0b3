"""Where a backend runs: on the cores that no clock is using.

A worker process is pinned to one core before its comparison is set up, and what it starts inherits that. A backend on
the same core would take its turns from the code under test, so that the client's clock would count the server's work.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLE = "PATTERNBENCH_SPARE_CORES"
"""Environment variable that the harness sets: the cores left for backends, such as "1" or "1,2,3"."""


def spare_cores(environ: Mapping[str, str] = os.environ) -> frozenset[int]:
    """The cores that the harness left for backends; empty where it named none."""
    return frozenset(int(core) for core in environ.get(VARIABLE, "").split(",") if core.strip().isdigit())


def move_to_spare_cores() -> bool:
    """Move this process, and so whatever it starts from now on, to the spare cores.

    Returns False, with everything left as it is, where no core was named, the system cannot place a process, or the
    named cores are not ours to use (a container that was given fewer).
    """
    cores = spare_cores()
    if not cores or not hasattr(os, "sched_setaffinity"):
        return False
    try:
        os.sched_setaffinity(0, cores)
    except OSError:
        return False
    return True
