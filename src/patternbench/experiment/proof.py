"""What must be true of a variant before any clock starts: that it does the work which it claims to do.

Run in a process of its own, in a fresh instance, so that neither a crash nor a warm cache reaches the timings.
"""

from __future__ import annotations

import contextlib
import dis
import gc
import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from patternbench.comparison import Case, Comparison, Declaration, NotMeasured
from patternbench.experiment.subject import Subject

# Instructions that a body made of nothing but a constant compiles to, over the supported Pythons.
_IDLE = frozenset(
    {
        "CACHE",
        "CALL_INTRINSIC_1",
        "LOAD_CONST",
        "LOAD_SMALL_INT",
        "NOP",
        "NOT_TAKEN",
        "POP_TOP",
        "RERAISE",
        "RESUME",
        "RETURN_CONST",
        "RETURN_GENERATOR",
        "RETURN_VALUE",
    }
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What one call in a fresh instance showed.

    Attributes:
        status: "ok", "broken" or "not measured".
        reason: one sentence where the status is not "ok".
        counters: what `Comparison.counters` said after the call.
    """

    status: str
    reason: str | None = None
    counters: Mapping[str, int | float | str] = field(default_factory=dict)


def proved(
    cls: type[Comparison], declared: Declaration, case: Case, variant: str, addresses: Mapping[str, str]
) -> Proof:
    """Call the variant once, and the baseline once beside it, and hold the two against each other.

    Never raises for what the variant does; `KeyboardInterrupt` and `SystemExit` from its body are its faults too.
    """
    if _does_nothing(inspect.unwrap(getattr(cls, variant)).__code__):
        return Proof("broken", "does nothing: its body is a constant")
    stage = "setup"
    counters: dict[str, int | float | str] = {}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with Subject(cls, declared, case, variant, addresses) as subject:
                stage = "the call"
                actual = subject.call()
                gc.collect()
                fault = _unawaited(actual, caught)
                if fault is None:
                    stage = "counters"
                    counters = dict(subject.instance.counters())
                    fault = _unkept(declared.variant(variant).holds, counters, subject.instance)
                if fault is None and variant != declared.baseline:
                    fault = _disagreement(cls, declared, case, subject, actual, addresses)
                if fault is not None:
                    return Proof("broken", fault, counters)
                stage = "teardown"
    except NotMeasured as reason:
        return Proof("not measured", str(reason), counters)
    except BaseException as error:  # noqa: BLE001 - a variant may raise anything at all, and that is its result
        return Proof("broken", f"{stage} raised {_named(error)}", counters)
    return Proof("ok", None, counters)


def _disagreement(
    cls: type[Comparison],
    declared: Declaration,
    case: Case,
    subject: Subject,
    actual: Any,
    addresses: Mapping[str, str],
) -> str | None:
    """Why the result is not as good as the baseline's; None where it is, or where the baseline itself is at fault."""
    disagreement = None
    # What the baseline raises is found by its own proof.
    with contextlib.suppress(BaseException), Subject(cls, declared, case, declared.baseline, addresses) as reference:
        expected = reference.call()
        if not inspect.isawaitable(expected):
            disagreement = _difference(subject.instance, declared.baseline, expected, actual)
    return disagreement


def _difference(instance: Comparison, baseline: str, expected: Any, actual: Any) -> str | None:
    try:
        if instance.agree(expected, actual):
            return None
    except NotMeasured:
        return None
    except AssertionError as error:
        text = _first_line(error)
        return f"does not agree with the baseline {baseline}{': ' if text else ''}{text}"
    except BaseException as error:  # noqa: BLE001 - a suite's own method may raise anything at all
        return f"agree raised {_named(error)}"
    return f"returns {_short(actual)} where the baseline {baseline} returns {_short(expected)}"


def _unawaited(actual: Any, caught: list[warnings.WarningMessage]) -> str | None:
    if inspect.iscoroutine(actual):
        name = actual.__qualname__
        actual.close()
        return f"returns the coroutine {name!r} un-awaited"
    if inspect.isawaitable(actual):
        return f"returns {type(actual).__name__} un-awaited"
    for each in caught:
        text = str(each.message)
        if issubclass(each.category, RuntimeWarning) and "was never awaited" in text:
            return f"leaves a coroutine un-awaited ({text})"
    return None


def _unkept(holds: Mapping[str, Any], counters: Mapping[str, int | float | str], instance: Comparison) -> str | None:
    for name, promise in holds.items():
        expected = promise(instance) if callable(promise) else promise
        if name not in counters:
            return f"promises the counter {name!r}, which counters() does not give"
        if counters[name] != expected:
            return f"promises {name} = {expected}, but one call made it {counters[name]}"
    return None


def _does_nothing(code: CodeType) -> bool:
    """Whether a body is empty or was folded into a constant, so that a call would time nothing but itself."""
    return all(instruction.opname in _IDLE for instruction in dis.get_instructions(code))


def _named(error: BaseException) -> str:
    text = _first_line(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _short(value: object, limit: int = 80) -> str:
    try:
        text = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001 - a repr may raise anything
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"
