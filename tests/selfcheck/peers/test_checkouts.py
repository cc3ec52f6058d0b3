"""Two checkouts that differ in the number of repetitions alone, and are gone afterwards."""

from __future__ import annotations

import atexit
import difflib
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from patternbench.selfcheck.peers.checkouts import ADDRESSES, checked_out, subject_text
from patternbench.selfcheck.peers.command import run_command
from patternbench.selfcheck.units import UNITS


def test_the_sides_differ_in_their_repetitions_alone() -> None:
    with checked_out("sort", 5) as checkouts:
        old, new = ((side / "subject.py").read_text() for side in (checkouts.old, checkouts.new))
    changed = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]
    loops, more = UNITS["sort"].repetitions(5)
    assert more * 100 == loops * 105
    assert changed == [
        f'- """What is timed: {loops} repetitions of sort."""',
        f'+ """What is timed: {more} repetitions of sort."""',
        f"-     return _work({loops})",
        f"+     return _work({more})",
    ]


def test_identical_code_is_identical() -> None:
    with checked_out("gather", 0) as checkouts:
        assert checkouts.old_text == checkouts.new_text
        assert (checkouts.old / "subject.py").read_bytes() == (checkouts.new / "subject.py").read_bytes()


def test_both_sides_get_the_benchmark_and_nothing_is_left() -> None:
    with checked_out("sort", 5) as checkouts:
        checkouts.add({"bench.py": "import subject\n"})
        folder = checkouts.folder
        assert [(side / "bench.py").is_file() for side in (checkouts.old, checkouts.new)] == [True, True]
    assert not folder.exists()


@pytest.mark.parametrize("name", UNITS)
def test_a_call_does_all_repetitions_and_opens_its_work_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    asked: list[int] = []
    ending: list[Callable[[], object]] = []

    def prepared(addresses: Any) -> Iterator[Any]:
        opened.append(addresses)

        async def awaited(repetitions: int) -> None:
            asked.append(repetitions)

        yield awaited if UNITS[name].is_async else asked.append

    monkeypatch.setenv(ADDRESSES, '{"echo": "127.0.0.1:9"}')
    monkeypatch.setattr(atexit, "register", ending.append)
    subject = tmp_path / "subject.py"
    subject.write_text(subject_text(name, 7))
    found = runpy.run_path(str(subject))
    found["call"].__globals__[name] = prepared
    assert opened == []  # not by the import
    found["call"]()
    found["call"]()
    assert asked == [7, 7]
    assert opened == [{"echo": "127.0.0.1:9"} if UNITS[name].served else {}]
    for end in ending:
        end()


def test_what_is_timed_imports_nothing_of_the_harness(tmp_path: Path) -> None:
    for name in UNITS:
        (tmp_path / f"{name}.py").write_text(subject_text(name, 5))
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {', '.join(UNITS)}; print(*sys.modules)"
    finished = run_command((sys.executable, "-c", program), tmp_path, variables={}, timeout_s=60)
    assert finished.errors == ""
    loaded = finished.output.split()
    assert "sqlite3" in loaded
    assert not any(each.startswith("patternbench.") for each in loaded)
