"""`patternbench list` names every case of every suite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patternbench.cli.main import main
from patternbench.experiment.catalogue import suite_files

ROOT = Path(__file__).parents[2]


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main(["list", "--json", *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    found: list[dict[str, object]] = json.loads(said.out)["comparisons"]
    return found


def test_every_case_of_a_file_is_named(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {each["id"]: each for each in listed(capsys, "trial.py")}
    assert set(found) >= {"trial/Trial", "trial/Cases", "trial/Shared", "trial/Workers"}
    assert found["trial/Cases"]["cases"] == [
        {"id": f"trial/Cases[size={size}]", "params": {"size": size}, "headline": size == 1} for size in (1, 2, 3)
    ]
    assert found["trial/Cases"]["variants"] == ["plain", "same"]
    assert found["trial/Cases"]["question"] == "Which sizes can be had?"


def test_text_marks_baseline_and_headline(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "trial.py", "trial/Cases"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "trial/Cases — Which sizes can be had?",
        "  variants: plain (baseline), same",
        "  case: size=1 *",
        "  case: size=2",
        "  case: size=3",
        "1 comparisons, 3 cases; * is measured by the quick run",
    ]


def test_selectors_and_headlines_choose(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (only,) = listed(capsys, "trial.py", "trial/Cases/same", "--headline")
    assert only["variants"] == ["plain", "same"]
    assert [each["id"] for each in only["cases"]] == ["trial/Cases[size=1]"]  # type: ignore[attr-defined]


def test_the_guides_own_suites_are_all_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for needed in ("httpx", "sqlalchemy", "pydantic", "attrs", "msgspec", "cachetools"):
        pytest.importorskip(needed)
    monkeypatch.chdir(ROOT)
    found = listed(capsys)
    assert {str(each["id"]).partition("/")[0] for each in found} == {
        path.stem for path in suite_files(ROOT / "benchmarks")
    }
    assert all(each["cases"] and len(each["variants"]) > 1 for each in found)  # type: ignore[arg-type]
    ids = [case["id"] for each in found for case in each["cases"]]  # type: ignore[attr-defined]
    assert len(ids) == len(set(ids))


def test_a_pattern_that_names_nothing_is_a_wrong_call(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "trial.py", "trial/Case"]) == 2
    assert (
        capsys.readouterr().err == "patternbench: nothing matches 'trial/Case'\n  remedy: did you mean trial/Cases?\n"
    )
