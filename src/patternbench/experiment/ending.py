"""How a process ended, in words."""

from __future__ import annotations

import signal


def ending(status: int) -> str:
    """For an exit code, or minus the signal that killed the process: "crashed: killed by SIGSEGV"."""
    if status >= 0:
        return f"ended by itself with exit code {status}"
    try:
        return f"crashed: killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"crashed: killed by signal {-status}"
