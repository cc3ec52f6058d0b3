"""From readings to the series that other tools read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from patternbench.comparison import Declaration
from patternbench.observation import CaseObservation
from patternbench.sample import SampleSeries


def series_of(declared: Declaration, observations: Mapping[int, CaseObservation]) -> Iterator[SampleSeries]:
    """One series per case and variant that was measured: seconds per operation, loop and call taken off."""
    for case in declared.cases:
        observed = observations.get(case.index)
        if observed is None:
            continue
        for name, calls in observed.calls.items():
            units = observed.units.get(name, 1)
            runs = tuple(
                samples
                for each in observed.sets
                for shift in each.shifts
                if (
                    samples := tuple(
                        seconds
                        for done in shift.rounds
                        if name in done
                        and (seconds := (done[name].wall_ns / calls - shift.overhead_ns.get(name, 0.0)) / units * 1e-9)
                        > 0
                    )
                )
            )
            if runs and name not in observed.faults:
                title = f"{declared.id}[{case.key}]/{name}" if case.key else f"{declared.id}/{name}"
                yield SampleSeries(title, runs, calls_per_block=calls, units=units)
