"""Libraries that a suite compares and a machine may lack: the variants that need one are left out, not the suite."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from patternbench.comparison import NotMeasured


class AbsentLibrary:
    """Stands in for a library that is not installed; whoever asks it for something is told so.

    Args:
        name: of the library.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        raise NotMeasured(f"{self._name} is not installed")


def optional_library(name: str) -> Any:
    """A module or, where it is not installed, a stand-in: a variant that uses it is then `not measured`.

    Call it where a suite's imports stand, so that a set of workers pays for the import once, and before any clock.

    Example:
        attrs = optional_library("attrs")
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        return AbsentLibrary(name.partition(".")[0])


def optional_value(build: Callable[[], Any]) -> Any:
    """What `build` gives or, where its library is not installed, a function that says so when a variant calls it.

    For what `setup` makes with an optional library, so that the other variants are set up all the same.
    """
    try:
        return build()
    except NotMeasured as reason:
        why = str(reason)

    def absent(*_: Any, **__: Any) -> Any:
        raise NotMeasured(why)

    return absent


__all__ = ["AbsentLibrary", "optional_library", "optional_value"]
