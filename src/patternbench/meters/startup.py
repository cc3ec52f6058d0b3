"""Start-up: what it costs to get from nothing to the end of the first call, in fresh interpreters.

The probe processes import this module, so it imports little: what a suite imports shall be the suite's cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from patternbench.meters.meter import Figure, Figures, Start, Subject

PROCESSES = 7
"""Fresh interpreters that the times are medians of; one more goes before them, for the caches."""


class StartupMeter:
    """How long the import, the set-up and the first call take."""

    name = "startup"
    summary = (
        "Import of the suite, set-up and first call: medians over fresh interpreters, all files in their caches. "
        "It cannot see a first start from disk, nor the modules that the harness itself has imported by then."
    )
    figures = (
        Figure("total_s", "s", "lower", "import, set-up and first call together"),
        Figure("import_s", "s", "lower", "import of the suite and what it imports"),
        Figure("setup_s", "s", "lower", "the event loop of an async variant, and setup"),
        Figure("first_call_s", "s", "lower", "the first call"),
        Figure("interpreter_s", "s", None, "start of the interpreter and of the harness, in no figure above"),
        Figure(
            "instructions", "instructions", "lower", "of the whole process beyond a bare one; none without valgrind"
        ),
    )
    reads_clock = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def measure(self, start: Start) -> Figures:
        """Medians over processes; counts of one with the variant and of one without."""
        from statistics import median

        from patternbench.meters import instructions

        start({}, fresh=True)
        phases: dict[str, list[float]] = {each.name: [] for each in self.figures if each.unit == "s"}
        for _ in range(PROCESSES):
            outcome = start({}, fresh=True)
            first_call_s = float(outcome.answer["first_call_s"])
            phases["interpreter_s"].append(outcome.interpreter_s)
            phases["import_s"].append(outcome.import_s)
            phases["setup_s"].append(outcome.setup_s)
            phases["first_call_s"].append(first_call_s)
            phases["total_s"].append(outcome.import_s + outcome.setup_s + first_call_s)
        counted = None
        if instructions.METER.unavailable() is None:
            counted = instructions.whole(start, {}) - instructions.whole(start, {}, bare=True)
        return {**{name: median(values) for name, values in phases.items()}, "instructions": counted}

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - a meter's signature
        """The first call."""
        before = perf_counter()
        subject.call()
        return {"first_call_s": perf_counter() - before}


METER = StartupMeter()

__all__ = ["METER", "PROCESSES"]
