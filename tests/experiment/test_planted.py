"""Planted faults are refused or noted with the right sentence, and their honest look-alikes are not.

Proofs alone: nothing here is timed, and no sentence depends on a time.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import json
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from patternbench.comparison import Declaration, declaration, declared_in
from patternbench.experiment.checks import swallowed, trial
from patternbench.experiment.proof import Proof, proved
from patternbench.experiment.snippet import Statement
from patternbench.experiment.snippet_comparison import Order, comparison_of

_FILE = Path(__file__).with_name("planted_suite.py")

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel lists no processes and descriptors here")


def _imported(name: str, *, optimize: int = -1) -> ModuleType:
    """The planted suite as a module of that name, compiled as `python -O` would where asked."""
    spec = importlib.util.spec_from_file_location(name, _FILE)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(_FILE.read_text("utf-8"), str(_FILE), "exec", optimize=optimize), vars(module))  # noqa: S102
    return module


SUITE = _imported("planted_suite")
WITHOUT_ASSERTS = _imported("planted_suite_without_asserts", optimize=1)


@pytest.fixture(scope="module", autouse=True)
def _collections_are_quick() -> Iterator[None]:
    """What the test session holds is no garbage, and need not be looked through by every proof."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _no_call_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not make a proof do with fewer calls."""
    for module in (trial, swallowed):
        monkeypatch.setattr(module, "perf_counter", lambda: 0.0)


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """What a proof borrows it puts back, whatever the variant did."""

    def state() -> tuple[object, ...]:
        functions = (time.sleep, asyncio.sleep, asyncio.tasks.sleep, gc.collect, gc.enable, json.dumps, SUITE.pause)
        process = (Path.cwd(), os.environ.get("PLANTED"), sys.stdout, sys.stderr, sys.gettrace(), sys.getprofile())
        return *functions, *process, gc.isenabled(), threading.active_count()

    before = state()
    yield
    gc.collect()
    assert state() == before


def _declared(comparison: str, suite: ModuleType = SUITE) -> Declaration:
    return declaration(getattr(suite, comparison))


def proof_of(comparison: str, variant: str, suite: ModuleType = SUITE) -> Proof:
    declared = _declared(comparison, suite)
    return proved(getattr(suite, comparison), declared, declared.cases[0], variant, {})


_CARRIED = (
    "agrees at first, but in call 2 returns [1002, 1003] where the baseline plain returns [1001, 1002, 1003]: "
    "state is carried from call to call"
)


@pytest.mark.parametrize(
    ("comparison", "variant", "reason"),
    [
        ("Results", "empty", "does nothing: its body is a constant"),
        ("Results", "constant", "does nothing: its body is a constant"),
        ("Results", "folded", "does nothing: its body is a constant"),
        ("Results", "renamed_constant", "does nothing: its body is a constant"),
        ("Results", "gives_itself", "does nothing: its body is a constant"),
        ("Results", "other", "returns [1002, 1003] where the baseline plain returns [1001, 1002, 1003]"),
        (
            "Results",
            "unsorted",
            "returns the same 3 values as the baseline plain in another order, and no agree says that it is free",
        ),
        (
            "Rows",
            "unsorted",
            "returns the same 3 values as the baseline plain in another order, and no agree says that it is free",
        ),
        ("Rows", "other", re.compile("returns .* where the baseline plain returns ")),
        ("Results", "drawn", re.compile(r"returns \[\d+, \d+, \d+\] where the baseline plain returns")),
        ("Results", "carries_state", _CARRIED),
        ("Results", "breaks_later", "call 2 raised OSError: the pool is empty"),
        ("Results", "stops", "the call raised StopIteration"),
        ("Results", "cancelled", "the call raised CancelledError"),
        ("Results", "swallowed_for_nothing", "returns None where the baseline plain returns [1001, 1002, 1003]"),
        ("Promised", "coroutine", "returns the coroutine '_answer' un-awaited"),
        ("Promised", "coroutine_of_async", "returns the coroutine '_answer' un-awaited"),
        (
            "Promised",
            "dropped_coroutine",
            "leaves a coroutine un-awaited (coroutine '_answer' was never awaited)",
        ),
        ("Promised", "list_of_coroutines", "returns 3 coroutines un-awaited"),
        ("Promised", "scheduled", "returns Task un-awaited"),
        ("Promised", "dict_of_tasks", "returns 1 Task un-awaited"),
        (
            "Promised",
            "generator",
            "returns the generator '<genexpr>' un-consumed: the work in it is not timed",
        ),
        ("Promised", "lazy_map", "returns map un-consumed: the work in it is not timed"),
        ("Promised", "lazy_filter", "returns filter un-consumed: the work in it is not timed"),
        ("Promised", "list_of_generators", "returns 2 generators un-consumed: the work in it is not timed"),
        (
            "Promised",
            "async_generator",
            "returns the async generator 'numbers' un-consumed: the work in it is not timed",
        ),
        ("Promised", "submitted", "returns a Future that nobody waited for: the work in it is not timed"),
        ("Tolerant", "lazy_map", "returns map un-consumed: the work in it is not timed"),
        ("Remaining", "tasks", "leaves a running task behind in every call"),
        ("Remaining", "fire_and_forget", "leaves a running task behind in every call"),
        ("Remaining", "threads", "leaves a running thread behind in every call"),
        pytest.param("Remaining", "processes", "leaves a child process behind in every call", marks=on_linux),
        pytest.param("Remaining", "forks", "leaves a child process behind in every call", marks=on_linux),
        pytest.param("Remaining", "files", "leaves an open file or socket behind in every call", marks=on_linux),
        pytest.param("Remaining", "sockets", "leaves an open file or socket behind in every call", marks=on_linux),
        ("Remaining", "exit_handlers", "leaves an exit handler behind in every call"),
        ("Pooled", "bypassed", "promises connects = 1, but one call made it 4"),
        ("Pooled", "uncounted", "promises the counter 'checkouts', which counters() does not give"),
        (
            "NotANumber",
            "same",
            "returns nan where the baseline plain returns nan, and nan equals nothing: agree must say what will do",
        ),
        (
            "Drawn",
            "same",
            re.compile(
                r"returns 0\.\d+(e-\d+)? where the baseline plain returns 0\.\d+(e-\d+)?; the baseline's own results "
                "differ from call to call"
            ),
        ),
        ("HalfUnits", "plain", "units is 2.5, but a call stands for a whole number of operations"),
        ("NoUnits", "plain", "units is 0, but a call stands for one operation at least"),
    ],
)
def test_what_cannot_be_an_honest_measurement_is_refused(
    comparison: str, variant: str, reason: str | re.Pattern[str]
) -> None:
    proof = proof_of(comparison, variant)
    assert proof.status == "broken"
    assert proof.reason is not None
    if isinstance(reason, str):
        assert proof.reason == reason
    else:
        assert reason.match(proof.reason)


@pytest.mark.parametrize(
    ("comparison", "variant", "note"),
    [
        ("Cached", "ready_made", "only hands out self.ready: whatever made it is not timed"),
        (
            "Cached",
            "kept_on_itself",
            "gives again and again what its first call kept in self.kept: the others do not do that work",
        ),
        (
            "Cached",
            "kept_by_key",
            "gives again and again what its first call kept in self.by_key: the others do not do that work",
        ),
        (
            "Cached",
            "kept_in_the_module",
            "gives again and again what its first call kept in _KEPT: the others do not do that work",
        ),
        ("Cached", "property_of_the_class", "only hands out self.total: whatever made it is not timed"),
        (
            "Cached",
            "property_of_the_class",
            "gives again and again what its first call kept in self.total: the others do not do that work",
        ),
        (
            "Cached",
            "looked_up",
            "has every look-up answered by the cache of _looked_up after the first call: no miss is timed",
        ),
        (
            "Cached",
            "decorated",
            "has every look-up answered by the cache of decorated after the first call: no miss is timed",
        ),
        (
            "Waits",
            "sleeps",
            "waits for time.sleep (2 ms) in every call, and the baseline plain does not: a timer is measured",
        ),
        (
            "Waits",
            "sleeps_under_another_name",
            "waits for time.sleep (2 ms) in every call, and the baseline plain does not: a timer is measured",
        ),
        (
            "Waits",
            "sleeps_in_a_thread",
            "waits for time.sleep (2 ms) in every call, and the baseline plain does not: a timer is measured",
        ),
        (
            "Waits",
            "sleeps_in_the_loop",
            "waits for asyncio.sleep (2 ms) in every call, and the baseline plain does not: a timer is measured",
        ),
        (
            "SlowBaseline",
            "plain",
            "does not wait, and the baseline sleeps waits for time.sleep (2 ms) in every call: its timer is measured",
        ),
        (
            "Waits",
            "blocks_the_loop",
            "holds up its event loop with time.sleep: nothing else runs there meanwhile",
        ),
        ("Waits", "spins", "calls time.sleep(0) over and over: it spins until something else is done"),
        ("Waits", "collects", "calls gc.collect in every call, and the baseline plain does not"),
        ("Waits", "switches_the_collector_on", "calls gc.enable in every call, and the baseline plain does not"),
        (
            "CollectingBaseline",
            "plain",
            "does not call gc.collect, and the baseline collects does so in every call",
        ),
        ("Waits", "prints", "prints in every call, and the baseline plain does not"),
        ("PrintingBaseline", "plain", "does not print, and the baseline prints does so in every call"),
        ("Inputs", "sorts_in_place", "changes self.numbers in place: later calls do not find what setup made"),
        ("Inputs", "drains", "changes self.queue in place: later calls do not find what setup made"),
        ("Inputs", "changes_rows", "changes self.rows in place: later calls do not find what setup made"),
        ("Inputs", "grows", "lets self.seen grow with every call: each may have more to do than the one before"),
        (
            "Inputs",
            "grows_in_the_module",
            "lets _SEEN grow with every call: each may have more to do than the one before",
        ),
        (
            "Inputs",
            "grows_a_text",
            "lets self.text grow with every call: each may have more to do than the one before",
        ),
        ("UsedUp", "plain", "returns 3006 in its first call and 0 in all others: what setup made was used up"),
        ("UsedUp", "with_a_list", "returns 3006 in its first call and 0 in all others: what setup made was used up"),
        ("Silent", "swallows", "catches TypeError and returns nothing: it may be the failure that is timed"),
        ("Silent", "suppresses", "catches IndexError and returns nothing: it may be the failure that is timed"),
        (
            "Silent",
            "will_not_be_cancelled",
            "catches CancelledError and returns nothing: it may be the failure that is timed",
        ),
        (
            "SilentBaseline",
            "plain",
            "fails less than the baseline swallows, which catches TypeError and returns nothing",
        ),
        ("Remaining", "finalised", "leaves _Late.__del__ to the garbage collector: that work is not timed"),
        ("Remaining", "unclosed_file", "closes not all that it opens (unclosed file)"),
        (
            "Remaining",
            "one_task_at_a_time",
            "returns before a task that it started is done: that work falls into the next call, or out of the clock",
        ),
        pytest.param(
            "Remaining",
            "runs_a_program",
            "starts a process in every call, and the baseline plain does not: its CPU time and memory are not counted",
            marks=on_linux,
        ),
        ("Elsewhere", "changes_folder", "changes the working directory for its whole process"),
        ("Elsewhere", "changes_environment", "changes environment variables for its whole process"),
        ("Elsewhere", "patches", "replaces json.dumps for its whole process"),
        (
            "Failing",
            "plain",
            "returns 3 exceptions, the first _RefusedError: no answer from 1003: a failure is timed, not the work",
        ),
        (
            "AgreesWithAll",
            "other",
            "agrees with the baseline by an agree that accepts any object, so that nothing proves its result",
        ),
        ("TooManyUnits", "plain", "units is 100, but a call returns 3 results"),
    ],
)
def test_what_may_be_honest_is_measured_with_a_note(comparison: str, variant: str, note: str) -> None:
    proof = proof_of(comparison, variant)
    assert (proof.status, proof.reason) == ("ok", None)
    assert note in proof.notes
    others = {each for each in proof.notes if each != note}
    assert len(others) <= (variant in {"property_of_the_class", "blocks_the_loop"}), others


def test_asserts_that_python_leaves_out_are_no_work() -> None:
    assert proof_of("Asserted", "only_asserts", WITHOUT_ASSERTS) == Proof(
        "broken", "does nothing: it only asserts, and Python runs without asserts (-O)"
    )
    proof = proof_of("Asserted", "asserts_too", WITHOUT_ASSERTS)
    assert proof.notes == ("has asserts, which Python leaves out here (-O): what they call is not timed",)
    assert proof_of("Asserted", "asserts_too").notes == ()


_HONEST = [
    (cls.__name__, each.name)
    for cls in declared_in(SUITE)
    if cls.__name__.startswith("Honest")
    for each in declaration(cls).variants
]


@pytest.mark.parametrize(("comparison", "variant"), _HONEST)
def test_an_honest_look_alike_is_neither_refused_nor_noted(comparison: str, variant: str) -> None:
    proof = proof_of(comparison, variant)
    assert (proof.status, proof.reason, proof.notes) == ("ok", None, ())


@pytest.mark.parametrize("comparison", ["Results", "Promised", "Remaining", "Pooled", "Waits", "Inputs", "Elsewhere"])
def test_the_baselines_of_planted_variants_are_clean(comparison: str) -> None:
    proof = proof_of(comparison, "plain")
    assert (proof.status, proof.reason, proof.notes) == ("ok", None, ())


def _snippets(setup: str, *texts: str, check: bool = True) -> list[Proof]:
    """Proofs of statements, as `versus` makes them; the first is the baseline."""
    order = Order("Which?", texts[0], setup, check, (), {}, {text: Statement(text) for text in texts})
    cls = comparison_of(order, SUITE.__name__)
    declared = declaration(cls)
    return [proved(cls, declared, declared.cases[0], text, {}) for text in texts]


@pytest.mark.parametrize(
    ("setup", "old", "new", "note"),
    [
        ("x = [3, 1, 2]", "sum(x)", "x.sort()", "changes x in place: later calls do not find what setup made"),
        (
            "x = []",
            "len(x)",
            "x.append(1)",
            "lets x grow with every call: each may have more to do than the one before",
        ),
        (
            "from time import sleep as rest",
            "sum(range(9))",
            "rest(0.001)",
            "waits for time.sleep (1 ms) in every call, and the baseline sum(range(9)) does not: a timer is measured",
        ),
        (
            "from functools import cache\n@cache\ndef f(n): return [n]",
            "[1000]",
            "f(1000)",
            "has every look-up answered by the cache of f after the first call: no miss is timed",
        ),
    ],
)
def test_snippets_are_noted_as_variants_are(setup: str, old: str, new: str, note: str) -> None:
    baseline, planted = _snippets(setup, old, new, check=False)
    assert (baseline.status, baseline.notes) == ("ok", ())
    assert (planted.status, planted.notes) == ("ok", (note,))


def test_snippets_may_all_be_lazy_and_are_noted() -> None:
    proofs = _snippets("x = [1, 2]", "map(str, x)", "(str(y) for y in x)")
    assert [each.notes for each in proofs] == [
        ("returns map un-consumed: the work in it is not timed",),
        ("returns the generator '<genexpr>' un-consumed: the work in it is not timed",),
    ]


@pytest.mark.parametrize(
    ("setup", "old", "new"),
    [
        ("x = [3, 1, 2]", "sorted(x)", "sorted(x)[:]"),
        ("class P: pass", "P()", "object.__new__(P)"),
        ("x = range(9)", "for y in x: pass", "z = [y for y in x]"),
        ("x = 1000", "x", "x + 0"),
    ],
)
def test_honest_snippets_are_not(setup: str, old: str, new: str) -> None:
    assert {(each.status, each.notes) for each in _snippets(setup, old, new)} == {("ok", ())}


def test_enough_is_planted() -> None:
    assert len(_HONEST) >= 30
