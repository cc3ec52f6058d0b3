"""The sentences and tables of a self-check, as text without layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patternbench.report import quantity
from patternbench.report.error_rates import cells
from patternbench.report.plain_text import listed, visible
from patternbench.selfcheck.neighbours import CONDITION_WORDS, CONDITIONS
from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.peers.plan import PeerScope
from patternbench.selfcheck.plan import LONG_S, SHORT_S, Scope
from patternbench.selfcheck.targets import Judged, Judgement, Promise, Quantity, judged
from patternbench.selfcheck.units import KIND_WORDS, KINDS, UNITS
from patternbench.session import Environment
from patternbench.statistics.detector import Figures, Rate

_SHORT_WORDS = {None: "all", "idle": "idle", "one": "1 busy", "two": "2 busy"}
BOUNDS = "Every bound is one-sided with 95 % confidence."


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes:
        kind: names the table within its self-check.
        names: leading cells of a row that name it; figures follow.
        caption: how to read it.
    """

    kind: str
    title: str
    caption: str
    names: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def answer(check: SelfCheck) -> str:
    """What a self-check found, in a few sentences."""
    everything = check.finding(cap_s=SHORT_S)
    if everything is None:
        return "Nothing was decided."
    parts = []
    alarms = everything.false_alarms
    if alarms.of:
        parts.append(
            f"{_counted(alarms.count, 'false alarm')} in {_counted(alarms.of, 'decision')} on identical code, which "
            f"bounds their rate at {quantity.percent(alarms.high)}."
        )
    told: list[str] = []
    for kind in KINDS:
        for condition in CONDITIONS:
            found = check.finding(cap_s=SHORT_S, kind=kind, condition=condition)
            if found is not None and found.detectable is not None:
                told.append(
                    f"{cells.size(found.detectable)} in {KIND_WORDS[kind]} units ({CONDITION_WORDS[condition]})"
                )
                break
    if told:
        parts.append(f"The smallest slow-down found nine times in ten: {listed(told)}.")
    if everything.seconds_median is not None and everything.seconds_p90 is not None:
        parts.append(
            f"A decision takes {everything.seconds_median:.1f} s, nine in ten take at most "
            f"{everything.seconds_p90:.1f} s."
        )
    return " ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"


def facts(check: SelfCheck) -> tuple[tuple[str, str], ...]:
    """When, where and how much: terms and what stands for each."""
    scope = check.scope
    made = len(check.outcomes)
    broken = sum(each.decision is None for each in check.outcomes)
    return (
        ("Measured", f"{check.started} to {check.finished}, patternbench {check.version}"),
        ("Decisions", f"{made} of {check.planned} planned{f', {broken} of them undecidable' if broken else ''}"),
        ("Budget", f"{scope.name}, seed {check.seed}"),
        *covered(scope, check.environment),
    )


def covered(scope: Scope | PeerScope, where: Environment) -> tuple[tuple[str, str], ...]:
    """What was planted in what, and where: facts of every study."""
    machine = where.machine
    return (
        ("Units", ", ".join(scope.units)),
        ("Planted", ", ".join(f"{percent} %" for percent in scope.percents)),
        ("Conditions", ", ".join(CONDITION_WORDS[condition] for condition in scope.conditions)),
        ("Python", visible(f"{where.implementation} {where.python}, {where.build}")),
        ("Machine", visible(f"{machine.cpu}, {machine.cores} cores, {quantity.size(machine.memory_bytes)}")),
        ("System", visible(f"{machine.system} {machine.kernel}, {machine.libc}, {machine.virtual}")),
    )


def tables(check: SelfCheck) -> tuple[Table, ...]:
    """All tables that hold anything, the most telling first."""
    found = (
        _promises(check),
        _power(check),
        _longer(check),
        _errors(check),
        _units(check),
        _planting(check),
    )
    return tuple(each for each in found if each.rows)


def _promises(check: SelfCheck) -> Table:
    every = judged(check)
    measured = [each for each in every if each.judgement is not Judgement.NOT_MEASURED]
    absent = len(every) - len(measured)
    return Table(
        kind="promises",
        title="What is promised, and what was found",
        caption="Found: the smallest slow-down found nine times in ten. Bias and planted sizes are in percentage "
        "points; of the planted sizes, the one furthest off is shown. Busy: neighbours that take what they can of the "
        f"processor. {BOUNDS} A question mark: the figure says so, its bound would still allow the contrary."
        + (f" {absent} more promises were not measured here." if absent else ""),
        names=3,
        columns=("promise", "units", "condition", "to reach", "found", "bounds", "of", "judgement"),
        rows=tuple(_promise(each) for each in measured),
    )


def _promise(each: Judged) -> tuple[str, ...]:
    promise = each.promise
    figure, bounds = _figure(each)
    return (
        _promise_words(promise),
        KIND_WORDS[promise.kind] if promise.kind else "all",
        _SHORT_WORDS[promise.condition],
        _to_reach(promise),
        figure,
        bounds,
        f"{each.of}" if each.of else "",
        str(each.judgement),
    )


def _promise_words(promise: Promise) -> str:
    return {
        Quantity.FALSE_ALARMS: "false alarms",
        Quantity.DETECTABLE: f"found in {promise.cap_s:g} s",
        Quantity.COVERAGE: "coverage",
        Quantity.BIAS: "bias",
        Quantity.PLANTED: "planted sizes",
    }[promise.quantity]


def _to_reach(promise: Promise) -> str:
    if promise.quantity in {Quantity.BIAS, Quantity.PLANTED}:
        return f"± {promise.most:g}"
    if promise.least is not None:
        return f"{promise.least * 100:g} to {promise.most * 100:g} %"
    return f"≤ {promise.most * 100:g} %"


def _figure(each: Judged) -> tuple[str, str]:
    """The figure and its bounds as text."""
    match each.promise.quantity:
        case Quantity.DETECTABLE:
            return _percent_or(each.value, "not reached"), cells.ends(each.low, each.high)
        case Quantity.BIAS | Quantity.PLANTED:
            assert each.value is not None
            bounds = "" if each.low is None or each.high is None else f"[{each.low:+.2f}, {each.high:+.2f}]"
            return f"{each.value:+.2f}", bounds if each.promise.quantity is Quantity.BIAS else ""
        case _:
            assert each.value is not None
            return quantity.percent(each.value), cells.ends(each.low, each.high)


def _percent_or(share: float | None, otherwise: str) -> str:
    return otherwise if share is None else quantity.percent(share)


def _parts(check: SelfCheck, cap_s: float) -> Iterator[tuple[str, str, Figures]]:
    """Kind, condition and figures of every part of the trials."""
    for kind in (None, *KINDS):
        for condition in (None, *CONDITIONS):
            found = check.finding(cap_s=cap_s, kind=kind, condition=condition)
            # One condition alone is the same as all of them.
            if found is not None and (condition is not None or len(check.scope.conditions) > 1):
                yield KIND_WORDS[kind] if kind else "all", _SHORT_WORDS[condition], found


def _power(check: SelfCheck) -> Table:
    percents = _percents(check, SHORT_S)
    return Table(
        kind="power",
        title=f"Found, by planted size, within {SHORT_S:g} s",
        caption="How many decisions called the planted variant slower, of how many. Under 0 % the two variants are the "
        "same code, and whatever was called slower or faster is a false alarm. 9 in 10: the smallest size found nine "
        "times in ten, with its bounds; an open end lies beyond every size that was planted.",
        names=2,
        columns=("units", "condition", *(f"{percent} %" for percent in percents), "9 in 10", "bounds"),
        rows=tuple((kind, where, *_found(found, percents)) for kind, where, found in _parts(check, SHORT_S)),
    )


def _longer(check: SelfCheck) -> Table:
    percents = _percents(check, LONG_S)
    return Table(
        kind="longer",
        title=f"Found, by planted size, within {LONG_S:g} s",
        caption="Only the sizes that a longer decision is promised to find were planted, one for each kind of unit.",
        names=2,
        columns=("units", "condition", *(f"{percent} %" for percent in percents), "seconds"),
        rows=tuple(
            (kind, where, *_found(found, percents)[:-2], _both_seconds(found))
            for kind, where, found in _parts(check, LONG_S)
            if kind != "all"
        ),
    )


def _units(check: SelfCheck) -> Table:
    percents = _percents(check, SHORT_S)
    rows = []
    for unit in check.scope.units:
        found = check.finding(cap_s=SHORT_S, kind=UNITS[unit].kind, unit=unit)
        if found is not None:
            rows.append(
                (unit, KIND_WORDS[UNITS[unit].kind], *_found(found, percents), cells.seconds(found.seconds_median))
            )
    return Table(
        kind="units",
        title="Found, by unit",
        caption=f"Over all conditions, within {SHORT_S:g} s for a decision.",
        names=2,
        columns=("unit", "kind", *(f"{percent} %" for percent in percents), "9 in 10", "bounds", "median"),
        rows=tuple(rows),
    )


def _percents(check: SelfCheck, cap_s: float) -> tuple[int, ...]:
    return tuple(sorted({each.trial.percent for each in check.outcomes if each.trial.cap_s == cap_s}))


def _found(found: Figures, percents: Iterable[int]) -> tuple[str, ...]:
    by_size = {round(each.planted * 100): each.found for each in found.power}
    rates = [found.false_alarms if percent == 0 else by_size.get(percent) for percent in percents]
    seen = found.detectable
    counts = (cells.counts(each) for each in rates)
    return (*counts, "–", "") if seen is None else (*counts, cells.size(seen), cells.ends(seen.low, seen.high))


def _errors(check: SelfCheck) -> Table:
    return Table(
        kind="errors",
        title="Errors, and what a decision takes",
        caption="False alarms: identical code called slower and called faster, with the upper bound of their rate. "
        "Coverage: 95 % intervals that hold the true ratio. Bias: mean error of the ratio, in percentage points. "
        "False same: called the same though the planted size lies outside the band of equivalence. "
        "Seconds: median, and what nine in ten stay below.",
        names=2,
        columns=(
            "units",
            "condition",
            "slower",
            "faster",
            "of",
            "bound",
            "coverage",
            "bias",
            "can't tell",
            "false same",
            "seconds",
        ),
        rows=tuple(
            (
                kind,
                where,
                f"{found.alarms_up.count}",
                f"{found.alarms_down.count}",
                f"{found.false_alarms.of}",
                quantity.percent(found.false_alarms.high) if found.false_alarms.of else "–",
                _coverage(found.coverage),
                cells.bias(found.bias),
                _share(found.undecided),
                cells.counts(found.false_same),
                _both_seconds(found),
            )
            for kind, where, found in _parts(check, SHORT_S)
        ),
    )


def _coverage(rate: Rate) -> str:
    if rate.share is None:
        return "–"
    return f"{rate.share * 100:.0f} % [{rate.low * 100:.0f}, {rate.high * 100:.0f}]"


def _share(rate: Rate) -> str:
    return "–" if rate.share is None else quantity.percent(rate.share)


def _both_seconds(found: Figures) -> str:
    return f"{cells.seconds(found.seconds_median)}, {cells.seconds(found.seconds_p90)}"


def _planting(check: SelfCheck) -> Table:
    counted = check.verification.counted
    percents = tuple(sorted({each.percent for each in counted}))
    rows = []
    for unit in dict.fromkeys(each.unit for each in counted):
        mine = {each.percent: each for each in counted if each.unit == unit}
        first = next(iter(mine.values()))
        rows.append(
            (
                unit,
                f"{first.base / 1e6:.2f} M",
                f"{100 * first.fixed / first.base:+.2f} %",
                *(f"{mine[percent].share_percent:.3f} %" if percent in mine else "–" for percent in percents),
            )
        )
    return Table(
        kind="planting",
        title="What was planted, by instruction counts",
        caption="Instructions of one call of the base, the part of them that a call costs beside its repetitions, and "
        "by how much the planted variant's exceed the base's. Counts are blind to waiting, so I/O units are left out.",
        names=1,
        columns=("unit", "a call", "fixed", *(f"{percent} %" for percent in percents)),
        rows=tuple(rows),
    )
