"""The folder of a contest, and what the engine makes of it, with real processes, and other Pythons if there are any."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patternbench.errors import DeclarationError, SelectionError
from patternbench.experiment.budget import Budget
from patternbench.experiment.interpreter import Interpreter, found, here
from patternbench.experiment.run import ComparisonRun
from patternbench.experiment.snippet import Carried, Contest, Snippet, asked, variant_names
from patternbench.experiment.snippet_suite import snippet_suite
from patternbench.session import CaseResult
from patternbench.verdict import Status, Verdict

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders go; nothing is left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="module")
def others() -> list[Interpreter]:
    """Two interpreters, the running one among them."""
    for version in ("3.13", "3.12", "3.11"):
        try:
            interpreter = found(version)
        except SelectionError:
            continue
        if interpreter.version != here().version:
            return [here(), interpreter]
    pytest.skip("no other Python is installed")


def a_contest(*texts: str, setup: str = "", check: bool = True) -> Contest:
    names = variant_names(texts)
    snippets = dict(zip(names, map(asked, texts), strict=True))
    return Contest("Which?", snippets, names[-1], setup, check)


def measured(contest: Contest, budget: Budget) -> CaseResult:
    with snippet_suite(contest) as chosen:
        run = ComparisonRun(chosen, budget, seed=1)
        run.measure()
        return run.result().cases[0]


def test_a_contest_is_a_comparison_whose_variants_are_its_snippets(scratch: Path) -> None:
    texts = ("'\"' * x", "'\\'' + \"'\" * x", "'''ä☃\n''' * x")
    with snippet_suite(replace(a_contest(*texts, setup="x = 3", check=False), summaries={"b": "the second"})) as chosen:
        (folder,) = scratch.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
        assert {path.name for path in folder.iterdir()} >= {"_patternbench_versus.py", "order.json"}
        assert chosen.declared.id == "versus/Snippets"
        assert chosen.variants == ("a", "b", "c")
        assert chosen.declared.baseline == "c"
        assert tuple(each.source for each in chosen.declared.variants) == texts
        assert [each.summary for each in chosen.declared.variants] == ["", "the second", ""]
        assert not chosen.alone
        assert not chosen.interpreters


def test_the_suites_own_text_never_holds_a_snippet(scratch: Path) -> None:
    with snippet_suite(a_contest('"""; raise SystemExit; """', "len('a')", check=False)):
        (folder,) = scratch.iterdir()
        assert "SystemExit" not in (folder / "_patternbench_versus.py").read_text()
        assert "SystemExit" in str(json.loads((folder / "order.json").read_text())["snippets"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 +", "'1 [+]' is not Python"),
        ("no_such_module_here:f", "there is no module 'no_such_module_here'"),
        ("nothing.py:f", "there is no file nothing.py"),
        ("json:dumps", "takes the argument 'obj'"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is(text: str, words: str) -> None:
    with pytest.raises(DeclarationError, match=words), snippet_suite(a_contest(text, "len('a')")):
        pass


def test_snippets_are_measured_under_their_own_text(tiny: Budget) -> None:
    case = measured(a_contest("sum(x)", "await later()", setup="x = [0] * 100\nasync def later(): return 0"), tiny)
    assert [each.name for each in case.variants] == ["sum(x)", "await later()"]
    assert [each.status for each in case.variants] == [Status.OK, Status.OK]
    assert case.variants[1].verdict is Verdict.BASELINE


def test_functions_of_the_working_directory_are_measured(
    tiny: Budget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine_here.py").write_text("def f(): return sum(range(50))\nasync def g(): return sum(range(50))\n")
    monkeypatch.chdir(tmp_path)
    case = measured(a_contest("mine_here:f", "mine_here.py:g"), tiny)
    assert [each.status for each in case.variants] == [Status.OK, Status.OK]


def test_a_page_can_show_the_code_of_every_kind_of_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine_to_show.py").write_text("def f():\n    return len('abc')\n")
    monkeypatch.chdir(tmp_path)
    mine = Carried("g", "\ndef g():\n    return len('ab')\n")
    snippets = {"a": asked("mine_to_show:f"), "b": asked("'abc'.upper()"), "c": Snippet("g", mine)}
    with snippet_suite(Contest("Which?", snippets, "c")) as chosen:
        assert [each.source for each in chosen.declared.variants] == [
            "def f():\n    return len('abc')",
            "'abc'.upper()",
            "def g():\n    return len('ab')",
        ]


def test_nothing_is_measured_where_nothing_is_left_to_compare(tiny: Budget) -> None:
    case = measured(a_contest("x + 1", "[y]", setup="x = y = 1"), tiny)
    assert [each.verdict for each in case.variants] == [Verdict.BROKEN, Verdict.NOT_MEASURED]
    assert case.variants[1].reason == "nothing is left to compare it with"
    assert case.sets == 0
    alone = measured(replace(a_contest("x + 1", "[y]", setup="x = y = 1"), alone=True), tiny)
    assert alone.variants[1].verdict is Verdict.BASELINE


def test_two_pythons_take_turns_in_every_set(tiny: Budget, others: list[Interpreter]) -> None:
    names = [each.version for each in others]
    contest = Contest(
        "Which Python?",
        dict.fromkeys(names, asked("sys.version_info[1] * sum(range(200))")),
        names[-1],
        setup="import sys",
        interpreters=dict(zip(names, others, strict=True)),
    )
    with snippet_suite(contest) as chosen:
        run = ComparisonRun(chosen, tiny, seed=1)
        run.measure()
        observed = run.observations[0]
        assert all({*names} <= {*done} for each in observed.sets for done in each.rounds)
        assert run.result().cases[0].variants[0].status is Status.OK
        assert len({each.hash_seed for each in observed.sets}) == len(observed.sets)


def test_each_python_runs_its_own_workers_with_one_hash_seed(
    tiny: Budget, others: list[Interpreter], tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    names = [each.version for each in others]
    statement = "len(note)"
    setup = (
        "import os, platform\n"
        "note = platform.python_version() + ' ' + os.environ['PYTHONHASHSEED'] + ' ' + str(hash('a'))\n"
        f"with open({str(seen)!r}, 'a') as file: file.write(note + '\\n')"
    )
    contest = Contest(
        "Which Python?",
        dict.fromkeys(names, asked(statement)),
        names[0],
        setup=setup,
        interpreters=dict(zip(names, others, strict=True)),
    )
    assert measured(contest, tiny).sets == 3
    lines = {tuple(line.split()) for line in seen.read_text().splitlines()}
    assert {version for version, *_ in lines} == {*names}
    for seed in {seed for _, seed, _ in lines}:
        assert len({version for version, other, _ in lines if other == seed}) == 2
        assert len({value for _, other, value in lines if other == seed}) == 1


def test_a_snippet_that_is_no_python_to_one_of_them_is_refused_with_its_version(
    others: list[Interpreter], tiny: Budget
) -> None:
    old, new = sorted(others, key=lambda each: [int(part) for part in each.version.split(".")])
    if not old.version.startswith("3.11."):
        pytest.skip("the grammar grew with 3.12")
    contest = Contest(
        "Which Python?",
        dict.fromkeys([old.version, new.version], asked("type X = int")),
        new.version,
        interpreters={each.version: each for each in others},
    )
    with pytest.raises(DeclarationError, match=f"in Python {old.version}, 'type X = int' is not Python"):
        measured(contest, tiny)
