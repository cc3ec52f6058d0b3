"""The answer to a question in one plain sentence: ties as ties, flips where they are, doubts as doubts.

Pure functions over the records. The words are the fixed ones of `wording`; a sentence starts with a variant's name
as it is written in code and has no full stop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patternbench.report import quantity
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import (
    case_title,
    leaders,
    measured,
    numeric_axes,
    place,
    ranked,
    shown,
    variant_of,
)
from patternbench.report.shape import change, shape_of, sides
from patternbench.report.wording import SAME, UNDECIDED, out_of_reach
from patternbench.session import CaseResult, ComparisonResult, VariantResult
from patternbench.verdict import Status, Verdict

_MOST_STRETCHES = 3
"""More changes of the winner than this along one axis are told as a count; the table shows them."""

_LONGEST_REASON = 120
"""Characters of a reason that a sentence quotes; tables and pages show all of it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring cases that share a winner.

    Attributes:
        winners: names that share the first place in every case of the stretch.
        cases: in the order of the axis, at least one.
    """

    winners: tuple[str, ...]
    cases: tuple[CaseResult, ...]


def answer(comparison: ComparisonResult) -> str:
    """The whole answer as it may travel alone: what was found, and what the mocked parts leave out."""
    caveat = visible(comparison.caveat)
    return f"{finding(comparison)} — caveat: {caveat}" if caveat else finding(comparison)


def finding(comparison: ComparisonResult) -> str:
    """What was found, without the caveat; pages show that apart."""
    return "; ".join(part for part in clauses(comparison) if part)


def clauses(comparison: ComparisonResult) -> tuple[str, str]:
    """The finding in two parts: what the measured variants are, and what is broken or missing (often empty)."""
    cases = measured(comparison)
    if not cases:
        return _nothing(comparison), ""
    if len(cases) == 1:
        case = cases[0]
        title = case_title(case.params)
        base = variant_of(case, comparison.baseline)
        compared = base is not None and base.time is not None
        told = "; ".join(_standings(case, comparison.baseline)) if compared else case_answer(case, comparison.baseline)
        told = f"at {title} {told}" if title and len(comparison.cases) > 1 else told
        doubts = _troubles(cases) if compared else []
    else:
        told, doubts = _over_cases(comparison, cases), _troubles(cases)
    missing = [case for case in comparison.cases if case not in cases]
    if missing:
        doubts.append(f"{len(missing)} of {len(comparison.cases)} cases not measured{_because(missing[0].reason)}")
    return told, "; ".join(doubts)


def case_answer(case: CaseResult, baseline: str) -> str:
    """What one case says."""
    if case.status is not Status.OK or not any(each.time for each in case.variants):
        reason = case.reason or next((each.reason for each in case.variants if each.reason), None)
        return f"{'broken' if case.status is Status.BROKEN else 'not measured'}{_because(reason)}"
    base = variant_of(case, baseline)
    if base is None or base.time is None:
        broken = base is not None and base.verdict is Verdict.BROKEN
        state = "broken" if broken else "not measured"
        reason = base.reason if base else None
        return f"the baseline {visible(baseline)} is {state}{_because(reason)}, so nothing could be compared"
    return "; ".join([*_standings(case, baseline), *_troubles([case])])


def stretches(cases: Sequence[CaseResult]) -> list[Stretch]:
    """Cut ordered cases where no variant is among the winners on both sides; ties never make a cut."""
    found: list[Stretch] = []
    for case in cases:
        names = [each.name for each in leaders(case)] if ranked(case) else []
        if not names:
            continue
        common = [name for name in found[-1].winners if name in names] if found else []
        if common:
            found[-1] = Stretch(tuple(common), (*found[-1].cases, case))
        else:
            found.append(Stretch(tuple(names), (case,)))
    return found


def _standings(case: CaseResult, baseline: str) -> list[str]:
    order = ranked(case)
    others = [each for each in order if each.name != baseline]
    if not others:
        return [f"only the baseline {visible(baseline)} was measured"]
    first = leaders(case)
    told = {each.name for each in first} | {baseline}
    clauses = [_lead(case, first, baseline)]
    for verdict in (Verdict.SAME, Verdict.UNDECIDED):
        alike = [each for each in others if each.verdict is verdict and each.name not in told]
        if alike:
            clauses.append(_tied(case, alike, baseline, verdict))
            told |= {each.name for each in alike}
    clauses += _rest(order, told, first, baseline)
    return clauses


def _lead(  # noqa: PLR0911 - one return per sentence
    case: CaseResult, first: list[VariantResult], baseline: str
) -> str:
    names = listed([visible(each.name) for each in first])
    inside = [each for each in first if each.name != baseline]
    if len(inside) == len(first):
        doubtful = next((each.verdict for each in first if each.verdict is not Verdict.FASTER), None)
        if doubtful is not None:
            return _tied(case, first, baseline, doubtful)
        ratios = [each.ratio.point for each in first if each.ratio]
        by = f", {_against(ratios)} than {visible(baseline)}" if ratios else ""
        if len(first) == 1:
            return f"{names} is fastest{by}"
        return f"{names} are fastest ({SAME} between them){by}"
    if not inside:
        return f"{visible(baseline)} is fastest"
    noisy = [each for each in inside if each.verdict is Verdict.UNDECIDED]
    if noisy:
        return _tied(case, inside, baseline, Verdict.UNDECIDED)
    if len(first) == len(ranked(case)):
        return f"{names}: {SAME}"
    return f"{names} are fastest: {SAME}"


def _tied(case: CaseResult, alike: list[VariantResult], baseline: str, verdict: Verdict) -> str:
    names = [visible(each.name) for each in alike]
    if verdict is Verdict.SAME:
        return f"{listed([*names, visible(baseline)])}: {SAME}"
    reach = out_of_reach(case)
    return f"{UNDECIDED} {listed(names)} from {visible(baseline)}" + (f" ({reach})" if reach else "")


def _rest(order: list[VariantResult], told: set[str], first: list[VariantResult], baseline: str) -> list[str]:
    """The runner-up where the baseline itself wins, and the slowest where it loses to the baseline."""
    clauses = []
    left = [each for each in order if each.name not in told and each.ratio]
    if left and [each.name for each in first] == [baseline]:
        group = [each for each in left if place(each) == place(left[0])]
        ratios = [each.ratio.point for each in group if each.ratio]
        clauses.append(f"next {_are(group)} {listed([visible(each.name) for each in group])}, {_against(ratios)}")
        left = [each for each in left if each not in group]
    slowest = [each for each in left if place(each) == place(order[-1]) and each.verdict is Verdict.SLOWER]
    if slowest:
        ratios = [each.ratio.point for each in slowest if each.ratio]
        clauses.append(
            f"{listed([visible(each.name) for each in slowest])} {_are(slowest)} slowest, {_against(ratios)}"
        )
    return clauses


def _over_cases(comparison: ComparisonResult, cases: list[CaseResult]) -> str:
    everywhere = stretches(cases)
    if len(everywhere) == 1:
        throughout = _throughout(everywhere[0], comparison, f"in all {len(cases)} cases")
        return "; ".join([throughout, *_extremes(everywhere[0], comparison.baseline)])
    for axis in numeric_axes(comparison, cases):
        told = _along(comparison, cases, axis)
        if told:
            return told
    if len(cases) <= _MOST_STRETCHES:
        return "; ".join(f"at {case_title(each.params)} {_winner(each, comparison.baseline)}" for each in cases)
    return _counted(cases)


def _along(comparison: ComparisonResult, cases: list[CaseResult], axis: str) -> str | None:
    """Where the winner changes along one axis, if the same is true whatever the other axes are; else None."""
    groups: dict[str, list[CaseResult]] = {}
    for case in cases:
        rest = {name: value for name, value in case.params.items() if name != axis}
        groups.setdefault(case_title(rest), []).append(case)
    told = {title: stretches(sorted(group, key=lambda case: _number(case, axis))) for title, group in groups.items()}
    if any(len(found) > _MOST_STRETCHES for found in told.values()) or len(told) > _MOST_STRETCHES:
        return None
    measured_values = {title: _flips(found, axis, comparison, {}) for title, found in told.items()}
    if len(told) > 1 and len(set(measured_values.values())) == 1:
        return next(iter(measured_values.values()))
    sentences = {
        title: _flips(found, axis, comparison, _places(found, axis, comparison)) for title, found in told.items()
    }
    if len(sentences) == 1:
        return next(iter(sentences.values()))
    return "; ".join(f"with {title}, {sentence}" for title, sentence in sentences.items()) if len(told) == 2 else None


def _places(found: list[Stretch], axis: str, comparison: ComparisonResult) -> dict[int, tuple[str, str]]:
    """Where one stretch gives way to the next, in words for both sides, by the first one's index; known ones only."""
    places = {}
    for index, (before, after) in enumerate(pairwise(found)):
        last, first = before.cases[-1].params, after.cases[0].params
        shape = shape_of(comparison, axis, last)
        crossover = change(shape, before.winners, after.winners, last[axis], first[axis])
        if shape is not None and crossover is not None:
            places[index] = sides(crossover, shape, repeat=len(found) > 2)
    return places


def _flips(found: list[Stretch], axis: str, comparison: ComparisonResult, places: Mapping[int, tuple[str, str]]) -> str:
    """Who is fastest where, by the places of the changes where they are known, else by the measured values."""
    if len(found) == 1:
        return _throughout(found[0], comparison, f"for every {visible(axis)}")
    parts = []
    for index, stretch in enumerate(found):
        low, high = (shown(stretch.cases[at].params[axis]) for at in (0, -1))
        if index == 0:
            where = f"up to {visible(axis)}={high}" if len(stretch.cases) > 1 else f"at {visible(axis)}={high}"
            where = places[0][0] if 0 in places else where
        elif index == len(found) - 1:
            where = f"from {visible(axis)}={low} on" if len(stretch.cases) > 1 else f"at {visible(axis)}={low}"
            where = places[index - 1][1] if index - 1 in places else where
        else:
            where = f"at {visible(axis)}={low}" if low == high else f"for {visible(axis)}={low} to {high}"
        parts.append(_throughout(stretch, comparison, where))
    return "; ".join(parts)


def _extremes(stretch: Stretch, baseline: str) -> list[str]:
    """The quickest of a noisy first place that is faster than the baseline in every case, and the slowest of all."""
    clauses = []
    names = [each.name for each in ranked(stretch.cases[0]) if each.name != baseline]
    told_apart = baseline not in stretch.winners
    for verdict, word, pick in ((Verdict.FASTER, "fastest", min), (Verdict.SLOWER, "slowest", max)):
        if verdict is Verdict.FASTER and told_apart:
            continue
        decided = {
            name: ratios
            for name in names
            if _verdicts(stretch.cases, name) == {verdict} and (ratios := _ratios(stretch.cases, name))
        }
        if decided:
            name = pick(decided, key=lambda each: pick(decided[each]))
            clauses.append(f"{visible(name)} is {word}, {_against(decided[name])}")
    return clauses


def _verdicts(cases: Sequence[CaseResult], name: str) -> set[Verdict]:
    return {each.verdict for case in cases if (each := variant_of(case, name)) is not None}


def _ratios(cases: Sequence[CaseResult], name: str) -> list[float]:
    found = [variant_of(case, name) for case in cases]
    return [each.ratio.point for each in found if each is not None and each.ratio is not None]


def _throughout(stretch: Stretch, comparison: ComparisonResult, where: str) -> str:
    baseline = comparison.baseline
    names = listed([visible(name) for name in stretch.winners])
    if baseline in stretch.winners:
        rest = [name for name in stretch.winners if name != baseline]
        if not rest:
            return f"{names} is fastest {where}"
        noisy = [name for name in rest if Verdict.UNDECIDED in _verdicts(stretch.cases, name)]
        if noisy:
            return f"{UNDECIDED} {listed([visible(name) for name in noisy])} from {visible(baseline)} {where}"
        everyone = {each.name for case in stretch.cases for each in ranked(case)}
        if everyone == set(stretch.winners):
            return f"{names}: {SAME} {where}"
        return f"{names} are fastest {where}: {SAME}"
    tie = f" ({SAME} between them)" if len(stretch.winners) > 1 else ""
    text = f"{names} {'are' if len(stretch.winners) > 1 else 'is'} fastest {where}{tie}"
    found = [variant_of(case, name) for case in stretch.cases for name in stretch.winners]
    ratios = [each.ratio.point for each in found if each and each.ratio and each.verdict is Verdict.FASTER]
    if not ratios:
        return text
    by = _against(ratios) if len(ratios) == len(found) else f"up to {quantity.faster_or_slower(min(ratios))}"
    return f"{text}, {by} than {visible(baseline)}"


def _winner(case: CaseResult, baseline: str) -> str:
    return _lead(case, leaders(case), baseline) if ranked(case) else "nothing could be ranked"


def _counted(cases: list[CaseResult]) -> str:
    """No single winner: in how many cases each variant shares the first place."""
    wins: dict[str, int] = {}
    for case in cases:
        for each in leaders(case) if ranked(case) else []:
            wins[each.name] = wins.get(each.name, 0) + 1
    order = sorted(wins.items(), key=lambda item: -item[1])[:_MOST_STRETCHES]
    parts = [
        f"{visible(name)} {'is fastest or level ' if at == 0 else ''}in {won}" for at, (name, won) in enumerate(order)
    ]
    return f"no single winner over {len(cases)} cases: {', '.join(parts)}; the table shows where"


def _troubles(cases: Sequence[CaseResult]) -> list[str]:
    """One clause per variant that is broken or was not measured somewhere."""
    found: dict[tuple[str, Verdict], list[str | None]] = {}
    for case in cases:
        for each in case.variants:
            if each.verdict in (Verdict.BROKEN, Verdict.NOT_MEASURED):
                found.setdefault((each.name, each.verdict), []).append(each.reason)
    clauses = []
    for (name, verdict), reasons in found.items():
        state = "is broken" if verdict is Verdict.BROKEN else "was not measured"
        where = f" in {len(reasons)} of {len(cases)} cases" if len(reasons) < len(cases) else ""
        clauses.append(f"{visible(name)} {state}{where}{_because(reasons[0])}")
    return clauses


def _nothing(comparison: ComparisonResult) -> str:
    if not comparison.cases:
        return "not measured yet"
    texts = list(dict.fromkeys(case_answer(case, comparison.baseline) for case in comparison.cases))
    return texts[0] if len(texts) == 1 else f"{texts[0]} (and {len(texts) - 1} other reasons)"


def _because(reason: str | None) -> str:
    text = visible(reason or "").rstrip(".")
    text = text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON].rstrip()}…"
    return f" ({text})" if text else ""


def _against(ratios: list[float]) -> str:
    """`3.9× faster`, `2.1–3.9× faster`; ratios on both sides of one are told by their ends."""
    if all(each < 1 for each in ratios) or all(each >= 1 for each in ratios):
        return f"{quantity.factor_range(ratios)} {'faster' if ratios[0] < 1 else 'slower'}"
    return f"{quantity.faster_or_slower(min(ratios))} to {quantity.faster_or_slower(max(ratios))}"


def _are(group: Sequence[object]) -> str:
    return "are" if len(group) > 1 else "is"


def _number(case: CaseResult, axis: str) -> float:
    value = case.params[axis]
    return float(value) if isinstance(value, int | float) else 0.0
