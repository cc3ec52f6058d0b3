"""From readings to results: block ratios, one estimate per set, an interval over sets, a verdict, a place.

Let `w[v, s, f, r]` be the wall time of the median slice of variant `v`'s block in round `r` of shift `f` of set `s`,
`n[v]` the calls in a slice and `o[v, s, f]` the measured cost of loop and empty call. Then `t = w / n - o` is the time
of a call, the set's estimate is the median over `f` of the median over `r` of `log(t[v, s, f, r] / t[base, s, f, r])`,
over the rounds in which neither side was far above its usual time, where a quarter of them were so; the interval is
Student's over sets: two thousand blocks in eight sets are eight observations. Where whole blocks surely tell another
ratio than median slices, because a few calls cost far more than most, whole blocks are compared. Times of a call are of
whole blocks. A verdict follows the confidence sequence over the same sets, because a run may stop early.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from patternbench.comparison import Case, Declaration
from patternbench.estimate import Ratio, Timing
from patternbench.observation import TWIN, CaseObservation, Fault
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
from patternbench.statistics.reading import Reading, sets_of
from patternbench.verdict import Status, Verdict

_QUANTILES = np.linspace(0, 100, 21)
_OVERHEAD_WORTH_A_NOTE = 0.05
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
    reading = Reading(observed, declared.baseline)
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
    contrasts = len(comparable) - 1
    confidence = deciding_confidence(contrasts)
    twin = sets_of(reading.log_ratios(TWIN)) if comparable else None
    results = [
        _faulty(name, faults[name], observed)
        if name in faults
        else _variant(name, reading, comparable, places, thresholds, contrasts, declared)
        for name in variants
    ]
    return CaseResult(
        params=case.labels,
        headline=case.headline,
        status=_status(results),
        reason=_shared_reason(results),
        variants=tuple(results),
        noise_floor=None if twin is None else _finite(twin.detectable(confidence)),
        self_check=None if twin is None else twin.ratio(SHOWN_CONFIDENCE),
        band=thresholds.band if measured else None,
        sets=observed.usable_sets,
        rounds=max((len(each.rounds) for each in observed.sets), default=0),
        seconds=observed.seconds,
    )


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
        contrast = sets_of({s: logs[first][s] - logs[second][s] for s in logs[first].keys() & logs[second].keys()})
        apart[first, second] = contrast is not None and differs(contrast.anytime(confidence), thresholds)
    return ranks({name: float(np.mean(list(values.values()))) for name, values in logs.items()}, apart)


def _variant(
    name: str,
    reading: Reading,
    logs: Mapping[str, Mapping[int, float]],
    places: Mapping[str, str],
    thresholds: Thresholds,
    contrasts: int,
    declared: Declaration,
) -> VariantResult:
    observed = reading.observed
    shown = adjusted = evidence = None
    verdict = Verdict.UNDECIDED
    if name == declared.baseline:
        verdict = Verdict.BASELINE
        shown = adjusted = Ratio(1.0, 1.0, 1.0, SHOWN_CONFIDENCE)
    elif name in logs:
        sets = Sets.of(list(logs[name].values()))
        shown, adjusted = sets.ratio(SHOWN_CONFIDENCE), sets.anytime(deciding_confidence(contrasts))
        evidence = sets.evidence(contrasts)
        verdict = decided(shown, adjusted, thresholds)
    return VariantResult(
        name=name,
        status=Status.OK,
        verdict=verdict,
        rank=places.get(name),
        time=_timing(name, reading),
        ratio=shown,
        adjusted=adjusted,
        evidence=evidence,
        memory=observed.memory(name),
        meters=observed.meters(name),
        counters=dict(observed.counters.get(name, {})),
        notes=(*observed.notes.get(name, ()), *_notes(name, reading, declared)),
        set_ratios=tuple(_set_ratios(logs[name], len(observed.sets))) if name in logs else (),
    )


def _set_ratios(log_ratios: Mapping[int, float], count: int) -> list[float | None]:
    """The ratio of each set, in order; None where a set has none."""
    return [math.exp(log_ratios[number]) if number in log_ratios else None for number in range(count)]


def _timing(name: str, reading: Reading) -> Timing:
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
        processes=reading.workers(name),
        quantiles_s=tuple(float(each) for each in np.percentile(every, _QUANTILES)),
        process_medians_s=tuple(medians),
        overhead_s=reading.overhead_ns(name) * scale,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _median_interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of a typical set's median, by Student's t on the logarithms; the values' range below two sets."""
    positive = [value for value in values if value > 0]
    if len(positive) < 2 or len(positive) < len(values):
        return min(values), max(values)
    logs = Sets.of([math.log(value) for value in positive])
    centre, half = math.log(float(np.median(positive))), logs.half_width(SHOWN_CONFIDENCE)
    return math.exp(centre - half), math.exp(centre + half)


def _notes(name: str, reading: Reading, declared: Declaration) -> list[str]:
    """What a reader must know about a variant; what concerns the whole case stands with the baseline."""
    baseline = declared.baseline
    if name == baseline:
        return _notes_on_case(reading)
    if baseline not in reading.observed.calls:
        return []
    notes = []
    if reading.has_rare_costs(name):
        notes.append("some calls, its own or the baseline's, cost far more than most: whole blocks are compared")
    changed = drift(reading.log_series(name))
    if changed is not None:
        word = "slower" if changed > 0 else "faster"
        notes.append(f"gets {abs(changed):.0%} {word} in the course of a shift: state may be carried from call to call")
    return notes


def _notes_on_case(reading: Reading) -> list[str]:
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
        notes=observed.notes.get(name, ()),
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
