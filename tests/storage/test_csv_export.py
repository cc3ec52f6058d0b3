"""The table has a row per variant in each case, and reads back as it was written."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from patternbench.estimate import Memory, Ratio, Timing
from patternbench.session import (
    CaseResult,
    ComparisonResult,
    Environment,
    Machine,
    Session,
    SessionInfo,
    VariantResult,
)
from patternbench.storage.csv_export import COLUMNS, csv_text, inert, write_csv
from patternbench.verdict import Status, Verdict

TIMING = Timing(2e-7, 1e-7, 3e-7, 2e-7, 3e-7, 4e-7, 0.9, 10, 4, (2e-7,) * 21, (2e-7,), 0.0)


def a_session() -> Session:
    variants = (
        VariantResult("plain", Status.OK, Verdict.BASELINE, rank="1=", time=TIMING, counters={"opened": 1}),
        VariantResult(
            "odd",
            Status.OK,
            Verdict.SLOWER,
            time=TIMING,
            ratio=Ratio(1.5, 1.4, 1.6),
            memory=Memory(peak_bytes=1, allocations=2, bytes_per_object=3.5),
            notes=('says "a, b"', "and\nmore"),
        ),
    )
    left_out = CaseResult({"n": 2}, headline=False, status=Status.NOT_MEASURED, variants=(), reason="no server")
    case = CaseResult({"n": 1, "kind": "a,b"}, headline=True, status=Status.OK, variants=variants, noise_floor=0.01)
    comparison = ComparisonResult("s/C", "s", "C", "Which?", "", "plain", {"n": (1, 2)}, (), (case, left_out))
    environment = Environment("3.11", "cpython", "", {}, Machine("", 1, "", "", "", 1, ""), "f")
    return Session(SessionInfo("i", "2026-11-24T03:00:00Z", 1, "quick", "ok", 0), environment, (comparison,))


def test_a_row_per_variant_in_each_case(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_csv(a_session(), path)
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["variant"] for row in rows] == ["plain", "odd"]
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["ratio"] == ""
    assert json.loads(rows[0]["counters"]) == {"opened": 1}
    assert float(rows[1]["ratio_high"]) == 1.6
    assert rows[1]["notes"] == 'says "a, b" and\nmore'
    assert rows[1]["case"] == "n=1,kind=a,b"
    assert json.loads(rows[1]["params"]) == {"n": 1, "kind": "a,b"}
    assert float(rows[1]["bytes_per_object"]) == 3.5


def test_every_figure_of_every_meter_has_a_column() -> None:
    session = a_session()
    (comparison,) = session.comparisons
    case = comparison.cases[0]
    plain, odd = case.variants
    plain = replace(plain, meters={"startup": {"total_s": 0.5, "instructions": None}, "=x": {"y": "=1+1"}})
    odd = replace(odd, meters={"startup": {"not_measured": "no server"}})
    text = csv_text(replace(session, comparisons=(replace(comparison, cases=(replace(case, variants=(plain, odd)),)),)))
    first, second = csv.DictReader(io.StringIO(text))
    assert tuple(first)[: len(COLUMNS)] == COLUMNS
    assert (first["startup.total_s"], first["startup.instructions"], first["startup.not_measured"]) == ("0.5", "", "")
    assert (second["startup.total_s"], second["startup.not_measured"]) == ("", "no server")
    assert first["'=x.y"] == "'=1+1"


def test_a_case_that_was_left_out_makes_no_row_of_empty_figures() -> None:
    assert len(list(csv.DictReader(io.StringIO(csv_text(a_session()))))) == 2


@pytest.mark.parametrize(("cell", "written"), [("=1+1", "'=1+1"), ("@cmd", "'@cmd"), ("plain", "plain"), (-1.5, -1.5)])
def test_no_cell_is_a_formula(cell: object, written: object) -> None:
    assert inert(cell) == written
