"""The fixed words of a report, so that terminal, page and summary say the same thing in the same way."""

from __future__ import annotations

from patternbench.report import quantity
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import variant_of
from patternbench.session import CaseResult, SessionInfo, VariantResult
from patternbench.verdict import Verdict

SAME = "no measurable difference"
UNDECIDED = "too noisy to tell"
LEGEND = (
    ("▼", "faster than the baseline"),
    ("▲", "slower"),
    ("≈", SAME),
    ("?", UNDECIDED),
    ("☠", "broken"),
    ("∅", "not measured"),
)


def verdict_words(variant: VariantResult) -> str:
    """What one variant is against the baseline: `3.9× faster`, `no measurable difference`, `broken`."""
    match variant.verdict:
        case Verdict.FASTER | Verdict.SLOWER if variant.ratio:
            return quantity.faster_or_slower(variant.ratio.point)
        case Verdict.SAME:
            return SAME
        case Verdict.UNDECIDED:
            return UNDECIDED
        case other:
            return str(other)


def why(variant: VariantResult) -> str:
    """`broken: the worker died of SIGSEGV`; empty where the variant was measured."""
    if variant.verdict not in (Verdict.BROKEN, Verdict.NOT_MEASURED):
        return ""
    reason = visible(variant.reason or "")
    return f"{variant.verdict}: {reason}" if reason else str(variant.verdict)


def out_of_reach(case: CaseResult) -> str:
    """What the run could not have seen: `differences below 2.1 % were out of reach`; empty where unknown."""
    if not case.noise_floor:
        return ""
    return f"differences below {quantity.percent(case.noise_floor)} were out of reach"


def effort(case: CaseResult) -> str:
    """How the case was measured: `12 sets × 40 rounds in 8s`."""
    sets = f"{case.sets} fresh {'set' if case.sets == 1 else 'sets'} of processes × {case.rounds} rounds"
    return f"{sets} in {quantity.elapsed(case.seconds)}"


def precision(case: CaseResult) -> str:
    """Noise floor and self-check of a case in one line; empty where nothing was measured."""
    parts = []
    if case.noise_floor is not None:
        parts.append(f"noise floor {quantity.percent(case.noise_floor)}")
    if case.self_check is not None:
        parts.append(f"same code twice {quantity.times_with_interval(case.self_check)}")
    return " · ".join(parts)


def self_check(session: SessionInfo) -> str:
    """The session's self-check, with a word on whether it passed; empty where there is none."""
    if session.self_check is None:
        return ""
    text = f"self-check (same code twice) {quantity.times(session.self_check.point)} "
    text += quantity.plus_minus(session.self_check)
    return f"{text}, ok" if self_check_passed(session) else f"⚠ {text}: the machine favoured one side, read with care"


def overhead(session: SessionInfo) -> str:
    """What the harness costs a call and what is left of it: `an empty body reads +0.2 ns (async -3 ns) …`."""
    cost = session.overhead
    if cost is None:
        return ""
    return (
        f"an empty body reads {cost.plain_left_ns:+.1f} ns (async {cost.awaited_left_ns:+.1f} ns)"
        f" after {cost.plain_ns:.0f} ns (async {cost.awaited_ns:.0f} ns) for loop and call were taken off"
    )


def self_check_passed(session: SessionInfo) -> bool:
    """Whether the same code measured twice came out alike: its interval holds 1, or lies within 1 % of it."""
    check = session.self_check
    return check is None or not check.excludes_one() or check.inside(0.01)


def memory_kind(case: CaseResult) -> str | None:
    """Which memory figure a case's variants can be compared by; None where fewer than two have any.

    "per object" only where every variant with memory has it: one column never mixes two quantities.
    """
    having = [each.memory for each in case.variants if each.memory and not each.memory.not_measured]
    if not having:
        return None
    return "per object" if all(each.bytes_per_object is not None for each in having) else "peak"


def memory_of(variant: VariantResult, kind: str) -> float | None:
    """The variant's bytes of that kind."""
    if variant.memory is None:
        return None
    return variant.memory.bytes_per_object if kind == "per object" else variant.memory.peak_bytes


def memory_symbol(variant: VariantResult, case: CaseResult, baseline: str, kind: str) -> str:
    """▼ or ▲ where the variant's memory differs from the baseline's by more than 1 %, else nothing."""
    mine = memory_of(variant, kind)
    base = variant_of(case, baseline)
    theirs = memory_of(base, kind) if base else None
    if mine is None or theirs is None or abs(mine - theirs) <= 0.01 * max(abs(mine), abs(theirs)):
        return ""
    return "▼" if mine < theirs else "▲"


def memory_note(case: CaseResult, baseline: str) -> str:
    """One clause on memory: who needs least, and how that compares to the baseline; empty where nothing is known."""
    kind = memory_kind(case)
    if kind is None:
        return ""
    known = [(amount, each.name) for each in case.variants if (amount := memory_of(each, kind)) is not None]
    if len(known) < 2:
        return ""
    least, most = min(known)[0], max(known)[0]
    unit = "per object" if kind == "per object" else "at the peak"
    if most - least <= 0.01 * most:
        return f"no difference in memory: {quantity.size(least)} {unit}"
    names = [name for amount, name in known if amount <= least + 0.01 * abs(least)]
    text = f"least memory: {listed([visible(name) for name in names])}, {quantity.size(least)} {unit}"
    theirs = {name: amount for amount, name in known}.get(baseline)
    if theirs is None or baseline in names:
        return text
    return f"{text} against {quantity.size(theirs)} for {visible(baseline)}"
