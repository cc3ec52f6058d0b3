"""`patternbench versus`: what it says, writes and returns."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from patternbench.cli import versus_command
from patternbench.cli.main import main
from patternbench.experiment.interpreter import here as running
from patternbench.experiment.run import ComparisonRun
from patternbench.storage.document import read_document, validate

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")


def test_the_question_has_its_answer_and_nothing_is_left_behind(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versus", "-s", "x = list(range(300))", "len(x)", "sum(x)", "--no-check", "--seed", "3"]) == 0
    said = capsys.readouterr()
    assert "Which is fastest?" in said.out
    assert "Answer: " in said.out
    assert "ratio to sum(x)" in said.out
    assert "seed 3" in said.out
    assert "\x1b" not in said.out + said.err
    assert list(here.iterdir()) == []


def test_long_snippets_have_a_legend(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow, quick = "for each in range(1000):\n    str(each)", "''.join(map(str, range(3)))  # \u202e"
    main(["versus", slow, quick])
    said = capsys.readouterr().out
    assert said.startswith("a  for each in range(1000): str(each)\nb  ''.join(map(str, range(3))) # \\u202e\n")
    assert "ratio to b" in said


def test_json_on_standard_output_is_nothing_but_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["versus", "sum(x)", "max(x)", "-s", "x = [1] * n", "--params", "n=1,100", "--no-check", "--json", "-"])
    said = capsys.readouterr()
    document = json.loads(said.out)
    validate(document)
    assert code == document["session"]["code"] == 0
    (comparison,) = document["comparisons"]
    assert comparison["id"] == "versus/Snippets"
    assert comparison["baseline"] == "max(x)"
    assert [each["source"] for each in comparison["variants"]] == ["sum(x)", "max(x)"]
    assert [case["params"] for case in comparison["cases"]] == [{"n": 1}, {"n": 100}]
    assert document["session"]["selectors"] == ["sum(x)", "max(x)"]
    assert "Which is fastest?" in said.err


def test_one_snippet_on_two_interpreters(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same one twice, so that it is everywhere."""
    python = running().version
    assert main(["versus", "sum(range(500))", "--python", python, "--python", python, "--json", "out.json"]) == 0
    said = capsys.readouterr().out
    assert "Which Python runs it fastest: sum(range(500))" in said
    session = read_document(here / "out.json")
    assert [each.name for each in session.comparisons[0].variants] == [f"{python} #1", f"{python} #2"]
    assert session.environment.python == python
    assert all(each.summary == session.environment.build for each in session.comparisons[0].variants)
    assert str(Path.home()) not in (here / "out.json").read_text()


def test_functions_of_files_are_called(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "new.py").write_text("async def parse():\n    return sum(range(100))\n")
    (here / "old.py").write_text("def parse():\n    return sum(list(range(100)))\n")
    assert main(["versus", "new.py:parse", "old:parse", "-q"]) == 0
    assert "versus/Snippets: " in capsys.readouterr().out


def test_what_breaks_is_named_and_the_others_are_measured(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versus", "[1, nowhere]", "[1, 2, x]", "[1, 2, x, 4][:3]", "-s", "x = 3"]) == 3
    said = capsys.readouterr().out
    assert "[1, nowhere] is broken: the call raised NameError: name 'nowhere' is not defined" in said
    assert "same code twice" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["1 + 1", "2"], ["1 + 1 and 2 are broken: does nothing", "names that the set-up binds"]),
        (["x", "x + 1", "-s", "x = nowhere"], ["x and x + 1 are broken: setup raised NameError: name 'nowhere'"]),
        (["[x]", "[x, x]", "-s", "x = 1"], ["[x] is broken: does not agree", "[1] against [1, 1]", "--no-check"]),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_table(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert main(["versus", *arguments]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    for word in words:
        assert word in said.err
    assert len(said.err.splitlines()) <= 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["1 +", "x"], ["'1 +' is not Python", "mend the text"]),
        (["x", "y", "-s", "def f(:"], ["'def f(:' is not Python"]),
        (["x"], ["one snippet alone compares nothing", "--python"]),
        ([], ["there is nothing to measure", "versus"]),
        (["x", "no_such_module:f"], ["there is no module 'no_such_module'"]),
        (["x", "json:no_such"], ["json has no 'no_such'"]),
        (["x", "y", "--python", "3.2"], ["3.2"]),
        (["x", "y", "--params", "n"], ["'n' is no parameter", "NAME=V1,V2|AXIS=VALUE"]),
        (["x", "y", "--params", "n-1=2"], ["'n-1' is no name", "NAME=V1,V2"]),
        (["x", "y", "--seconds", "0"], ["--seconds"]),
        (["x", "y", "--json", "missing/out.json"], ["there is no folder missing/"]),
    ],
)
def test_a_wrong_call_is_one_sentence_with_a_remedy(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert main(["versus", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    for word in words:
        assert any(each in said.err for each in word.split("|"))
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 5


def test_an_interrupt_has_its_code(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ComparisonRun, "measure", interrupted)
    assert main(["versus", "len('a')", "len('b')"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_values_of_a_parameter_are_numbers_where_they_can_be() -> None:
    assert versus_command._axes(["n=1,2.5,-3", "kind=a,'b c',[1]"]) == {
        "n": (1, 2.5, -3),
        "kind": ("a", "b c", "[1]"),
    }
