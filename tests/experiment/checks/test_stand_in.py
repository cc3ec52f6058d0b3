"""A function stands in for another wherever the suite knows that one, and leaves no trace."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from patternbench.experiment.checks.stand_in import StandIn


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, ModuleType]:
    """A library, and a suite that imported its function under another name."""
    library, suite = ModuleType("library"), ModuleType("suite_of_this_test")
    library.ask = lambda: "original"  # type: ignore[attr-defined]
    suite.asked = library.ask  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, suite.__name__, suite)
    return library, suite


def _louder(original: Callable[[], str]) -> Any:
    return lambda: original().upper()


def test_it_stands_in_under_every_name_until_it_is_removed(modules: tuple[ModuleType, ModuleType]) -> None:
    library, suite = modules
    stand_in = StandIn((library,), "ask", [suite.__name__], _louder)
    assert (library.ask(), suite.asked()) == ("original", "original")
    stand_in.put()
    assert (library.ask(), suite.asked()) == ("ORIGINAL", "ORIGINAL")
    stand_in.remove()
    assert (library.ask(), suite.asked()) == ("original", "original")


def test_what_someone_else_put_there_stays(modules: tuple[ModuleType, ModuleType]) -> None:
    library, suite = modules
    stand_in = StandIn((library,), "ask", [suite.__name__], _louder)
    stand_in.put()
    library.ask = lambda: "patched"  # type: ignore[attr-defined]
    stand_in.remove()
    assert (library.ask(), suite.asked()) == ("patched", "original")


def test_a_suite_without_a_module_is_no_obstacle(modules: tuple[ModuleType, ModuleType]) -> None:
    library, _ = modules
    stand_in = StandIn((library,), "ask", ["no_such_module"], _louder)
    stand_in.put()
    stand_in.remove()
    assert library.ask() == "original"
