"""Readings made up from a known truth: what the clocks would have shown, had every variant its true time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from patternbench.comparison import Case, Declaration, Variant
from patternbench.observation import TWIN, Block, CaseObservation, SetObservation, Shift

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
