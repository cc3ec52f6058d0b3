"""Bodies that do nothing, as a suite file by itself: with what the harness imports, a host would have threads."""

from __future__ import annotations

from patternbench.comparison import Comparison, variant


class EmptyBodies(Comparison):
    """What is left of a call that does nothing?"""

    baseline = "plain"

    @variant
    def plain(self) -> None:
        """A plain method."""

    @variant
    async def awaited(self) -> None:
        """A coroutine, awaited in a running loop."""
