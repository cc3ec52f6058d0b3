"""The readings of a meter over the variants of a case, after the clocks have stopped."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, ExitStack

from patternbench.comparison import NotMeasured
from patternbench.experiment.probes import Probes, Reference, Target
from patternbench.experiment.turns import Turns
from patternbench.meters import MODULES
from patternbench.meters.meter import Meter, ProbeFailed
from patternbench.reading import NOT_MEASURED, checked

AT_ONCE = 2
"""Processes of a meter that counts, side by side: counts do not mind."""

Reading = dict[str, float | int | str | None]


def readings(
    meter: Meter, targets: Mapping[str, Target], draws: random.Random, baseline: Target | None = None
) -> Iterator[tuple[str, Reading]]:
    """The figures of each target, as they come; one without has `not_measured` and the reason.

    Args:
        targets: what to read, by the name of the variant.
        draws: source of the order in which variants take turns, for a meter that reads a clock.
        baseline: what a meter may refer to, whether it is among the targets or not.
    """
    reason = meter.unavailable()
    if reason is not None:
        for name in targets:
            yield name, {NOT_MEASURED: reason}
        return
    with ExitStack() as stack:
        turn, leave = _one_by_one(targets, draws) if meter.reads_clock else _side_by_side()
        module = MODULES[meter.name]
        standing = None if baseline is None else stack.enter_context(Probes(baseline, module))
        reference = None if standing is None else Reference(standing)
        probes = {
            name: stack.enter_context(Probes(target, module, turn(name), reference)) for name, target in targets.items()
        }
        pool = stack.enter_context(ThreadPoolExecutor(max(1, len(targets)) if meter.reads_clock else AT_ONCE))

        def read(name: str) -> Reading:
            try:
                return _reading(meter, probes[name])
            finally:
                leave(name)

        waiting: dict[Future[Reading], str] = {pool.submit(read, name): name for name in targets}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for each in (*probes.values(), *([] if standing is None else [standing])):
                each.stop()
            raise


Turn = Callable[[], AbstractContextManager[object]]


def _one_by_one(
    names: Mapping[str, object], draws: random.Random
) -> tuple[Callable[[str], Turn], Callable[[str], None]]:
    turns = Turns(names, draws)
    return (lambda name: lambda: turns.turn(name)), turns.leave


def _side_by_side() -> tuple[Callable[[str], Turn], Callable[[str], None]]:
    slots = threading.Semaphore(AT_ONCE)
    return (lambda _: lambda: slots), (lambda _: None)


def _reading(meter: Meter, probes: Probes) -> Reading:
    try:
        return checked(meter.measure(probes), meter.figures)
    except (ProbeFailed, NotMeasured) as reason:
        return {NOT_MEASURED: str(reason)}


__all__ = ["AT_ONCE", "Reading", "readings"]
