"""From readings to results: block ratios, one estimate per set, an interval over sets, a verdict, a place.

Let `w[v, s, r]` be the wall time of variant `v`'s block in round `r` of set `s`, `n[v]` its calls and `o[v, s]` the
measured cost of loop and empty call. Then `t = w / n - o` is the time of a call, the set's estimate is the median over
`r` of `log(t[v, s, r] / t[baseline, s, r])`, and the interval is Student's over sets: two thousand blocks in eight sets
are eight observations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from patternbench.comparison import Case, Declaration
from patternbench.estimate import Ratio, Timing
from patternbench.observation import LEAST_ROUNDS, TWIN, Block, CaseObservation, Fault, SetObservation
from patternbench.session import CaseResult, VariantResult
from patternbench.statistics.decision import (
    SHOWN_CONFIDENCE,
    Thresholds,
    decided,
    deciding_confidence,
    differs,
    ranks,
    thresholds_for,
)
from patternbench.statistics.drift import drift
from patternbench.statistics.interval import Sets
from patternbench.verdict import Status, Verdict

_QUANTILES = np.linspace(0, 100, 21)
_OVERHEAD_WORTH_A_NOTE = 0.05
_LEAST_OF_ITS_OWN = 0.02
_CLEAN_SHARE = 0.4
"""Preempted pairs are passed over where at least this share of every set's pairs is left."""
_PREEMPTED_WORTH_A_NOTE = 0.1


def analysed(observed: CaseObservation, case: Case, declared: Declaration, variants: Sequence[str]) -> CaseResult:
    """The result of one case.

    Args:
        observed: its readings.
        variants: names that were to be measured, in the order to show them.
    """
    faults = dict(observed.faults)
    if observed.fault is not None:
        faults = dict.fromkeys(variants, observed.fault)
    reading = _Reading(observed, declared.baseline)
    for name in variants:
        if name not in faults:
            fault = reading.fault_of(name)
            if fault is not None:
                faults[name] = fault
    measured = [name for name in variants if name not in faults]
    thresholds = thresholds_for([reading.cpu_share(name) for name in measured])
    logs = {name: reading.log_ratios(name) for name in measured} if declared.baseline in measured else {}
    comparable = {name: values for name, values in logs.items() if len(values) >= 2}
    places = _places(comparable, declared.baseline, thresholds)
    confidence = deciding_confidence(len(comparable) - 1)
    twin = _sets(reading.log_ratios(TWIN)) if comparable else None
    results = [
        _faulty(name, faults[name], observed)
        if name in faults
        else _variant(name, reading, comparable, places, thresholds, confidence, declared)
        for name in variants
    ]
    return CaseResult(
        params=case.labels,
        headline=case.headline,
        status=_status(results),
        reason=_shared_reason(results),
        variants=tuple(results),
        noise_floor=None if twin is None else twin.detectable(confidence),
        self_check=None if twin is None else twin.ratio(SHOWN_CONFIDENCE),
        band=thresholds.band if measured else None,
        sets=observed.usable_sets,
        rounds=max((len(each.rounds) for each in observed.sets), default=0),
        seconds=observed.seconds,
    )


def precision(observed: CaseObservation, baseline: str) -> float | None:
    """Half-width of the widest shown interval so far, as a share; None before two sets."""
    reading = _Reading(observed, baseline)
    widths = []
    for name in observed.calls:
        sets = _sets(reading.log_ratios(name)) if name != baseline else None
        if sets is not None:
            widths.append(math.expm1(sets.half_width(SHOWN_CONFIDENCE)))
    return max(widths, default=None)


class _Reading:
    """Quotients of one case's readings."""

    def __init__(self, observed: CaseObservation, baseline: str) -> None:
        self._observed = observed
        self._baseline = baseline
        blocks = [block for each in observed.sets for done in each.rounds for block in done.values()]
        preempted = sum(block.preempted > 0 for block in blocks)
        self.preempted_share = preempted / len(blocks) if blocks else 0.0

    @property
    def observed(self) -> CaseObservation:
        """The readings themselves."""
        return self._observed

    def _name(self, seat: str) -> str:
        return self._baseline if seat == TWIN else seat

    def calls(self, seat: str) -> int:
        """Calls per block."""
        return self._observed.calls[self._name(seat)]

    def units(self, seat: str) -> int:
        """Operations per call."""
        return self._observed.units.get(self._name(seat), 1)

    def call_ns(self, seat: str, block: Block, of_set: SetObservation) -> float:
        """Time of one call in a block, the cost of loop and empty call taken off, nanoseconds; may be below zero."""
        return block.wall_ns / self.calls(seat) - of_set.overhead_ns.get(seat, 0.0)

    def blocks(self, seat: str) -> list[tuple[SetObservation, Block]]:
        """All blocks of a seat, in order."""
        return [(each, done[seat]) for each in self._observed.sets for done in each.rounds if seat in done]

    def times_ns(self, seat: str) -> list[list[float]]:
        """Times of a call by set, nanoseconds."""
        return [
            [self.call_ns(seat, done[seat], each) for done in each.rounds if seat in done]
            for each in self._observed.sets
        ]

    def overhead_ns(self, seat: str) -> float:
        """Cost of loop and empty call, nanoseconds a call: median over sets."""
        costs = [each.overhead_ns[seat] for each in self._observed.sets if seat in each.overhead_ns]
        return float(np.median(costs)) if costs else 0.0

    def cpu_share(self, seat: str) -> float:
        """CPU time over wall time of all blocks."""
        blocks = [block for _, block in self.blocks(seat)]
        wall = sum(block.wall_ns for block in blocks)
        return sum(block.cpu_ns for block in blocks) / wall if wall else 1.0

    def fault_of(self, name: str) -> Fault | None:
        """Why a variant that answered has no figure all the same."""
        median = self.median_ns(name)
        if median is None:
            return Fault(Status.BROKEN, "no block of it was finished")
        if median <= self.overhead_ns(name) * _LEAST_OF_ITS_OWN:
            return Fault(Status.BROKEN, "measured nothing of its own: a call costs no more than an empty one")
        return None

    def _pairs(self, seat: str) -> list[list[tuple[Block, Block]]]:
        """A seat's blocks with the baseline's of the same rounds, by set.

        A preempted block holds another process's time. The kernel counts preemptions, so that such pairs are known
        without a look at their times; they are passed over where enough are clean. Where they are not (blocks longer
        than a time slice, a busy machine) all count: their noise widens the interval, and pairing keeps it fair.
        """
        pairs = [
            [(done[seat], done[self._baseline]) for done in each.rounds if seat in done and self._baseline in done]
            for each in self._observed.sets
        ]
        clean = [[pair for pair in of_set if not (pair[0].preempted or pair[1].preempted)] for of_set in pairs]
        enough = all(len(some) >= _CLEAN_SHARE * len(every) for some, every in zip(clean, pairs, strict=True))
        return clean if enough else pairs

    def log_series(self, seat: str) -> list[list[float]]:
        """Log of the time of an operation over the baseline's in the same round, by set."""
        series = []
        for of_set, pairs in zip(self._observed.sets, self._pairs(seat), strict=True):
            logs = []
            for own, base in pairs:
                own_ns = self.call_ns(seat, own, of_set) / self.units(seat)
                base_ns = self.call_ns(self._baseline, base, of_set) / self.units(self._baseline)
                if own_ns > 0 and base_ns > 0:
                    logs.append(math.log(own_ns / base_ns))
            series.append(logs)
        return series

    def median_ns(self, seat: str) -> float | None:
        """Median time of a call over all blocks, nanoseconds; None where there is none."""
        times = [time for of_set in self.times_ns(seat) for time in of_set]
        return float(np.median(times)) if times else None

    def log_ratios(self, seat: str) -> dict[int, float]:
        """One estimate per set, by the set's number: the median of the block ratios; too few rounds say nothing."""
        return {
            number: float(np.median(logs))
            for number, logs in enumerate(self.log_series(seat))
            if len(logs) >= LEAST_ROUNDS
        }


def _sets(log_ratios: Mapping[int, float]) -> Sets | None:
    return Sets.of(list(log_ratios.values())) if len(log_ratios) >= 2 else None


def _places(logs: Mapping[str, Mapping[int, float]], baseline: str, thresholds: Thresholds) -> dict[str, str]:
    """Ranks over all pairs; each pair's contrast is taken set by set, so that what moved both is gone."""
    if baseline not in logs:
        return {}
    # Pairs with the baseline are judged as their verdicts are; all other pairs share the family's error among all.
    against_baseline = deciding_confidence(len(logs) - 1)
    among_all = deciding_confidence(len(logs) * (len(logs) - 1) // 2)
    apart = {}
    for first, second in combinations(logs, 2):
        confidence = against_baseline if baseline in (first, second) else among_all
        contrast = _sets({s: logs[first][s] - logs[second][s] for s in logs[first].keys() & logs[second].keys()})
        apart[first, second] = contrast is not None and differs(contrast.ratio(confidence), thresholds.floor)
    return ranks({name: float(np.mean(list(values.values()))) for name, values in logs.items()}, apart)


def _variant(
    name: str,
    reading: _Reading,
    logs: Mapping[str, Mapping[int, float]],
    places: Mapping[str, str],
    thresholds: Thresholds,
    confidence: float,
    declared: Declaration,
) -> VariantResult:
    observed = reading.observed
    shown = adjusted = None
    verdict = Verdict.UNDECIDED
    if name == declared.baseline:
        verdict = Verdict.BASELINE
        shown = adjusted = Ratio(1.0, 1.0, 1.0, SHOWN_CONFIDENCE)
    elif name in logs:
        sets = Sets.of(list(logs[name].values()))
        shown, adjusted = sets.ratio(SHOWN_CONFIDENCE), sets.ratio(confidence)
        verdict = decided(shown, adjusted, thresholds)
    return VariantResult(
        name=name,
        status=Status.OK,
        verdict=verdict,
        rank=places.get(name),
        time=_timing(name, reading),
        ratio=shown,
        adjusted=adjusted,
        memory=observed.memory.get(name),
        counters=dict(observed.counters.get(name, {})),
        notes=tuple(_notes(name, reading, declared)),
    )


def _timing(name: str, reading: _Reading) -> Timing:
    scale = 1e-9 / reading.units(name)
    by_set = [np.asarray(times) * scale for times in reading.times_ns(name)]
    medians = [float(np.median(times)) if len(times) else None for times in by_set]
    known = [each for each in medians if each is not None]
    every = np.concatenate([times for times in by_set if len(times)])
    low, high = _median_interval(known)
    p50, p95, p99 = (float(each) for each in np.percentile(every, (50, 95, 99)))
    return Timing(
        median_s=float(np.median(known)),
        low_s=low,
        high_s=high,
        p50_s=p50,
        p95_s=p95,
        p99_s=p99,
        cpu_share=round(reading.cpu_share(name), 4),
        calls_per_block=reading.calls(name),
        processes=len(known),
        quantiles_s=tuple(float(each) for each in np.percentile(every, _QUANTILES)),
        process_medians_s=tuple(medians),
        overhead_s=reading.overhead_ns(name) * scale,
    )


def _median_interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of a typical set's median, by Student's t on the logarithms; the values' range below two sets."""
    positive = [value for value in values if value > 0]
    if len(positive) < 2 or len(positive) < len(values):
        return min(values), max(values)
    logs = Sets.of([math.log(value) for value in positive])
    centre, half = math.log(float(np.median(positive))), logs.half_width(SHOWN_CONFIDENCE)
    return math.exp(centre - half), math.exp(centre + half)


def _notes(name: str, reading: _Reading, declared: Declaration) -> list[str]:
    """What a reader must know about a variant; what concerns the whole case stands with the baseline."""
    baseline = declared.baseline
    if name == baseline:
        return _notes_on_case(reading)
    if baseline not in reading.observed.calls:
        return []
    changed = drift(reading.log_series(name))
    if changed is None:
        return []
    word = "slower" if changed > 0 else "faster"
    return [f"gets {abs(changed):.0%} {word} in the course of a set: state may be carried from call to call"]


def _notes_on_case(reading: _Reading) -> list[str]:
    notes = []
    names = list(reading.observed.calls)
    calls = [reading.calls(name) for name in names]
    costs = [reading.overhead_ns(name) for name in names]
    worth_it = any(
        cost > _OVERHEAD_WORTH_A_NOTE * time
        for name, cost in zip(names, costs, strict=True)
        if (time := reading.median_ns(name)) is not None
    )
    if min(calls) < max(calls):
        notes.append(
            f"{min(calls)} to {max(calls)} calls per block: the variants are too different in speed for equal numbers, "
            f"so the cost of loop and call, {min(costs):.0f} to {max(costs):.0f} ns, was measured and taken off"
        )
    elif worth_it:
        notes.append(
            f"the cost of loop and call, {min(costs):.0f} to {max(costs):.0f} ns, was measured and taken off each call"
        )
    if reading.preempted_share > _PREEMPTED_WORTH_A_NOTE:
        notes.append(
            f"other programs took the core away during {reading.preempted_share:.0%} of the blocks: a quieter machine "
            "would give narrower intervals"
        )
    return notes


def _faulty(name: str, fault: Fault, observed: CaseObservation) -> VariantResult:
    return VariantResult(
        name=name,
        status=fault.status,
        verdict=Verdict.BROKEN if fault.status is Status.BROKEN else Verdict.NOT_MEASURED,
        reason=fault.reason,
        log=fault.log,
        counters=dict(observed.counters.get(name, {})),
    )


def _status(results: Sequence[VariantResult]) -> Status:
    if any(result.status is Status.OK for result in results):
        return Status.OK
    if any(result.status is Status.BROKEN for result in results):
        return Status.BROKEN
    return Status.NOT_MEASURED


def _shared_reason(results: Sequence[VariantResult]) -> str | None:
    """The reason of a case in which nothing was measured, where all its variants have the same."""
    reasons = {result.reason for result in results}
    return reasons.pop() if len(reasons) == 1 else None
