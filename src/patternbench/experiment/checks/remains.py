"""What is left when a call has returned? Work that goes on is not timed, and what piles up slows down what follows."""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject


class Remains(Watch):
    """Counts before the first call and after each one what a call may leave behind.

    Threads of native code, descriptors and child processes are seen where the kernel lists them: on Linux all three, on
    macOS descriptors, elsewhere none of them.

    Attributes:
        counts: by what was counted, before the second call and after it and each that followed: the first may open what
            all others use.
        tasks_left: for each call the tasks that it started and that were not done when it returned.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.counts: dict[str, list[int]] = {what: [] for what in _COUNTED}
        self.tasks_left: list[int] = []
        self._tasks_before: set[asyncio.Task[Any]] = set()
        self._children_before = _children()

    def before(self) -> None:
        if len(self.tasks_left) == 1:
            self._count()
        self._tasks_before = _tasks()

    def after(self, result: object) -> None:
        if self.tasks_left:
            self._count()
        self.tasks_left.append(len(_tasks() - self._tasks_before))
        self._tasks_before = set()

    def end(self) -> None:
        self._tasks_before = set()
        if "a child process" in self.piling_up:
            for process in _children() - self._children_before:
                with suppress(OSError):
                    os.kill(process, signal.SIGKILL)
                    os.waitpid(process, 0)

    @property
    def piling_up(self) -> list[str]:
        """What every call from the second on left more of."""
        return [
            what
            for what, counts in self.counts.items()
            if len(counts) > 1 and all(later > earlier for earlier, later in pairwise(counts))
        ]

    @property
    def in_doubt(self) -> bool:
        return bool(self.piling_up)

    def _count(self) -> None:
        for what, count in _COUNTED.items():
            self.counts[what].append(count())


class Processes(Watch):
    """Notices child processes that ended in a call and were waited for.

    Attributes:
        ended: for each call whether there was one.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.ended: list[bool] = []
        self._faults_before = 0

    def before(self) -> None:
        self._faults_before = _faults_of_children()

    def after(self, result: object) -> None:
        self.ended.append(_faults_of_children() > self._faults_before)


def piles_up(evidence: Evidence) -> str | None:
    """Something that every call leaves, so that no two calls find the same."""
    left = evidence.own.of(Remains).piling_up
    return f"leaves {' and '.join(left)} behind in every call" if left else None


def returns_early(evidence: Evidence) -> str | None:
    """A task that outlives the call which started it, though not many calls more."""
    remains = evidence.own.of(Remains)
    if remains.tasks_left and all(remains.tasks_left):
        return "returns before a task that it started is done: that work falls into the next call, or out of the clock"
    return None


def leaves_unclosed(evidence: Evidence) -> str | None:
    """What Python itself had to close."""
    for each in evidence.own.warned:
        if issubclass(each.category, ResourceWarning):
            text = re.sub(r"\s*<.*|\d+\s*", "", str(each.message)).strip()
            return f"closes not all that it opens ({text})"
    return None


def starts_processes(evidence: Evidence) -> str | None:
    """A process for each call, which does work that no meter of this process sees."""
    if evidence.baseline is None or not all(evidence.own.of(Processes).ended):
        return None
    if all(evidence.baseline.of(Processes).ended):
        return None
    return f"starts a process in every call, and {evidence.against} does not: its CPU time and memory are not counted"


def _tasks() -> set[asyncio.Task[Any]]:
    """Unfinished tasks of the running loop; none where no loop runs."""
    try:
        return asyncio.all_tasks()
    except RuntimeError:
        return set()


def _threads() -> int:
    native = _listed("/proc/self/task")
    return threading.active_count() if native is None else len(native)


def _descriptors() -> int:
    return len(_listed("/proc/self/fd") or _listed("/dev/fd") or ())


def _children() -> set[int]:
    found: set[int] = set()
    for thread in _listed("/proc/self/task") or ():
        with suppress(OSError):
            found.update(map(int, Path(f"/proc/self/task/{thread}/children").read_text(encoding="ascii").split()))
    return found


def _listed(folder: str) -> list[str] | None:
    try:
        return os.listdir(folder)  # noqa: PTH208 - a listing of names, made after every call
    except OSError:
        return None


def _faults_of_children() -> int:
    """Page faults of children that were waited for: any process that ran had some."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


def _exit_handlers() -> int:
    count: Callable[[], int] | None = getattr(atexit, "_ncallbacks", None)
    return 0 if count is None else count()


_COUNTED: dict[str, Callable[[], int]] = {
    "a running task": lambda: len(_tasks()),
    "a running thread": _threads,
    "a child process": lambda: len(_children()),
    "an open file or socket": _descriptors,
    "an exit handler": _exit_handlers,
}
