"""What the harness promises of itself, held against what a self-check found."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from enum import StrEnum

from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.plan import LONG_S, SHORT_S
from patternbench.selfcheck.units import ASYNCIO, CPU, IO
from patternbench.statistics.detector import Figures

FALSE_ALARMS = 0.01
"""Share of decisions on identical code that may be a difference: the engine's own promise."""


class Quantity(StrEnum):
    """What a promise is about."""

    FALSE_ALARMS = "false alarms"
    DETECTABLE = "found nine times in ten"
    COVERAGE = "coverage"
    BIAS = "bias"
    PLANTED = "planted size"


class Judgement(StrEnum):
    """Whether a promise is kept."""

    MET = "met"
    """By the figure and by its bound."""
    MET_SO_FAR = "met?"
    """By the figure; its bound still allows a miss."""
    MISSED_SO_FAR = "missed?"
    """By the figure; its bound still allows that the promise is kept."""
    MISSED = "missed"
    """By the figure and by its bound."""
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise and the part of a self-check that it is about.

    Attributes:
        least, most: what the figure must stay within: a share, or percentage points for a bias.
        kind, condition, cap_s: as in `Finding`.
    """

    quantity: Quantity
    most: float
    least: float | None = None
    kind: str | None = None
    condition: str | None = None
    cap_s: float = SHORT_S


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise with its figure.

    Attributes:
        value, low, high: the figure and its bounds, in the unit of the promise; None where there is none: for a size
            found nine times in ten that is "none of those planted".
        of: decisions behind the figure.
    """

    promise: Promise
    judgement: Judgement
    value: float | None = None
    low: float | None = None
    high: float | None = None
    of: int = 0


def _seen(kind: str, condition: str, most: float, cap_s: float = SHORT_S) -> Promise:
    return Promise(Quantity.DETECTABLE, most, kind=kind, condition=condition, cap_s=cap_s)


PROMISES = (
    Promise(Quantity.FALSE_ALARMS, FALSE_ALARMS),
    *(Promise(Quantity.FALSE_ALARMS, FALSE_ALARMS, condition=condition) for condition in ("idle", "one", "two")),
    *(_seen(CPU, condition, 0.02) for condition in ("idle", "one")),
    _seen(CPU, "two", 0.03),
    *(_seen(CPU, condition, 0.01, LONG_S) for condition in ("idle", "one")),
    *(_seen(kind, condition, 0.05) for kind in (ASYNCIO, IO) for condition in ("idle", "one")),
    *(_seen(kind, condition, 0.03, LONG_S) for kind in (ASYNCIO, IO) for condition in ("idle", "one")),
    Promise(Quantity.COVERAGE, most=0.98, least=0.92),
    Promise(Quantity.BIAS, most=0.15, least=-0.15),
    Promise(Quantity.PLANTED, most=0.15, least=-0.15),
)
"""In the order in which they are shown."""


def judged(check: SelfCheck) -> tuple[Judged, ...]:
    """Every promise with its figure."""
    return tuple(_judged(promise, check) for promise in PROMISES)


def contradicted(check: SelfCheck) -> bool:
    """Whether the false alarms are more than the promise allows, beyond doubt: even their lower bound is above it."""
    found = check.finding(cap_s=SHORT_S)
    return found is not None and found.false_alarms.low > FALSE_ALARMS


def _judged(promise: Promise, check: SelfCheck) -> Judged:
    if promise.quantity is Quantity.PLANTED:
        return _of_planting(promise, check)
    found = check.finding(cap_s=promise.cap_s, kind=promise.kind, condition=promise.condition)
    if found is None:
        return Judged(promise, Judgement.NOT_MEASURED)
    if promise.quantity is Quantity.DETECTABLE:
        return _of_detectable(promise, found)
    if promise.quantity is Quantity.BIAS:
        bias = found.bias
        return Judged(promise, Judgement.NOT_MEASURED) if bias is None else _within(promise, *astuple(bias))
    rate = found.false_alarms if promise.quantity is Quantity.FALSE_ALARMS else found.coverage
    if rate.share is None:
        return Judged(promise, Judgement.NOT_MEASURED)
    return _within(promise, rate.share, rate.low, rate.high, rate.of)


def _of_detectable(promise: Promise, found: Figures) -> Judged:
    """Met if the size is at most the promised one; a size beyond all that were planted is a miss."""
    seen = found.detectable
    if seen is None or seen.smallest > promise.most:
        return Judged(promise, Judgement.NOT_MEASURED)
    of = sum(each.found.of for each in found.power)
    # What lies beyond every planted size is larger than any promise.
    value, low, high = (math.inf if each is None else each for each in (seen.share, seen.low, seen.high))
    return Judged(promise, _judgement(promise, value, low, high), seen.share, seen.low, seen.high, of)


def _of_planting(promise: Promise, check: SelfCheck) -> Judged:
    """The planted size that is furthest from the truth, among all whose instructions were counted."""
    counted = check.verification.counted
    if not counted:
        return Judged(promise, Judgement.NOT_MEASURED)
    worst = max((each.error_points for each in counted), key=abs)
    holds = all(each.holds for each in counted)
    return Judged(promise, Judgement.MET if holds else Judgement.MISSED, worst, worst, worst, len(counted))


def _within(promise: Promise, value: float, low: float | None, high: float | None, of: int) -> Judged:
    bounds = (-math.inf if low is None else low, math.inf if high is None else high)
    return Judged(promise, _judgement(promise, value, *bounds), value, low, high, of)


def _judgement(promise: Promise, value: float, low: float, high: float) -> Judgement:
    least = -math.inf if promise.least is None else promise.least
    if least <= value <= promise.most:
        return Judgement.MET if least <= low and high <= promise.most else Judgement.MET_SO_FAR
    return Judgement.MISSED if low > promise.most or high < least else Judgement.MISSED_SO_FAR
