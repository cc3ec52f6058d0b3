"""Suite files are described by processes of their own, so that nothing of them runs here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from patternbench.comparison import Declaration
from patternbench.errors import DeclarationError, SelectionError
from patternbench.experiment import catalogue
from patternbench.experiment.catalogue import described, suite_files

SUITE = '''
import math
from patternbench import Comparison, variant

print("a suite may print what it likes: {}")

class Sizes(Comparison):
    """Which?

    More.
    """
    guide = "3.1"
    baseline = "one"
    params = {"size": (1, 2), "kind": (int, math)}
    headline = {"size": 2}
    meters = ("time", "memory")

    def setup(self, size, kind): pass

    @variant(holds={"opened": lambda self: 3})
    def one(self):
        """The first."""
        return print

    @variant
    async def two(self): return print
'''


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "sizes.py"
    path.write_text(SUITE)
    return path


def test_a_description_holds_all_but_what_only_its_own_process_can(suite: Path) -> None:
    (declared,) = described([suite])
    assert isinstance(declared, Declaration)
    assert (declared.id, declared.question, declared.detail) == ("sizes/Sizes", "Which?", "More.")
    assert (declared.guide, declared.baseline, declared.meters) == ("3.1", "one", ("time", "memory"))
    assert declared.file == suite
    assert declared.axes == {"size": (1, 2), "kind": ("int", "math")}
    assert [case.key for case in declared.cases if case.headline] == ["size=2,kind=int"]
    assert declared.cases[3].labels == {"size": 2, "kind": "math"}
    assert [(each.name, each.is_async, each.summary) for each in declared.variants] == [
        ("one", False, "The first."), ("two", True, ""),
    ]  # fmt: skip
    assert "@variant" in declared.variants[1].source


def test_nothing_of_a_suite_runs_here(suite: Path, capfd: pytest.CaptureFixture[str]) -> None:
    described([suite])
    assert capfd.readouterr() == ("", "")
    assert "sizes" not in sys.modules
    assert str(suite.parent) not in sys.path


def test_several_files_keep_their_order(suite: Path) -> None:
    others = [suite.with_name(f"other{number}.py") for number in range(3)]
    for other in others:
        other.write_text(SUITE)
    assert [each.suite for each in described([others[2], suite, *others[:2]])] == [
        "other2",
        "sizes",
        "other0",
        "other1",
    ]


def test_two_files_of_one_name_are_refused(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    twin = tmp_path / "more" / "sizes.py"
    twin.write_text(SUITE)
    with pytest.raises(DeclarationError, match="has the id sizes/Sizes of a comparison in another file: rename one"):
        described([suite, twin])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import os; os._exit(7)", "ended the process that imported it (exit code 7): import the file by itself"),
        ("raise ValueError('no')", "line 1, cannot be imported (ValueError: no)"),
        ("x = 1", "declares no comparison"),
        (SUITE.replace('"one"', '"oen"'), "Sizes names the unknown baseline 'oen'"),
        (SUITE.replace('"memory"', '"watt"'), "Sizes asks for the unknown meter 'watt': choose from time, memory"),
    ],
)
def test_a_file_that_cannot_be_measured_is_named_with_its_reason(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(DeclarationError) as refused:
        described([path])
    assert str(refused.value).startswith("bad.py")
    assert words in str(refused.value)


def test_an_import_without_an_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "endless.py"
    path.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(catalogue, "_TIMEOUT_S", 0.3)
    with pytest.raises(DeclarationError, match=r"endless\.py was not imported within 0\.3 s"):
        described([path])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"there is no suite file none\.py"):
        described([tmp_path / "none.py"])


def test_a_folders_suites_are_told_from_its_tests_faces_and_helpers(tmp_path: Path) -> None:
    for name in ("b.py", "a.py", "_private.py", "test_cases.py", "asv_cases.py", "conftest.py", "notes.txt"):
        (tmp_path / name).write_text("from patternbench import Comparison")
    (tmp_path / "helper.py").write_text("VALUE = 1")
    assert [path.name for path in suite_files(tmp_path)] == ["a.py", "b.py"]


def test_a_folder_without_suites_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="holds no suite: name a suite file"):
        suite_files(tmp_path)
