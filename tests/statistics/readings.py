"""Readings made up from a known truth: what the clocks would have shown, had every variant its true time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from patternbench.comparison import Case, Declaration, Variant
from patternbench.observation import LEAST_ROUNDS, TWIN, Block, CaseObservation, Fault, SetObservation, Shift
from patternbench.session import ComparisonResult, Label, VariantInfo
from patternbench.statistics.analysis import analysed
from patternbench.verdict import Status

CALLS = 1000
CALL_NS = 1500.0
CASE = Case(0, {}, headline=True)


def declared(*names: str, units: int = 1) -> Declaration:
    """A comparison whose first variant is the baseline."""
    return Declaration(
        suite="made_up",
        name="MadeUp",
        question="Which?",
        detail="",
        guide="",
        baseline=names[0],
        axes={},
        variants=tuple(Variant(name, is_async=False) for name in names),
        meters=("time",),
        timeout_s=1.0,
        caveat="",
        file=Path("made_up.py"),
        cases=(CASE,),
    )


def observation(
    times_ns: Mapping[str, Sequence[Sequence[float]]],
    *,
    calls: Mapping[str, int] | None = None,
    units: Mapping[str, int] | None = None,
    overhead_ns: Mapping[str, float] | None = None,
    cpu_share: float = 1.0,
) -> CaseObservation:
    """From the time of a call, by seat, set and round; the overhead is added to what the clock shows."""
    calls = calls or {name: CALLS for name in times_ns if name != TWIN}
    overheads = dict(overhead_ns or {})
    baseline = next(iter(times_ns))
    observed = CaseObservation("made_up/MadeUp", 0, calls=dict(calls), units=dict(units or {}))
    for number in range(len(times_ns[baseline])):
        shift = Shift(overheads)
        for turn in range(len(times_ns[baseline][number])):
            blocks = {}
            for seat, by_set in times_ns.items():
                count = calls[baseline if seat == TWIN else seat]
                wall = round((by_set[number][turn] + overheads.get(seat, 0.0)) * count)
                blocks[seat] = Block(wall, round(wall * cpu_share))
            shift.rounds.append(blocks)
        observed.sets.append(SetObservation(hash_seed=number + 1, core=None, shifts=[shift]))
    return observed


def drawn(
    ratios: Mapping[str, float],
    draws: np.random.Generator,
    *,
    sets: int = 8,
    rounds: int = 5,
    between: float = 0.01,
    within: float = 0.02,
    shared: float = 0.2,
) -> CaseObservation:
    """Readings of variants with those true ratios to the first.

    Args:
        between: standard deviation over sets of a worker's log time: hash seed, layout.
        within: over rounds of one worker.
        shared: over rounds, of what slows all workers alike; the pairing must take it out.
    """
    weather = draws.normal(0, shared, (sets, rounds))
    times = {}
    for seat, ratio in {**ratios, TWIN: next(iter(ratios.values()))}.items():
        logs = math.log(ratio) + draws.normal(0, between, (sets, 1)) + draws.normal(0, within, (sets, rounds)) + weather
        times[seat] = (CALL_NS * np.exp(logs)).tolist()
    return observation(times)


def comparison(
    cells: Sequence[tuple[Mapping[str, Label], Mapping[str, Sequence[float] | None]]],
    *,
    baseline: str | None = None,
) -> ComparisonResult:
    """A table from the time of a call in each set, by cell and variant, nanoseconds; None stands for a broken variant.

    The baseline is the first variant unless named; every round of a set reads the same.
    """
    names = list(dict.fromkeys(name for _, times in cells for name in times))
    names.sort(key=lambda name: name != baseline)
    results = []
    for index, (params, times) in enumerate(cells):
        known = {name: [[each] * LEAST_ROUNDS for each in sets] for name, sets in times.items() if sets is not None}
        ordered = {name: known[name] for name in names if name in known}
        observed = observation(ordered) if ordered else CaseObservation("made_up/MadeUp", index)
        for name in names:
            if name not in known:
                observed.faults[name] = Fault(Status.BROKEN, "it crashed")
        results.append(analysed(observed, Case(index, params, headline=index == 0), declared(*names), names))
    axes: dict[str, dict[tuple[type, Label], Label]] = {}
    for params, _ in cells:
        for axis, value in params.items():
            axes.setdefault(axis, {})[type(value), value] = value
    return ComparisonResult(
        id="made_up/MadeUp",
        suite="made_up",
        name="MadeUp",
        question="Which?",
        guide="",
        baseline=names[0],
        axes={axis: tuple(values.values()) for axis, values in axes.items()},
        variants=tuple(VariantInfo(name, "", "", is_async=False) for name in names),
        cases=tuple(results),
    )


def spread(time_ns: float, draws: np.random.Generator, *, sets: int = 8, deviation: float = 0.02) -> list[float]:
    """A true time as that many sets would see it."""
    return [float(each) for each in time_ns * np.exp(draws.normal(0, deviation, sets))]
