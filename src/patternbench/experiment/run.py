"""A comparison, measured: its backends held, its cases one after another, the clock before the other meters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from patternbench.comparison import Case, Declaration
from patternbench.errors import SelectionError
from patternbench.experiment.budget import Budget, budget_named
from patternbench.experiment.catalogue import described
from patternbench.experiment.cores import Cores, kept_off
from patternbench.experiment.crew import Crew, SeatLost
from patternbench.experiment.measurement import Measurement, Recorder, Replay, Task, Unrecorded
from patternbench.experiment.probes import Target
from patternbench.experiment.readings import readings
from patternbench.experiment.selection import Chosen
from patternbench.meters import TIME, meter_named
from patternbench.observation import CaseObservation, Fault
from patternbench.session import CaseResult, ComparisonResult, VariantInfo
from patternbench.statistics.analysis import analysed
from patternbench.statistics.scaling import shapes
from patternbench.statistics.standing import standings
from patternbench.verdict import Status


class Observer(Protocol):
    """Hears how far a run is; called by the parent between measurements only."""

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        """A case begins."""

    def set_finished(self, comparison_id: str, case_key: str, done: int, planned: int, precision: float | None) -> None:
        """One set of workers is done."""

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        """A case has its result."""


class _Silent:
    """Hears nothing."""

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        pass

    def set_finished(self, comparison_id: str, case_key: str, done: int, planned: int, precision: float | None) -> None:
        pass

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        pass


class ComparisonRun:
    """One comparison of a run; `measure` may be interrupted at any time, `result` then gives what there is.

    Args:
        recorder_for: gives the recorder of a case, by its index.
        resumed: what an earlier run of the same session read, by case.
        meters: to read besides the clock; None reads those that the comparison declares.
    """

    def __init__(
        self,
        chosen: Chosen,
        budget: Budget,
        *,
        seed: int,
        recorder_for: Callable[[str, int], Recorder] | None = None,
        observer: Observer | None = None,
        resumed: Mapping[int, Replay] | None = None,
        meters: Sequence[str] | None = None,
    ) -> None:
        self._chosen = chosen
        self._budget = budget
        self._seed = seed
        self._recorder_for = recorder_for or (lambda *_: Unrecorded())
        self._observer = observer or _Silent()
        self._resumed = resumed or {}
        wanted = chosen.declared.meters if meters is None else meters
        self._meters = tuple(name for name in dict.fromkeys(wanted) if name != TIME)
        self._cores = Cores.here()
        self._observations: dict[int, CaseObservation] = {}
        self._results: dict[int, CaseResult] = {}

    @property
    def observations(self) -> Mapping[int, CaseObservation]:
        """The readings so far, by case."""
        return self._observations

    def measure(self) -> None:
        """Measure every case that was chosen.

        Raises:
            DeclarationError, WorkerError: the suite's process could not be started.
        """
        declared = self._chosen.declared
        with held_backends(declared, self._cores, self._seed) as (addresses, fault):
            for case in self._chosen.cases:
                self._measure_case(case, addresses, fault)

    def result(self) -> ComparisonResult:
        """What was found, in the order of the cases; an interrupted case counts if two of its sets were finished."""
        declared = self._chosen.declared
        for case in self._chosen.cases:
            partial = self._observations.get(case.index)
            if case.index not in self._results and partial is not None and partial.usable_sets >= 2:
                self._results[case.index] = analysed(partial, case, declared, self._chosen.variants)
        cases = tuple(self._results[case.index] for case in self._chosen.cases if case.index in self._results)
        found = ComparisonResult(
            id=declared.id,
            suite=declared.suite,
            name=declared.name,
            question=declared.question,
            guide=declared.guide,
            baseline=declared.baseline,
            axes={axis: tuple(_labels(declared, axis)) for axis in declared.axes},
            variants=tuple(
                VariantInfo(each.name, each.summary, each.source, each.is_async)
                for each in declared.variants
                if each.name in self._chosen.variants
            ),
            cases=cases,
            detail=declared.detail,
            caveat=declared.caveat,
            left_out=len(declared.cases) - len(cases),
        )
        return replace(found, shapes=shapes(found), standings=standings(found))

    def _measure_case(self, case: Case, addresses: Mapping[str, str], fault: Fault | None) -> None:
        declared, variants = self._chosen.declared, self._chosen.variants
        self._observer.case_started(declared.id, case.key, len(variants))
        task = Task(
            file=declared.file,
            comparison_id=declared.id,
            comparison=declared.name,
            case=case.index,
            baseline=declared.baseline,
            variants=variants,
            timeout_s=declared.timeout_s,
            fixed_core=declared.has_backends,
            interpreters=self._chosen.interpreters,
            alone=self._chosen.alone,
        )
        measurement = Measurement(
            task,
            self._budget,
            self._recorder_for(declared.id, case.index),
            seed=self._seed,
            addresses=addresses,
            cores=self._cores,
            watch=lambda done, most, precision: self._observer.set_finished(
                declared.id, case.key, done, most, precision
            ),
            resumed=self._resumed.get(case.index),
        )
        self._observations[case.index] = measurement.observed
        if fault is not None:
            measurement.give_up(fault)
        measurement.run()
        if measurement.observed.fault is None:
            for name in self._meters:
                self._read(name, measurement, case, addresses)
        result = analysed(measurement.observed, case, declared, variants)
        self._results[case.index] = result
        self._observer.case_finished(declared.id, result)

    def _read(self, name: str, measurement: Measurement, case: Case, addresses: Mapping[str, str]) -> None:
        """Let a meter read every variant that stands and that it did not read before."""
        declared, meter = self._chosen.declared, meter_named(name)
        core = self._cores.clock(0) if meter.reads_clock else None
        known = {
            each.name: Target(
                file=declared.file,
                comparison=declared.name,
                case=case.index,
                variant=index,
                addresses=addresses,
                timeout_s=declared.timeout_s,
                core=core,
                spare=self._cores.spare(core),
            )
            for index, each in enumerate(declared.variants)
        }
        targets = {
            variant: target
            for variant, target in known.items()
            if variant in self._chosen.variants
            and variant not in measurement.observed.faults
            and name not in measurement.observed.readings.get(variant, {})
        }
        draws = random.Random(f"{self._seed}/{declared.id}/{case.index}/{name}")
        with kept_off(self._cores, core) if core is not None else nullcontext():
            for variant, figures in readings(meter, targets, draws, baseline=known[declared.baseline]):
                measurement.take_reading(variant, name, figures)


def measure_comparison(
    file: Path, name: str, budget: str = "quick", *, cases: Sequence[int] | None = None, seed: int = 1
) -> ComparisonResult:
    """Measure one comparison of a suite file and give its result; the entry for other tools' faces.

    Args:
        name: of the class.
        cases: indices of the cases to measure; None measures all.

    Raises:
        SelectionError: the file has no such comparison, or there is no such budget.
        DeclarationError: the file cannot be measured.
    """
    for declared in described([file]):
        if declared.name == name:
            picked = tuple(case for case in declared.cases if cases is None or case.index in cases)
            variants = tuple(each.name for each in declared.variants)
            chosen = Chosen(declared, picked, variants, len(declared.cases) - len(picked))
            run = ComparisonRun(chosen, budget_named(budget), seed=seed, meters=())
            run.measure()
            return run.result()
    raise SelectionError(f"{file.name} has no comparison {name!r}", remedy="see what it has with: patternbench list")


@contextmanager
def held_backends(declared: Declaration, cores: Cores, seed: int) -> Iterator[tuple[Mapping[str, str], Fault | None]]:
    """The addresses of what the comparison shares, held by a process of its own; or why they cannot be had."""
    if not declared.has_backends:
        yield {}, None
        return
    draws = random.Random(f"{seed}/{declared.id}/backends")
    clock = cores.clock(0)
    spare = (clock,) if declared.backends_share_core and clock is not None else cores.spare(clock)
    with Crew(declared.file, 1, core=clock, spare=spare, draws=draws) as crew:
        seat = crew.seat("backends", declared.name, 0, "", addresses={}, timeout_s=declared.timeout_s)
        try:
            addresses, fault = seat.receive()["addresses"], None
        except SeatLost as lost:
            status = Status.NOT_MEASURED if lost.not_measured else Status.BROKEN
            addresses, fault = (
                {},
                Fault(status, f"its backends: {lost.reason}" if not lost.not_measured else lost.reason, lost.log),
            )
        yield addresses, fault


def _labels(declared: Declaration, axis: str) -> list[bool | int | float | str | None]:
    return list(dict.fromkeys(case.labels[axis] for case in declared.cases))
