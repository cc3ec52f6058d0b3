"""A unit cut out of the file of all units does what it did there, instruction for instruction."""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from patternbench.selfcheck.peers.source import cut_out, unit_source
from patternbench.selfcheck.units import UNITS, served

MODULE = '''
"""A module."""
from __future__ import annotations
import os, sys
import json as j
from typing import Any
from pathlib import Path, PurePath

LIMIT, OTHER = 3, 4
print("loaded")

class Base:
    size: Any = LIMIT

class Derived(Base):
    pass

def helper(number: int) -> Path:
    return PurePath(str(number))

def unrelated() -> None:
    sys.exit()

@registered("x")
def wanted(values: Any) -> Any:
    """Wanted."""
    found: list[Any] = [helper(each) for each in values]
    return Derived, found, os.sep
'''


@pytest.fixture(scope="module")
def addresses() -> Iterator[Mapping[str, str]]:
    with served() as found:
        yield found


def loaded(source: str) -> dict[str, Any]:
    module = sys.modules["cut_out_subject"] = types.ModuleType("cut_out_subject")
    exec(compile(source, "subject.py", "exec"), module.__dict__)  # noqa: S102 - our own source
    return vars(module)


def test_only_what_a_function_leads_to_is_taken() -> None:
    source = cut_out(MODULE, "wanted")
    names = loaded(source)
    assert {"wanted", "helper", "Base", "Derived", "LIMIT", "os", "PurePath"} <= names.keys()
    assert not {"sys", "j", "Any", "Path", "unrelated"} & names.keys()
    assert "registered" not in source
    assert "loaded" not in source


def test_what_was_taken_works() -> None:
    derived, found, _ = loaded(cut_out(MODULE, "wanted"))["wanted"]([1, 2])
    assert derived.size == 3
    assert [str(each) for each in found] == ["1", "2"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_does_the_very_same_work(name: str, addresses: Mapping[str, str]) -> None:
    unit = UNITS[name]
    prepared = loaded(unit_source(name))[name](addresses)
    with unit.opened(addresses) as original, closing(prepared):
        work = next(prepared)
        assert isinstance(work, types.FunctionType)
        assert isinstance(original, types.FunctionType)
        assert work.__code__.co_code == original.__code__.co_code
        results = [each(unit.repetitions(0)[0]) for each in (work, original)]
        if unit.is_async:
            results = [asyncio.run(each) for each in results]
    assert repr(results[0]) == repr(results[1])


def test_there_is_no_source_of_an_unknown_unit() -> None:
    with pytest.raises(KeyError):
        unit_source("nothing")
