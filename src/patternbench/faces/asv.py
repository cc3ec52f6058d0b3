"""The headline cases as benchmarks of asv: `time_…`, `peakmem_…` and `track_ratio_…` of each variant.

asv keeps histories over commits. It times one variant after another, so that its times tell as much of the machine's
day as of the code; the ratios come from the pair engine and are what to watch.

Only headline cases are offered: every case of every suite, for every commit, would take asv an hour. A time is that of
one call out of a block of calls, which the variant's own process times with its event loop outside the clock; asv by
itself would time single calls, and of a coroutine function no more than the call.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

from patternbench.comparison import Case, Comparison, Declaration, NotMeasured
from patternbench.experiment.proof import proved
from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import comparisons

RATIO_TIMEOUT_S = 900.0
"""Longest that measuring the headline cases of one comparison may take."""

_BLOCK_NS = 5_000_000
_MOST_CALLS = 1_000_000

# asv makes each sample from a fresh set-up; where that starts a server, few have to do.
_SAMPLES = (3, 6, 0.3)
_SAMPLES_WITH_BACKENDS = (2, 2, 0.3)


def benchmark_classes(files: Iterable[Path], module: str) -> dict[str, type]:
    """The classes that asv shall find in a module, by name.

    Args:
        files: suite files.
        module: `__name__` of the module that will hold the classes.

    Raises:
        DeclarationError: a file cannot be imported, or a comparison not be measured.
    """
    declared_in_files = [pair for file in files for pair in comparisons(file)]
    count = Counter(declared.name for _, declared in declared_in_files)
    found: dict[str, type] = {}
    for cls, declared in declared_in_files:
        # asv's names are shorter to read without the suite, which stays where two suites ask alike.
        name = declared.name if count[declared.name] == 1 else f"{declared.suite}_{declared.name}"
        found[name] = _times(cls, declared, name, module)
        found[f"{name}Ratios"] = _ratios(cls, declared, f"{name}Ratios", module)
    return found


class _Held:
    """A variant made ready, from asv's setup to its teardown."""

    def __init__(self, cls: type[Comparison], declared: Declaration, variant: str) -> None:
        self._cls = cls
        self._declared = declared
        self._variant = variant
        self._held = ExitStack()
        self._proved: set[int] = set()
        self._seconds = 0.0
        self._calls = 1
        self._subject: Subject | None = None

    def prepare(self, case: Case) -> None:
        """Make the variant ready.

        Raises:
            NotImplementedError: it cannot be measured here, which asv shows as n/a.
            RuntimeError: it is broken, which asv shows as failed.
        """
        try:
            addresses = self._held.enter_context(self._cls.backends())
            self._prove(case, addresses)
            self._subject = self._held.enter_context(Subject(self._cls, self._declared, case, self._variant, addresses))
            self._calls = self._calibrated(self._subject)
        except NotMeasured as reason:
            self._held.close()
            raise NotImplementedError(str(reason)) from None
        except BaseException:
            self._held.close()
            raise

    def release(self) -> None:
        """Give back what `prepare` took."""
        self._subject = None
        self._held.close()

    def call(self) -> None:
        """Once, for the peak of memory."""
        assert self._subject is not None
        self._subject.call()

    def block(self) -> None:
        """Many calls; `clock` moves on by what one of them took."""
        assert self._subject is not None
        wall_ns, _ = self._subject.run(self._calls)
        self._seconds += wall_ns * 1e-9 / self._calls

    def clock(self) -> float:
        """What asv reads before and after a block, seconds."""
        return self._seconds

    def _prove(self, case: Case, addresses: Mapping[str, str]) -> None:
        if case.index in self._proved:
            return
        proof = proved(self._cls, self._declared, case, self._variant, addresses)
        if proof.status == "not measured":
            raise NotMeasured(proof.reason or "")
        if proof.status != "ok":
            raise RuntimeError(proof.reason)
        self._proved.add(case.index)

    @staticmethod
    def _calibrated(subject: Subject) -> int:
        """Calls in a block, which warms the variant up as well."""
        calls = 1
        while subject.run(calls)[0] < _BLOCK_NS and calls < _MOST_CALLS:
            calls *= 2
        return calls


def _times(cls: type[Comparison], declared: Declaration, name: str, module: str) -> type:
    members: dict[str, Any] = _shared(declared, module)
    for variant in declared.variants:
        held = _Held(cls, declared, variant.name)
        function = _function(f"time_{variant.name}", cls, declared, variant.name, held.block)
        function.timer = held.clock
        function.repeat = _SAMPLES_WITH_BACKENDS if declared.has_backends else _SAMPLES
        function.rounds = 1 if declared.has_backends else 2
        function.warmup_time = 0.0
        peak = _function(f"peakmem_{variant.name}", cls, declared, variant.name, held.call)
        for each in (function, peak):
            each.setup, each.teardown = _setup_and_teardown(declared, held)
            members[each.__name__] = each
    return type(name, (), members)


def _setup_and_teardown(declared: Declaration, held: _Held) -> tuple[Callable[..., None], Callable[..., None]]:
    def setup(*labels: object) -> None:
        held.prepare(_case(declared, labels))

    def teardown(*_: object) -> None:
        held.release()

    return setup, teardown


def _ratios(cls: type[Comparison], declared: Declaration, name: str, module: str) -> type:
    members: dict[str, Any] = _shared(declared, module)
    members["setup_cache"] = _ratio_cache(declared)
    for variant in declared.variants:
        if variant.name == declared.baseline:
            continue
        function = _function(f"track_ratio_{variant.name}", cls, declared, variant.name, None)
        function.unit = "ratio"
        members[function.__name__] = function
    return type(name, (), members)


def _ratio_cache(declared: Declaration) -> Callable[[Any], dict[str, float]]:
    """The `setup_cache` of asv: the pair engine over the headline cases, once for all ratios of a comparison."""

    def setup_cache(_: Any) -> dict[str, float]:
        from patternbench.experiment.run import measure_comparison

        cases = [case.index for case in declared.cases if case.headline]
        result = measure_comparison(declared.file, declared.name, budget="quick", cases=cases)
        return {
            _ratio_key(tuple(case.params.values()), variant.name): variant.ratio.point
            for case in result.cases
            for variant in case.variants
            if variant.ratio is not None
        }

    setup_cache.timeout = RATIO_TIMEOUT_S  # type: ignore[attr-defined]
    # asv tells caches apart by module and line, and all of these stand in the same line: a module for each.
    place = ModuleType(f"patternbench_asv.{declared.suite}.{declared.name}")
    sys.modules[place.__name__] = place
    setup_cache.__module__ = place.__name__
    return setup_cache


def _shared(declared: Declaration, module: str) -> dict[str, Any]:
    headline = [case.labels for case in declared.cases if case.headline]
    return {
        "__doc__": declared.question,
        "__module__": module,
        "params": [list(dict.fromkeys(labels[axis] for labels in headline)) for axis in declared.axes],
        "param_names": list(declared.axes),
        "timeout": max(60.0, declared.timeout_s),
    }


def _function(
    name: str, cls: type[Comparison], declared: Declaration, variant: str, act: Callable[[], None] | None
) -> Any:
    """A function that asv takes for a benchmark: its version and its source are the suite's, not this module's."""
    if act is not None:
        measured = act

        def function(_: Any, *labels: object) -> float | None:  # noqa: ARG001 - the set-up has them already
            measured()
            return None

    else:

        def function(_: Any, *labels: object) -> float | None:
            cache: Any = labels[0]
            ratio: float = cache.get(_ratio_key(labels[1:], variant), float("nan"))
            return ratio

    body = getattr(cls, variant)
    made: Any = function
    made.__name__ = name
    made.__qualname__ = f"{declared.name}.{name}"
    made.__doc__ = declared.variant(variant).summary or declared.question
    made.__wrapped__ = inspect.unwrap(body)  # what asv shows as the benchmark's code
    made.pretty_name = f"{declared.id}: {name.removesuffix(variant).rstrip('_')} {variant}"
    sources = [declared.variant(variant).source, _source(cls.setup)]
    if act is None:
        sources.append(declared.variant(declared.baseline).source)
    made.version = hashlib.sha256("\n".join(sources).encode()).hexdigest()
    return made


def _case(declared: Declaration, labels: tuple[object, ...]) -> Case:
    return next(case for case in declared.cases if tuple(case.labels.values()) == labels)


def _ratio_key(labels: tuple[object, ...], variant: str) -> str:
    return repr((labels, variant))


def _source(function: Any) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


__all__ = ["RATIO_TIMEOUT_S", "benchmark_classes"]
