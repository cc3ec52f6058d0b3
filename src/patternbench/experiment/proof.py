"""What must be true of a variant before any clock starts: that it does the work which it claims to do.

Run in a process of its own, in a fresh instance, so that neither a crash nor a warm cache reaches the timings. A few
calls are made and watched; the checks that look at them are listed here, and stand in `patternbench.experiment.checks`.
"""

from __future__ import annotations

import contextlib
import gc
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from patternbench.comparison import Case, Comparison, Declaration, NotMeasured
from patternbench.experiment.checks import (
    agreement,
    body,
    caches,
    collector,
    inputs,
    laziness,
    output,
    promises,
    remains,
    surroundings,
    swallowed,
    waiting,
)
from patternbench.experiment.checks.evidence import Check, Evidence, body_of, named
from patternbench.experiment.checks.trial import Trial
from patternbench.experiment.subject import Subject

_WATCHES_OF_BOTH = (
    swallowed.Caught,
    output.Output,
    collector.CollectorCalls,
    waiting.Sleeps,
    remains.Processes,
)
_WATCHES = (
    surroundings.Surroundings,  # outside what stands in for functions, so that it sees none of it
    collector.Finalisers,
    caches.CacheHits,
    caches.Kept,
    inputs.Inputs,
    remains.Remains,
    *_WATCHES_OF_BOTH,
)

_FAULTS_OF_ONE_CALL: tuple[Check, ...] = (
    promises.no_number_of_units,
    promises.unkept,
)
_FAULTS: tuple[Check, ...] = (
    laziness.unconsumed,
    remains.piles_up,
    agreement.disagreement,
)
"""No honest measurement has one; the first that is found is the reason for which a variant is refused."""

_NOTES: tuple[Check, ...] = (
    body.hands_out,
    body.without_asserts,
    laziness.all_unconsumed,
    agreement.accepts_anything,
    agreement.failures,
    agreement.used_up,
    promises.units_unlike_result,
    swallowed.swallows,
    caches.always_hits,
    caches.keeps_its_result,
    inputs.changes_its_input,
    inputs.grows,
    waiting.sleeps,
    waiting.blocks_its_loop,
    waiting.spins,
    collector.collects,
    collector.leaves_finalisers,
    remains.returns_early,
    remains.leaves_unclosed,
    remains.starts_processes,
    output.prints,
    surroundings.changes_settings,
    surroundings.replaces_functions,
)
"""A measurement may have each of these and be honest, but who reads its figures must know."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a few calls in a fresh instance showed.

    Attributes:
        status: "ok", "broken" or "not measured".
        reason: one sentence where the status is not "ok".
        counters: what `Comparison.counters` said after the first call.
        notes: what a reader of the figures must know, one sentence each; only where the status is "ok".
    """

    status: str
    reason: str | None = None
    counters: Mapping[str, int | float | str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def proved(
    cls: type[Comparison], declared: Declaration, case: Case, variant: str, addresses: Mapping[str, str]
) -> Proof:
    """Call the variant a few times, and the baseline beside it, and hold the two against each other.

    Never raises for what the variant does; `KeyboardInterrupt` and `SystemExit` from its body are its faults too.
    """
    fault = body.idle(body_of(cls, variant), declared.variant(variant).source)
    if fault is not None:
        return Proof("broken", fault)
    progress = _Progress()
    notes: tuple[str, ...] = ()
    try:
        with _every_warning() as caught, Subject(cls, declared, case, variant, addresses) as subject:
            evidence = _called(declared, subject, caught, progress)
            if progress.fault is None:
                with _baseline(cls, declared, case, variant, addresses) as baseline:
                    progress.stage = "a check"
                    evidence = replace(evidence, baseline=baseline)
                    progress.fault = _first(_FAULTS, evidence)
                    notes = () if progress.fault else tuple(_notes(evidence))
            if progress.fault is not None:
                return Proof("broken", progress.fault, progress.counters)
            progress.stage = "teardown"
    except NotMeasured as reason:
        return Proof("not measured", str(reason), progress.counters)
    except BaseException as error:  # noqa: BLE001 - a variant may raise anything at all, and that is its result
        return Proof("broken", f"{progress.stage} raised {named(error)}", progress.counters)
    return Proof("ok", None, progress.counters, notes)


@dataclass(slots=True)
class _Progress:
    """How far a proof has come, for the sentence that says what raised an exception."""

    stage: str = "setup"
    counters: dict[str, int | float | str] = field(default_factory=dict)
    fault: str | None = None


def _called(
    declared: Declaration, subject: Subject, caught: list[warnings.WarningMessage], progress: _Progress
) -> Evidence:
    """The variant's own calls; only one where that shows a fault."""
    with Trial(subject, _WATCHES, caught) as own:
        try:
            progress.stage = "the call"
            actual = own.first()
            gc.collect()
            progress.fault = laziness.unawaited(actual, caught)
            if progress.fault is None:
                progress.stage = "counters"
                progress.counters = dict(subject.instance.counters())
            evidence = Evidence(declared, subject.variant, own, progress.counters)
            progress.fault = progress.fault or _first(_FAULTS_OF_ONE_CALL, evidence)
            if progress.fault is None:
                progress.stage = "a later call"
                own.rest()
        finally:
            if progress.stage == "a later call":
                progress.stage = f"call {own.calls + 1}"
    return evidence


@contextlib.contextmanager
def _every_warning() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


@contextlib.contextmanager
def _baseline(
    cls: type[Comparison], declared: Declaration, case: Case, variant: str, addresses: Mapping[str, str]
) -> Iterator[Trial | None]:
    """The baseline's calls, or those before the one that failed; None in its own proof.

    What is wrong with it is found by its own proof, and never held against another variant.
    """
    if variant == declared.baseline:
        yield None
        return
    trial: Trial | None = None
    with contextlib.ExitStack() as held:
        with contextlib.suppress(BaseException):
            subject = held.enter_context(Subject(cls, declared, case, declared.baseline, addresses))
            with Trial(subject, _WATCHES_OF_BOTH) as trial:
                trial.first()
                trial.rest()
        usable = trial is not None and trial.results and laziness.handed_on(trial.results[0]) is None
        yield trial if usable else None
        with contextlib.suppress(BaseException):
            held.close()


def _notes(evidence: Evidence) -> Iterator[str]:
    """Sentences of all checks; what the suite's own objects raise when a check looks at them is no news of it."""
    for check in _NOTES:
        with contextlib.suppress(Exception):
            if (note := check(evidence)) is not None:
                yield note


def _first(checks: tuple[Check, ...], evidence: Evidence) -> str | None:
    return next((sentence for check in checks if (sentence := check(evidence)) is not None), None)
