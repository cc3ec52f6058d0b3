"""A suite file is imported once, and one that cannot be is named with the line."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patternbench.errors import DeclarationError, SelectionError
from patternbench.experiment.suite_file import comparisons, imported

SUITE = '''
from dataclasses import dataclass
from helper_beside import VALUE
from patternbench import Comparison, variant

@dataclass
class Thing:
    size: int = VALUE

class First(Comparison):
    """Which?"""
    baseline = "one"
    @variant
    def one(self): return Thing()

class Second(First):
    """Which now?"""
'''


@pytest.fixture(autouse=True)
def _imports_left_as_they_were(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "helper_beside.py").write_text("VALUE = 3\n")
    path = tmp_path / "things.py"
    path.write_text(SUITE)
    return path


def test_a_file_sees_its_neighbours_and_its_classes_can_be_pickled(suite: Path) -> None:
    module = imported(suite)
    assert module.Thing().size == 3
    assert pickle.loads(pickle.dumps(module.Thing(4))) == module.Thing(4)  # noqa: S301 - our own bytes


def test_only_the_outermost_comparisons_are_found(suite: Path) -> None:
    assert [(declared.id, declared.file.name) for _, declared in comparisons(suite)] == [("things/Second", "things.py")]


def test_the_working_directory_hides_no_library(suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "numpy.py").write_text("raise RuntimeError('the wrong one')\n")
    (elsewhere / "only_there.py").write_text("VALUE = 4\n")
    monkeypatch.chdir(elsewhere)
    suite.write_text("import numpy, only_there\n" + SUITE)
    assert len(comparisons(suite)) == 1
    assert sys.path[-1] == str(elsewhere)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.py", tmp_path):
        with pytest.raises(SelectionError) as refused:
            imported(path)
        assert refused.value.args[0] == f"there is no suite file {path.name}"
        assert refused.value.remedy == "name a Python file that exists"


def test_a_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(SelectionError, match=r"notes\.txt is not a Python file: name a file that ends in \.py"):
        imported(tmp_path / "notes.txt")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import os\nraise ValueError('no')\n", "line 2, cannot be imported (ValueError: no)"),
        ("\n\nimport does_not_exist\n", "line 3, cannot be imported (ModuleNotFoundError: No module named"),
        ("def broken(:\n", "cannot be imported (SyntaxError"),
        ("import sys\nsys.exit(3)\n", "line 2, cannot be imported (SystemExit: 3)"),
        ("def deep():\n    return 1 / 0\n\ndeep()\n", "line 2, cannot be imported (ZeroDivisionError"),
    ],
)
def test_a_file_that_cannot_be_imported_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(DeclarationError) as refused:
        comparisons(path)
    assert refused.value.args[0].startswith("bad.py")
    assert words in refused.value.args[0]
    assert str(tmp_path) not in str(refused.value)
    assert refused.value.remedy == "mend the file, or install what it needs"


def test_a_file_without_a_comparison_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.py"
    path.write_text("from patternbench import Comparison\n")
    with pytest.raises(DeclarationError, match=r"empty\.py declares no comparison: derive a class"):
        comparisons(path)


def test_a_declaration_error_keeps_its_own_sentence(tmp_path: Path) -> None:
    path = tmp_path / "twice.py"
    path.write_text(SUITE.replace("from helper_beside import VALUE", "VALUE = 1").replace("Second", "First"))
    with pytest.raises(DeclarationError, match=r"twice\.py: First has the name of an earlier comparison"):
        comparisons(path)
