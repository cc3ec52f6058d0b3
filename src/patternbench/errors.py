"""The tree of errors that a user can meet; each says what was wrong and what to do.

HarnessError
├── DeclarationError      a suite file declares a comparison that cannot be run
├── SelectionError        a selector, option or argument names nothing that exists
├── DocumentError         a session, journal or other file cannot be read as what it claims to be
├── BrokenError           what was asked for broke, so that there is nothing to say of it
├── ToolMissingError      a command needs a tool or an extra that is not installed
└── WorkerError           a worker process could not be started or used at all

`patternbench.cli` catches the base class once, prints both sentences to standard error and exits with code 2.
Wrong calls from Python code stay `ValueError` or `TypeError`.
"""

from __future__ import annotations


class HarnessError(Exception):
    """Base of all errors meant for a user.

    Attributes:
        remedy: what the reader can do about it, one sentence, no trailing period.
    """

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (type(self), self.args[0], self.remedy))


def _rebuilt(kind: type[HarnessError], what: str, remedy: str) -> HarnessError:
    """Make an error again from its two sentences; keeps every subclass picklable."""
    return kind(what, remedy=remedy)


class DeclarationError(HarnessError):
    """A comparison is declared in a way that cannot be measured."""


class SelectionError(HarnessError):
    """A selector or an option names nothing that exists."""


class DocumentError(HarnessError):
    """A file is not the document that it claims to be."""


class BrokenError(HarnessError):
    """What was asked for broke while it was proven or measured."""


class ToolMissingError(HarnessError):
    """A tool or an optional dependency that the command needs is absent."""


class WorkerError(HarnessError):
    """A worker process could not be started, or died before it could be asked anything."""
