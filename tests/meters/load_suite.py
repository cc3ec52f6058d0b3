"""A suite with both meters of a service under load; tests read it through probe processes."""

from __future__ import annotations

import asyncio
import time

from patternbench import Comparison, variant


class Service(Comparison):
    """Which bears the load?"""

    baseline = "awaits"
    meters = ("time", "load", "loop_lag")
    load_rate_per_s = 2500.0
    load_threads = 4

    @variant
    async def awaits(self) -> int:
        """Waits for a backend, and lets others do the same meanwhile."""
        await asyncio.sleep(0.005)
        return 1

    @variant
    def threaded(self) -> int:
        """Answers at once, through threads."""
        return 1

    @variant
    async def holds(self) -> int:
        """Holds the loop for fifty times as long as the load leaves it."""
        time.sleep(0.02)  # noqa: ASYNC251 - that is what it is for
        return 1


class Slow(Comparison):
    """Which is too slow for a load?"""

    baseline = "sleeps"

    @variant
    def sleeps(self) -> int:
        time.sleep(1.1)
        return 1
