"""compare, export and report work from stored sessions alone; nothing is measured again."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import shutil
from pathlib import Path

import pytest

from patternbench.cli.main import main
from patternbench.estimate import Ratio
from patternbench.session import Session
from patternbench.storage.document import read_document, validate, write_document


@pytest.fixture
def stored(session: Path) -> Path:
    (folder,) = (session / "reports" / "sessions").iterdir()
    return folder


def scaled(session: Session, factor: float, name: str, *, half: float = 0.001) -> Session:
    """The session with the ratio of one variant known to a tenth of a per cent, and times a factor."""
    ratio = Ratio(factor, factor * math.exp(-half), factor * math.exp(half))
    comparisons = tuple(
        dataclasses.replace(
            each,
            cases=tuple(
                dataclasses.replace(
                    case,
                    variants=tuple(
                        dataclasses.replace(variant, ratio=ratio, adjusted=ratio) if variant.name == name else variant
                        for variant in case.variants
                    ),
                )
                for case in each.cases
            ),
        )
        for each in session.comparisons
    )
    return dataclasses.replace(session, comparisons=comparisons)


@pytest.mark.parametrize(("factor", "code", "verdict"), [(1.0, 0, "same"), (1.3, 1, "slower"), (0.7, 0, "faster")])
def test_a_ratio_that_became_worse_is_a_regression(
    stored: Path, capsys: pytest.CaptureFixture[str], factor: float, code: int, verdict: str
) -> None:
    session = read_document(stored / "run.json")
    write_document(scaled(session, 1.0, "same"), Path("before.json"))
    write_document(scaled(session, factor, "same"), Path("after.json"))
    assert main(["compare", "before.json", "after.json", "--json"]) == code
    found = json.loads(capsys.readouterr().out)
    assert [each["verdict"] for each in found if each["variant"] == "same" and each["comparison"] == "trial/Trial"] == [
        verdict
    ]
    assert main(["compare", "before.json", "after.json"]) == code
    text = capsys.readouterr().out
    assert ("trial/Trial/same" in text) == (verdict != "same")
    assert f"{len(found)} ratios compared" in text


def test_a_session_does_not_differ_from_itself(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "newest"]) == 0
    assert "no change that this could tell" in capsys.readouterr().out


def test_sessions_of_two_environments_are_not_comparable(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = read_document(stored / "run.json")
    environment = dataclasses.replace(session.environment, python="3.99.0", fingerprint="other")
    write_document(dataclasses.replace(session, environment=environment), Path("other.json"))
    assert main(["compare", "newest", "other.json"]) == 4
    assert "not comparable: environment changed (python)" in capsys.readouterr().out
    assert main(["compare", "newest", "other.json", "--force"]) == 0


def test_a_session_is_found_by_id_start_folder_and_file(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = set()
    for name in ("newest", stored.name, stored.name[:12], str(stored), str(stored / "run.json")):
        assert main(["export", name, "--format", "json"]) == 0
        texts.add(capsys.readouterr().out)
    assert texts == {(stored / "run.json").read_text("utf-8")}


def test_an_id_that_starts_no_session_or_several_is_refused(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(stored, stored.with_name(stored.name + "0"))
    assert main(["export", stored.name[:10]]) == 2
    assert f"2 sessions start with {stored.name[:10]!r}" in capsys.readouterr().err
    assert main(["export", "1999"]) == 2
    assert "there is no session '1999'" in capsys.readouterr().err


def test_an_exported_table_has_a_line_for_each_variant(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    session = read_document(stored / "run.json")
    assert len(rows) == sum(len(case.variants) for each in session.comparisons for case in each.cases)
    assert main(["export", "--format", "csv", "--to", "table.csv"]) == 0
    assert capsys.readouterr().out == ""
    assert list(csv.DictReader(io.StringIO(Path("table.csv").read_text("utf-8")))) == rows


@pytest.mark.parametrize("form", ["csv", "json", "pyperf"])
def test_an_export_to_a_folder_that_is_not_there_is_a_wrong_call(
    stored: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert main(["export", "--format", form, "--to", "missing/there"]) == 2
    assert "there is no folder missing/" in capsys.readouterr().err


def test_an_exported_document_is_valid(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--format", "json"]) == 0
    validate(json.loads(capsys.readouterr().out))


def test_exported_samples_are_those_that_pyperf_reads(stored: Path) -> None:
    pyperf = pytest.importorskip("pyperf")
    assert main(["export", "--format", "pyperf", "--to", "samples.json"]) == 0
    exported = pyperf.BenchmarkSuite.load("samples.json")
    written = pyperf.BenchmarkSuite.load(str(stored / "pyperf.json"))
    assert sorted(exported.get_benchmark_names()) == sorted(written.get_benchmark_names())
    assert "trial/Trial/plain" in exported.get_benchmark_names()
    name = "trial/Trial/same"
    assert exported.get_benchmark(name).get_values() == written.get_benchmark(name).get_values()


def test_samples_need_a_file(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--format", "pyperf"]) == 2
    assert "name one with --to samples.json" in capsys.readouterr().err


def test_a_site_is_built_from_what_is_stored(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(session / "reports" / "site")
    assert main(["report"]) == 0
    said = capsys.readouterr()
    assert said.out.endswith("reports/site/index.html: 1 session\n")
    home = (session / "reports" / "site" / "index.html").read_text("utf-8")
    assert "Which of these goes wrong?" in home


def test_a_document_that_cannot_be_read_is_left_out_and_named(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = stored.with_name("19990101T000000Z-damaged")
    damaged.mkdir()
    (damaged / "run.json").write_text("{")
    assert main(["report"]) == 0
    said = capsys.readouterr()
    assert "left out: 19990101T000000Z-damaged: run.json is cut short" in said.err
    assert said.out.endswith(": 1 session\n")


def test_no_session_is_nothing_to_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report"]) == 4
    assert ": 0 sessions" in capsys.readouterr().out
    assert main(["compare", "newest"]) == 2
    assert "there is no session 'newest'" in capsys.readouterr().err
