"""Who collects the garbage, and what is left for the collector to do? It is off while a block is timed."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from patternbench.experiment.checks.evidence import Evidence, body_of
from patternbench.experiment.checks.reach import modules_of
from patternbench.experiment.checks.stand_in import StandIn
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject

_FUNCTIONS = ("collect", "disable", "enable", "freeze", "set_threshold", "unfreeze")


class CollectorCalls(Watch):
    """Stands in for the functions of `gc` that change when garbage is collected.

    Attributes:
        calls: for each call the names of those that it used.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.calls: list[set[str]] = []
        self._now: set[str] = set()
        users = modules_of(subject.instance, subject.variant.name)
        self._stand_ins = [StandIn((gc,), name, users, self._noting(name)) for name in _FUNCTIONS]

    def before(self) -> None:
        self._now = set()
        for each in self._stand_ins:
            each.put()

    def after(self, result: object) -> None:
        self.calls.append(self._now)
        self.end()

    def end(self) -> None:
        for each in self._stand_ins:
            each.remove()

    @property
    def in_every_call(self) -> set[str]:
        """Names of the functions that each call used."""
        return set.intersection(*self.calls) if self.calls else set()

    def _noting(self, name: str) -> Callable[[Callable[..., Any]], Any]:
        def make(original: Callable[..., Any]) -> Any:
            def noting(*arguments: Any, **by_name: Any) -> Any:
                self._now.add(f"gc.{name}")
                return original(*arguments, **by_name)

            return noting

        return make


class Finalisers(Watch):
    """Collects the garbage that the calls left, and notices which `__del__` of the suite runs only then.

    Notices nothing where a profiler is at work.

    Attributes:
        run: their qualified names.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.run: set[str] = set()
        self._file = body_of(type(subject.instance), subject.variant.name).co_filename

    def end(self) -> None:
        if sys.getprofile() is not None:  # a profiler written in C could not be put back
            return
        sys.setprofile(self._notice)
        try:
            gc.collect()
        finally:
            sys.setprofile(None)

    def _notice(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name == "__del__" and code.co_filename == self._file:
            self.run.add(code.co_qualname)


def collects(evidence: Evidence) -> str | None:
    """A call of the collector by only one of the variant and its baseline."""
    if evidence.baseline is None:
        return None
    own = evidence.own.of(CollectorCalls).in_every_call
    other = evidence.baseline.of(CollectorCalls).in_every_call
    if extra := own - other:
        return f"calls {_names(extra)} in every call, and {evidence.against} does not"
    if extra := other - own:
        return f"does not call {_names(extra)}, and {evidence.against} does so in every call"
    return None


def leaves_finalisers(evidence: Evidence) -> str | None:
    """Work in `__del__` of objects in a cycle: only the collector gets at them."""
    run = evidence.own.of(Finalisers).run
    if not run:
        return None
    return f"leaves {_names(run)} to the garbage collector: that work is not timed"


def _names(names: set[str]) -> str:
    return " and ".join(sorted(names))
