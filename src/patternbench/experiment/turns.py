"""Whose turn it is: probes that read a clock run one at a time, and the variants take turns in a drawn order."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Turns:
    """Gives turns to threads, one for each name.

    The next turn is drawn once every name is either waiting for one or done, among those that had the fewest: so the
    order depends on the draws alone, not on how fast the threads are, and drift of the machine meets all names alike.
    """

    def __init__(self, names: Iterable[str], draws: random.Random) -> None:
        self._draws = draws
        self._had = dict.fromkeys(names, 0)
        self._waiting: set[str] = set()
        self._running: str | None = None
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Wait for a turn, and hold it."""
        with self._changed:
            self._waiting.add(name)
            self._draw()
            self._changed.wait_for(lambda: self._running == name)
        try:
            yield
        finally:
            with self._changed:
                self._running = None
                self._draw()

    def leave(self, name: str) -> None:
        """Take no more turns; the others no longer wait for this name."""
        with self._changed:
            self._had.pop(name, None)
            self._draw()

    def _draw(self) -> None:
        if self._running is not None or not self._waiting or len(self._waiting) < len(self._had):
            return
        fewest = min(self._had[name] for name in self._waiting)
        self._running = self._draws.choice(
            [name for name in self._had if name in self._waiting and self._had[name] == fewest]
        )
        self._had[self._running] += 1
        self._waiting.remove(self._running)
        self._changed.notify_all()


__all__ = ["Turns"]
