"""Honest stand-ins for what a suite talks to: HTTP servers, mocks, databases and the distance to them.

Each module says what it stands for and what it leaves out. All of them listen on loopback alone, keep what they write
in a temporary folder, and are gone when the context that started them is left, or when the process that held it dies.
Nothing here knows the harness: where a backend cannot be had it raises `BackendUnavailable`, and the suite decides.
"""

from __future__ import annotations

from patternbench.backends.unavailable import BackendUnavailable

__all__ = ["BackendUnavailable"]
