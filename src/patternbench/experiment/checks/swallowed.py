"""Does it catch its own failure? Where nothing is returned, nothing else would tell."""

from __future__ import annotations

import sys
from time import perf_counter
from types import FrameType
from typing import Any

from patternbench.experiment.checks.evidence import Evidence, body_of
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject

_SLOW_S = 0.1
_USUAL = (StopIteration, StopAsyncIteration, GeneratorExit)
"""Exceptions by which the language ends loops and awaits."""


class Caught(Watch):
    """Traces the body, and nothing that it calls, in the second call: which exceptions reach it and do not leave it?

    Only where the first call returned None, and in less than a tenth of a second.

    Attributes:
        names: of the exceptions' classes.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.names: set[str] = set()
        self._code = body_of(type(subject.instance), subject.variant.name)
        self._calls = 0
        self._worth_it = False
        self._started = 0.0
        self._previous: Any = None
        self._tracing = False

    def before(self) -> None:
        self._started = perf_counter()
        if self._calls == 1 and self._worth_it:
            self._previous = sys.gettrace()
            self._tracing = True
            sys.settrace(self._of_a_call)

    def after(self, result: object) -> None:
        self.end()
        self._calls += 1
        self._worth_it = result is None and perf_counter() - self._started < _SLOW_S

    def end(self) -> None:
        if self._tracing:
            self._tracing = False
            sys.settrace(self._previous)

    def _of_a_call(self, frame: FrameType, event: str, _: Any) -> Any:
        if event != "call" or frame.f_code is not self._code:
            return None
        frame.f_trace_lines = False
        return self._inside

    def _inside(self, _: FrameType, event: str, argument: Any) -> Any:
        if event == "exception" and not issubclass(argument[0], _USUAL):
            self.names.add(argument[0].__name__)
        return self._inside


def swallows(evidence: Evidence) -> str | None:
    """Exceptions that end in the body of only one of the variant and its baseline."""
    if evidence.baseline is None:
        return None
    own, other = evidence.own.of(Caught).names, evidence.baseline.of(Caught).names
    if extra := own - other:
        return f"catches {_names(extra)} and returns nothing: it may be the failure that is timed"
    if extra := other - own:
        return f"fails less than {evidence.against}, which catches {_names(extra)} and returns nothing"
    return None


def _names(names: set[str]) -> str:
    return " and ".join(sorted(names))
