"""Does it write to the terminal? What that costs depends on where the output goes."""

from __future__ import annotations

import sys
from typing import Any

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject

_STREAMS = ("stdout", "stderr")


class Output(Watch):
    """Stands before `sys.stdout` and `sys.stderr`, and lets everything through.

    Attributes:
        calls: for each call whether it wrote anything.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.calls: list[bool] = []
        self._listeners: dict[str, _Listener] = {}

    def before(self) -> None:
        for name in _STREAMS:
            stream = getattr(sys, name)
            if stream is not None:
                self._listeners[name] = _Listener(stream)
                setattr(sys, name, self._listeners[name])

    def after(self, result: object) -> None:
        self.calls.append(any(each.heard for each in self._listeners.values()))
        self.end()

    def end(self) -> None:
        for name, listener in self._listeners.items():
            if getattr(sys, name) is listener:
                setattr(sys, name, listener.stream)
        self._listeners.clear()


class _Listener:
    """A stream that remembers whether anything was written to it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.heard = False

    def write(self, text: str) -> Any:
        self.heard = self.heard or bool(text)
        return self.stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def prints(evidence: Evidence) -> str | None:
    """Output in every call, where the baseline has none."""
    if evidence.baseline is None:
        return None
    own, other = (all(trial.of(Output).calls) for trial in (evidence.own, evidence.baseline))
    if own and not other:
        return f"prints in every call, and {evidence.against} does not"
    if other and not own:
        return f"does not print, and {evidence.against} does so in every call"
    return None
