"""Every variant of every case as a test of pytest-benchmark.

pytest-benchmark times variants one after another, in one process: good for a look, for its table and for its history
of JSON files. It does not decide which variant is faster; the pair engine does (`patternbench run`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from patternbench.comparison import Case, Comparison, Declaration, NotMeasured
from patternbench.experiment.proof import proved
from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import comparisons

if TYPE_CHECKING:
    import pytest

_MAX_TIME_S = 0.1
_MIN_ROUNDS = 3
_RUNNER_SHARE = 0.005
"""What entering and leaving the loop may add to a batch of awaits: half of what is promised, as it varies."""

_LONGEST_BATCH_S = 0.02


@dataclass(frozen=True, slots=True)
class Picked:
    """One test: a variant in a case."""

    cls: type[Comparison]
    declared: Declaration
    case: Case
    variant: str

    @property
    def group(self) -> str:
        """What is compared in one table: the variants of one case."""
        return f"{self.declared.id}[{self.case.key}]" if self.case.key else self.declared.id

    @property
    def id(self) -> str:
        """Name of the test."""
        return f"{self.group}-{self.variant}"


class Backends:
    """What the comparisons share, entered once per comparison and left when the next one's turn comes."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._of: type[Comparison] | None = None
        self._addresses: Mapping[str, str] = {}
        self._reason: str | None = None

    def addresses(self, cls: type[Comparison]) -> Mapping[str, str]:
        """What the comparison's `backends` yielded.

        Raises:
            NotMeasured: they cannot be had here; the same for each of its tests.
        """
        if cls is not self._of:
            self.close()
            self._of = cls
            try:
                self._addresses = self._held.enter_context(cls.backends())
            except NotMeasured as reason:
                self._reason = str(reason)
        if self._reason is not None:
            raise NotMeasured(self._reason)
        return self._addresses

    def close(self) -> None:
        """Leave what is held."""
        self._of, self._addresses, self._reason = None, {}, None
        self._held.close()


@contextmanager
def held_backends() -> Iterator[Backends]:
    """The body of a session's fixture."""
    backends = Backends()
    try:
        yield backends
    finally:
        backends.close()


def picked(files: Iterable[Path]) -> list[Picked]:
    """All tests of the suite files, those of one comparison together.

    Raises:
        DeclarationError: a file cannot be imported, or a comparison not be measured.
    """
    return [
        Picked(cls, declared, case, variant.name)
        for file in files
        for cls, declared in comparisons(file)
        for case in declared.cases
        for variant in declared.variants
    ]


def parameters(tests: Iterable[Picked]) -> list[Any]:
    """The tests as `pytest.mark.parametrize` takes them, by their id, each in the group of its case.

    The value is the id, as the plugin writes parameters to its files: a record's text would hold the suite's path.
    """
    import pytest

    unused = pytest.mark.filterwarnings("ignore:Benchmark fixture was not used")  # of a test that already failed
    return [pytest.param(one.id, id=one.id, marks=(pytest.mark.benchmark(group=one.group), unused)) for one in tests]


def shorten(config: pytest.Config) -> None:
    """Make rounds few and short, and hold off the collector, where the command line does not say otherwise.

    To be called from `pytest_configure`, before the plugin reads its options.
    """
    asked = [str(argument).partition("=")[0] for argument in config.invocation_params.args]
    for name, value in (
        ("max-time", Decimal(str(_MAX_TIME_S))),
        ("min-rounds", _MIN_ROUNDS),
        ("disable-gc", True),
    ):
        if f"--benchmark-{name}" not in asked:
            setattr(config.option, f"benchmark_{name.replace('-', '_')}", value)


def measure(benchmark: Any, one: Picked, backends: Backends) -> None:
    """The test: the variant agrees with the baseline, and is then timed; skipped where it cannot be measured here.

    Times in the table are per call. An async variant is awaited many times inside one coroutine per round, so that
    entering the loop does not count; `extra_info` says how many times.

    Args:
        benchmark: the fixture.
        one: what is tested.
        backends: of the session.
    """
    import pytest

    try:
        addresses = backends.addresses(one.cls)
    except NotMeasured as reason:
        pytest.skip(f"not measured: {reason}")
    proof = proved(one.cls, one.declared, one.case, one.variant, addresses)
    if proof.status == "not measured":
        pytest.skip(f"not measured: {proof.reason}")
    assert proof.status == "ok", proof.reason
    with Subject(one.cls, one.declared, one.case, one.variant, addresses) as subject:
        benchmark.extra_info |= {"units": subject.units, "counters": dict(proof.counters), **one.case.labels}
        if proof.notes:
            benchmark.extra_info["notes"] = list(proof.notes)
        if subject.variant.is_async:
            _time_awaits(benchmark, subject)
        else:
            benchmark(getattr(subject.instance, one.variant))


def _time_awaits(benchmark: Any, subject: Subject) -> None:
    batch, seconds = _batch(subject)
    benchmark.extra_info["awaits_per_round"] = batch
    rounds = max(_MIN_ROUNDS, min(1000, int(_MAX_TIME_S / seconds)))
    benchmark.pedantic(subject.run, args=(batch,), rounds=rounds, iterations=1)
    if benchmark.stats is not None:
        # The plugin takes a round for one call; told the number, its table shows calls for async and plain alike.
        measured = benchmark.stats
        measured.iterations = batch
        measured.stats.data[:] = [each / batch for each in measured.stats.data]


def _batch(subject: Subject) -> tuple[int, float]:
    """Awaits per round, and about how many seconds those take."""
    batch = 1
    while True:
        outer, inner = min(_outer_and_inner(subject, batch) for _ in range(2))
        if outer - inner <= _RUNNER_SHARE * inner or inner >= _LONGEST_BATCH_S:
            return batch, outer
        batch *= 4


def _outer_and_inner(subject: Subject, calls: int) -> tuple[float, float]:
    """Seconds of a batch as pytest-benchmark sees it, and of its awaits alone."""
    start = perf_counter()
    wall_ns, _ = subject.run(calls)
    return perf_counter() - start, wall_ns * 1e-9


__all__ = ["Backends", "Picked", "held_backends", "measure", "parameters", "picked", "shorten"]
