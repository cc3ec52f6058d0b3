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
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

from patternbench.meters.meter import Figure, Figures, ProbeFailed, Start, Subject


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls a count is made of.

    Attributes:
        counted: N.
        warm_up: before them; a hundred are more than the interpreter waits before it adapts code.
    """

    counted: int
    warm_up: int


FEWEST = Calls(1, 2)
"""Of the first count, which tells how many are cheap, and of whatever is slow."""

# Instructions and seconds of waiting that a call takes at most, and how many calls are then made. Where nothing waits a
# count decides and no clock, so that the same code gets the same number; callgrind executes some 80 million a second.
_STEPS = ((300_000, 0.02, Calls(100, 200)), (10_000_000, 0.4, Calls(5, 10)))

_PATIENCE = 10.0
_COMMAND = ("--tool=callgrind", "--callgrind-out-file=/dev/null", "--vgdb=no")


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
        """A count of few calls, and where they are cheap a count of more."""
        first = _counted(start, FEWEST)
        calls = calls_for(first.instructions, first.waiting_s)
        found = first if calls == FEWEST else _counted(start, calls)
        return {"instructions": round(found.instructions / found.units, 2), "calls": calls.counted}

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:
        """The calls of one count, between two marks."""
        calls, empty, warm_up = (order[name] for name in ("calls", "empty", "warm_up"))
        waiting_s = _warmed_up(subject, warm_up)
        subject.repeat(warm_up, empty=True)
        gc.collect()
        gc.disable()
        mark = _marker()
        mark()  # the first of a process also binds the functions that it calls
        begin = mark()
        subject.repeat(calls)
        subject.repeat(empty, empty=True)
        end = mark()
        return {"marks": [begin, end], "units": subject.units, "waiting_s": waiting_s}


def calls_for(instructions: float, waiting_s: float) -> Calls:
    """How many calls are cheap, of one that executes and waits so much."""
    cheap = (calls for most, longest_s, calls in _STEPS if instructions <= most and waiting_s <= longest_s)
    return next(cheap, FEWEST)


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


@dataclass(frozen=True, slots=True)
class _Count:
    """What one call executes beyond an empty one, how long it waits under callgrind, and how many operations it is."""

    instructions: float
    waiting_s: float
    units: int


def _counted(start: Start, calls: Calls) -> _Count:
    """The difference of two processes, per call."""
    more, answer = _stretch(start, 2 * calls.counted, calls.counted, calls.warm_up)
    fewer, _ = _stretch(start, calls.counted, 2 * calls.counted, calls.warm_up)
    return _Count((more - fewer) / calls.counted, float(answer["waiting_s"]), int(answer["units"]))


def _stretch(start: Start, calls: int, empty: int, warm_up: int) -> tuple[int, Mapping[str, Any]]:
    """Instructions between the two marks of a process, and its answer."""
    order = {"calls": calls, "empty": empty, "warm_up": warm_up}
    outcome = start(order, under=counter(), patience=_PATIENCE)
    begin, end = (collected(outcome.output, int(mark)) for mark in outcome.answer["marks"])
    return end - begin, outcome.answer


def _warmed_up(subject: Subject, calls: int) -> float:
    """Make calls, and give the shortest time that one of the first two does not spend on a processor, seconds."""
    waiting: list[float] = []
    for _ in range(min(calls, 2)):
        before, cpu_before = perf_counter(), process_time()
        subject.repeat(1)
        waiting.append(perf_counter() - before - (process_time() - cpu_before))
    subject.repeat(calls - len(waiting))
    return max(0.0, min(waiting))


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


METER = InstructionsMeter()

__all__ = ["FEWEST", "METER", "Calls", "calls_for", "collected", "counter", "whole"]
