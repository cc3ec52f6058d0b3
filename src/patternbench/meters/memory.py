"""Allocations of a call, counted by memray.

Everything here runs in a process of its own that makes one reading and ends: a second reading in the same process
counts other things, as caches inside the interpreter are filled by then. A reading means little by itself; what a call
allocates is its difference to an empty call's reading, made the same way (`difference`).

memray also records the stack of each allocation, for which it makes a frame object per Python call. Those would be
counted as the call's own, so its profile function is taken away during a reading; sums need no stacks.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from patternbench.estimate import Memory
from patternbench.meters.meter import Figure, Figures, NotMeasured, Start, Subject

Call = Callable[[], object]

MOST_KEPT = 3000
"""Results kept for bytes per object: what a process allocates once by the way is a fraction of a byte then."""

_KEPT_BYTES = 256 * 2**20
_KEPT_SECONDS = 1.0
_KEPT_ALLOCATIONS = 1_000_000
"""Of the calls whose results are kept in half of the batches: replaying twice as many takes two to three seconds."""

_POINTER = 8
_BATCHES = 12

_SMALLEST_OBJECT = 16
"""Bytes of the smallest object, on a machine of 64 bits; who keeps less for an operation keeps no object for it."""

# Calls before a reading, by how long one takes at most. A hundred is more than the interpreter waits before it
# specialises code, and than its free lists hold. Steps, since a count that followed the clock would not repeat: after
# more calls an asyncio task has a longer name.
_WARM_UPS = ((0.005, 100), (float("inf"), 2))
_WARM_UPS_COUNTED = 2

_MARK_BYTES = 54_321
"""An allocation of this size before and after the calls; what memray itself allocates lies outside the two."""

_BYTE = b"\0"
_FILLING = _MARK_BYTES - sys.getsizeof(b"")


@dataclass(frozen=True, slots=True)
class CallReading:
    """One call.

    Attributes:
        peak_bytes: most bytes held at once, of those allocated since the reading began.
        allocations: number of allocations; giving memory back is not counted.
        fresh: whether two calls gave two objects.
        seconds: how long a call takes while nobody counts.
    """

    peak_bytes: int
    allocations: int
    fresh: bool
    seconds: float


class MemoryMeter:
    """What one call allocates, beyond an empty one."""

    name = "memory"
    summary = (
        "Allocations of one call beyond those of an empty one, counted by memray in processes of their own. It cannot "
        "see how much memory the process takes from the operating system for them, nor what the kernel holds."
    )
    figures = (
        Figure("bytes_per_object", "bytes", "lower", "kept alive by one returned object"),
        Figure("peak_bytes", "bytes", "lower", "most bytes held at once during a call"),
        Figure("allocations", "", "lower", "allocations made by a call"),
    )
    reads_clock = False

    def unavailable(self) -> str | None:
        """Why memory cannot be counted in this interpreter, or None where it can."""
        return unavailable()

    def measure(self, start: Start) -> Figures:
        """Readings of a call, of an empty one and, where it makes objects, of many kept; a process for each."""
        answer = start({"read": "call"}).answer
        call, units = CallReading(*answer["reading"]), int(answer["units"])
        empty = CallReading(*start({"read": "call"}, empty=True).answer["reading"])
        kept = None
        if may_give_objects(call, units):
            kept = start({"read": "kept", "calls": calls_to_keep(call, units)}).answer["kept"]
        found = difference(call, empty, kept_bytes=kept, units=units)
        return {each.name: getattr(found, each.name) for each in self.figures}

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:
        """One reading; the only one that its process makes."""
        reason = unavailable()
        if reason is not None:
            raise NotMeasured(reason)
        recording = Path(order["scratch"])
        if order["read"] == "kept":
            return {"kept": read_kept(subject.call, order["calls"], recording)}
        reading = read_call(subject.call, recording)
        return {
            "units": subject.units,
            "reading": [reading.peak_bytes, reading.allocations, reading.fresh, reading.seconds],
        }


METER = MemoryMeter()


def unavailable() -> str | None:
    """Why memory cannot be counted in this interpreter, or None where it can."""
    if sys.platform == "win32":
        return "memray does not run on Windows"
    try:
        import memray  # noqa: F401 - whether it can be imported is the question
    except Exception as error:  # noqa: BLE001 - a broken build may raise anything
        return f"memray cannot be imported ({type(error).__name__}: {error})"
    return None


def read_call(call: Call, recording: Path) -> CallReading:
    """Count one call, after warm-up.

    Args:
        call: what is counted.
        recording: a file that does not exist yet; memray writes it.
    """
    kept, seconds = _warmed_up(call)
    fresh = kept[-1] is not None and kept[-1] is not kept[-2]

    def once() -> None:
        call()

    events = _counted(once, once, recording)
    del kept
    return CallReading(events.peak_bytes, events.allocations, fresh=fresh, seconds=seconds)


def may_give_objects(reading: CallReading, units: int) -> bool:
    """Whether a call may return an object for each of its operations, so that it is worth keeping many results.

    A batch holds at least a pointer to each; a single object may come off a free list, and so show no peak at all.
    """
    return reading.fresh and (units == 1 or reading.peak_bytes >= _POINTER * units)


def calls_to_keep(reading: CallReading, units: int) -> int:
    """How many results a process can hold for `read_kept` without taking long or filling the machine.

    What comes off a free list is no allocation of the reading, but will be one of results that are kept: so each of the
    units counts for one at least.
    """
    most = min(
        _KEPT_SECONDS / max(reading.seconds, 1e-9),
        _KEPT_BYTES / max(reading.peak_bytes, 1),
        _KEPT_ALLOCATIONS / max(reading.allocations, units),
    )
    return next((calls for calls in (MOST_KEPT, 300, 30, 3) if calls <= most), 1)


def read_kept(call: Call, calls: int, recording: Path) -> float | None:
    """Bytes that one result keeps alive; None where two calls give the same object.

    The results are made in batches, and of what each batch adds to the ones before it the lower quartile counts: what
    grows by the way, such as asyncio's tables of tasks, is no part of a result, and it adds to many a batch but hardly
    ever takes from one.

    Args:
        call: what is counted; its warm-up is not.
        calls: results to keep in half of the batches, at least one.
        recording: as for `read_call`.
    """
    warm_ups, _ = _warmed_up(call)
    batch = max(1, 2 * calls // _BATCHES)
    kept: list[object] = [None] * (_BATCHES * batch)
    batches = [list(range(start, start + batch)) for start in range(0, len(kept), batch)]

    def many() -> None:
        for slots in batches:
            for slot in slots:
                kept[slot] = call()
            gc.collect()  # cycles that nobody holds are no part of a result
            _mark()

    events = _counted(call, many, recording)
    distinct = len({id(each) for each in kept})
    del warm_ups
    if distinct < len(kept):
        return None
    held = events.held_at_marks[:_BATCHES]
    return quantiles((later - earlier for earlier, later in pairwise(held)), n=4)[0] / batch


def difference(call: CallReading, empty: CallReading, *, kept_bytes: float | None, units: int) -> Memory:
    """What a call allocates beyond an empty one.

    Args:
        call, empty: readings of both.
        kept_bytes: of `read_kept`, or None where a call does not give one new object; an empty call keeps nothing.
        units: operations, and so objects, of a call.
    """
    of_one = None if kept_bytes is None else kept_bytes / units
    return Memory(
        peak_bytes=max(0, call.peak_bytes - empty.peak_bytes),
        allocations=max(0, call.allocations - empty.allocations),
        bytes_per_object=round(of_one, 2) if of_one is not None and of_one >= _SMALLEST_OBJECT else None,
    )


def _warmed_up(call: Call) -> tuple[list[object], float]:
    """Results of the warm-up, and the fastest call in seconds.

    The results stay alive during a reading, so that the interpreter's free lists are empty: an object taken from one
    is not seen as an allocation.
    """
    kept: list[object] = []
    seconds: list[float] = []
    calls = 2
    while len(kept) < calls:
        start = perf_counter()
        kept.append(call())
        seconds.append(perf_counter() - start)
        if len(kept) == 2:
            calls = next(count for limit, count in _WARM_UPS if min(seconds) <= limit)
    return kept, min(seconds)


@dataclass(frozen=True, slots=True)
class _Events:
    """What memray recorded between the first mark and the last, and what was held at each mark after the first."""

    peak_bytes: int
    allocations: int
    held_at_marks: tuple[int, ...]


def _counted(warm_up: Call, work: Callable[[], None], recording: Path) -> _Events:
    """Let memray record the work, with the interpreter's own allocators and without stacks, while no collection runs.

    Some more calls come first: code runs otherwise for the first time after the profile function went,
    and the interpreter allocates for that.
    """
    from memray import Tracker

    kept = []
    gc.collect()
    gc.disable()
    try:
        with Tracker(str(recording), trace_python_allocators=True):
            sys.setprofile(None)
            threading.setprofile(None)
            for _ in range(_WARM_UPS_COUNTED):
                kept.append(warm_up())  # noqa: PERF401 - a comprehension is a frame of its own on 3.11
            _mark()
            work()
            _mark()
    finally:
        gc.enable()
    return _between_marks(recording)


def _mark() -> None:
    _BYTE * _FILLING  # one allocation, where a bytearray makes two


def _between_marks(recording: Path) -> _Events:
    """Replay the recording: memray's own peak would hold what it allocates when it starts and stops."""
    from memray import AllocatorType, FileReader

    returning = {AllocatorType.FREE, AllocatorType.MUNMAP, AllocatorType.PYMALLOC_FREE}
    with FileReader(str(recording)) as reader:
        events = [
            (record.address, -1 if record.allocator in returning else record.size)
            for record in reader.get_allocation_records()
        ]
    marks = [place for place, (_, size) in enumerate(events) if size == _MARK_BYTES]
    live: dict[int, int] = {}
    held = peak = allocations = 0
    held_at_marks = []
    for place in range(marks[0] + 1, marks[-1] + 1):
        address, size = events[place]
        if size == _MARK_BYTES:
            held_at_marks.append(held)
            continue
        held -= live.pop(address, 0)
        if size >= 0:
            live[address] = size
            held += size
            allocations += 1
            peak = max(peak, held)
    return _Events(peak, allocations, tuple(held_at_marks))


__all__ = [
    "METER",
    "MOST_KEPT",
    "CallReading",
    "calls_to_keep",
    "difference",
    "may_give_objects",
    "read_call",
    "read_kept",
    "unavailable",
]
