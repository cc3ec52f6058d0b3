"""Several calls of one subject in a row, and what was watched around them."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Sequence, Sized
from copy import copy
from time import perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar

from patternbench.experiment.subject import Subject

_CALLS = 3
_SLOW_S = 0.2
_SLOW_CALLS = 2
_SHARE_OF_TIMEOUT = 1 / 30
"""A first call that took more of the time in which a worker must answer stays the only one."""
_MOST_CALLS = 15
"""Where a watch is in doubt: by then a pool that fills up call by call may be full."""
_LEAST_CALLS_MORE = 2
_MORE_S = 0.3
_MANY_ITEMS = 10_000
"""Results with more are compared after the first call only, so that a proof holds no more than two of them."""

_COLLECTIONS = (list, dict, set, bytearray)


class Watch:
    """Looks at one thing before and after each call, and puts back what it touched; this one looks at nothing."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def before(self) -> None:
        """Look, right before a call; inside the loop where the variant is async."""

    def after(self, result: object) -> None:
        """Look, right after a call that raised nothing."""

    def end(self) -> None:
        """Look for the last time, and put everything back; also where a call raised."""

    @property
    def in_doubt(self) -> bool:
        """Whether more calls would tell something from its look-alike."""
        return False


W = TypeVar("W", bound=Watch)


class Trial:
    """The calls of one subject; a context manager, whose end is that of all watches.

    The first call stands alone, as counters are told after it. The others follow each other as in a block, without
    collections of garbage. Three calls are made, two where one takes a fifth of a second, one where that is much of the
    comparison's timeout, and more while a watch is in doubt.

    Args:
        subject: set up.
        kinds: of the watches; the last one looks closest to the call.
        caught: where warnings go.

    Attributes:
        results: of the first calls, in order, each as it was then: a plain collection is copied, as a later call may
            fill the same one anew. Of calls that followed to settle a doubt none is kept.
        repeats: whether every one of those calls gave the very same object.
        calls: how many were finished.
        warned: what was warned of from the second call on.
    """

    def __init__(
        self, subject: Subject, kinds: Sequence[type[Watch]], caught: list[warnings.WarningMessage] | None = None
    ) -> None:
        self.subject = subject
        self.results: list[Any] = []
        self.repeats = False
        self.calls = 0
        self._asked = _CALLS
        self.warned: list[warnings.WarningMessage] = []
        self._watches = {kind: kind(subject) for kind in kinds}
        self._caught = [] if caught is None else caught
        self._caught_before = 0
        self._process = os.getpid()
        self._started = 0.0
        self._first: Any = None
        self._doubted_since: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for watch in reversed(self._watches.values()):
            watch.end()
        self.warned = self._caught[self._caught_before :] if self.calls > 1 else []

    def of(self, kind: type[W]) -> W:
        """What a watch of that kind saw."""
        watch = self._watches[kind]
        assert isinstance(watch, kind)
        return watch

    def first(self) -> Any:
        """Call once, and give the result."""
        self.subject.watched(self._before, self._after_first)
        return self._first

    def rest(self) -> None:
        """Make the other calls, if any."""
        if self._asked == 1:
            return
        self._caught_before = len(self._caught)
        collecting = gc.isenabled()
        gc.disable()
        try:
            self.subject.watched(self._before, self._after)
        finally:
            if collecting:
                gc.enable()

    def _before(self) -> None:
        for watch in self._watches.values():
            watch.before()
        self._started = perf_counter()

    def _after_first(self, result: Any) -> bool:
        self._asked = _calls_worth(perf_counter() - self._started, self.subject.instance.timeout_s)
        self._seen(result)
        self._first = result
        self.results.append(_as_it_is(result))
        return False

    def _after(self, result: Any) -> bool:
        self._seen(result)
        if self.calls <= self._asked:
            self.repeats = result is self._first and (self.repeats or self.calls == 2)
            if not _many(self._first):
                self.results.append(_as_it_is(result))
        if self.calls < self._asked:
            return True
        if self.calls >= _MOST_CALLS or not any(watch.in_doubt for watch in self._watches.values()):
            return False
        if self._doubted_since is None:
            self._doubted_since = perf_counter()
        return self.calls < self._asked + _LEAST_CALLS_MORE or perf_counter() - self._doubted_since < _MORE_S

    def _seen(self, result: Any) -> None:
        if os.getpid() != self._process:
            os._exit(0)  # the variant forked, and this is the child: the proof is its parent's
        self.calls += 1
        for watch in reversed(self._watches.values()):
            watch.after(result)


def _calls_worth(seconds: float, timeout_s: float) -> int:
    if seconds > timeout_s * _SHARE_OF_TIMEOUT:
        return 1
    return _SLOW_CALLS if seconds >= _SLOW_S else _CALLS


def _as_it_is(result: Any) -> Any:
    return copy(result) if type(result) in _COLLECTIONS and not _many(result) else result


def _many(result: object) -> bool:
    try:
        return isinstance(result, Sized) and len(result) > _MANY_ITEMS
    except Exception:  # noqa: BLE001 - a length may raise anything
        return False
