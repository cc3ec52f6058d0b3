"""Instructions of a call, counted by valgrind's callgrind: a measure of work that machine and moment do not sway.

An interpreter runs under callgrind, imports the suite and forks a process for each of two counts. Both make the same
set-up and warm-up; then one makes N calls and 2 N empty ones, the other 2 N calls and N empty ones. Around these calls
each forks a process that ends at once: callgrind writes for it what its parent had executed until then, so that two of
them mark the begin and the end of the stretch. The second stretch less the first, over N, is what a call costs beyond
an empty one: the loop, the forks and everything before and after cancel. Chapter 6 of valgrind's manual says what is
counted.

The hash seed is fixed, and no garbage is collected while calls are counted.
"""

from __future__ import annotations

import gc
import re
import shutil
from collections.abc import Callable, Mapping
from time import perf_counter, process_time
from typing import Any

from patternbench.meters.meter import Figure, Figures, ProbeFailed, Start, Subject

_SLOWER_BY = 50
"""How many times slower a program runs under callgrind."""

# Seconds that a call takes there at most, calls that are counted, calls to warm up (more than the interpreter waits
# before it adapts code). Steps far apart: the variants of a case, and a variant on another day, get the same number.
_CALLS = ((0.01, 100, 200), (0.2, 5, 10), (float("inf"), 1, 2))

_PATIENCE = 10.0
_COMMAND = ("--tool=callgrind", "--callgrind-out-file=/dev/null", "--vgdb=no")
_PILOT_CALLS = 5
_PILOT_S = 0.2


class InstructionsMeter:
    """How many instructions the processor executes for one operation."""

    name = "instructions"
    summary = (
        "Instructions executed for one operation beyond those of an empty call, counted by valgrind with a fixed hash "
        "seed: code on one thread gives the same number every time it runs from the same folder. It cannot see the "
        "kernel, waiting, other processes, caches or branches: fewer instructions are not always less time."
    )
    figures = (
        Figure("instructions", "instructions", "lower", "executed in user space for one operation"),
        Figure("calls", "", None, "calls that the figure is a mean of"),
    )
    reads_clock = False

    def unavailable(self) -> str | None:
        """Why instructions cannot be counted here, or None where they can."""
        return None if shutil.which("valgrind") else "valgrind is not installed"

    def measure(self, start: Start) -> Figures:
        """A short native probe says how many calls are cheap; then the two counts."""
        pilot = start({"pilot": True}).answer
        calls, warm_up = calls_for(_SLOWER_BY * float(pilot["cpu_s"]) + float(pilot["wall_s"]))
        difference = _stretch(start, 2 * calls, calls, warm_up) - _stretch(start, calls, 2 * calls, warm_up)
        return {"instructions": round(difference / calls / int(pilot["units"]), 2), "calls": calls}

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:
        """The calls of one count; or, as a pilot, what a call takes while nobody counts."""
        if "pilot" in order:
            return _piloted(subject)
        calls, empty, warm_up = (order[name] for name in ("calls", "empty", "warm_up"))
        subject.repeat(warm_up)
        subject.repeat(warm_up, empty=True)
        gc.collect()
        gc.disable()
        mark = _marker()
        mark()  # the first of a process also binds the functions that it calls
        begin = mark()
        subject.repeat(calls)
        subject.repeat(empty, empty=True)
        end = mark()
        return {"marks": [begin, end]}


def calls_for(seconds: float) -> tuple[int, int]:
    """Calls to count, and calls to warm up, for a call that takes so many seconds under callgrind."""
    return next((calls, warm_up) for limit, calls, warm_up in _CALLS if seconds <= limit)


def collected(output: str, process: int) -> int:
    """The number that callgrind wrote at the end of a process.

    Raises:
        ProbeFailed: it wrote none.
    """
    found = re.findall(rf"^=={process}== Collected : (\d+)", output, re.MULTILINE)
    if not found:
        raise ProbeFailed("valgrind ended without a count")
    return int(found[-1])


def counter() -> tuple[str, ...]:
    """The command under which an interpreter is counted."""
    return (shutil.which("valgrind") or "valgrind", *_COMMAND)


def whole(start: Start, order: Mapping[str, Any], *, bare: bool = False) -> int:
    """Instructions of a fresh probe process, from the start of its interpreter to its end."""
    outcome = start(order, under=counter(), patience=_PATIENCE, bare=bare, fresh=True)
    return collected(outcome.output, outcome.process)


def _stretch(start: Start, calls: int, empty: int, warm_up: int) -> int:
    """Instructions between the two marks of a process."""
    order = {"calls": calls, "empty": empty, "warm_up": warm_up}
    outcome = start(order, under=counter(), patience=_PATIENCE)
    begin, end = (collected(outcome.output, int(mark)) for mark in outcome.answer["marks"])
    return end - begin


def _marker() -> Callable[[], int]:
    """What lets a forked process end, for which callgrind then writes a count, and gives its process id.

    The C library's own functions: those of `os` call what modules have registered for a fork, such as logging, in
    Python code to which the interpreter adapts from call to call. A process that ends at once misses none of it.
    """
    import ctypes

    library = ctypes.PyDLL(None)
    fork, leave, wait = library.fork, library._exit, library.waitpid  # noqa: SLF001 - C's name

    def mark() -> int:
        process: int = fork()
        if process == 0:
            leave(0)
        wait(process, None, 0)
        return process

    return mark


def _piloted(subject: Subject) -> dict[str, Any]:
    subject.call()
    wall: list[float] = []
    cpu: list[float] = []
    while len(wall) < _PILOT_CALLS and sum(wall) < _PILOT_S:
        cpu_before, before = process_time(), perf_counter()
        subject.call()
        wall.append(perf_counter() - before)
        cpu.append(process_time() - cpu_before)
    return {"wall_s": min(wall), "cpu_s": min(cpu), "units": subject.units}


METER = InstructionsMeter()

__all__ = ["METER", "calls_for", "collected", "counter", "whole"]
