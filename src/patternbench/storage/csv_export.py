"""A session as one table for spreadsheets and data frames: a row per variant in each case."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from patternbench.session import CaseResult, ComparisonResult, Session, VariantResult
from patternbench.storage.replacement import replaced

Cell = TypeVar("Cell")
COLUMNS = (
    "comparison", "guide", "case", "params", "headline", "variant", "baseline", "status", "verdict", "rank",
    "ratio", "ratio_low", "ratio_high", "confidence", "noise_floor",
    "median_s", "low_s", "high_s", "p50_s", "p95_s", "p99_s", "cpu_share", "processes", "calls_per_block",
    "bytes_per_object", "peak_bytes", "allocations", "memory_not_measured",
    "counters", "reason", "notes",
)  # fmt: skip
"""The header. Times are seconds per operation, `params` and `counters` are JSON, an empty cell was not measured.

After these comes a column for each figure of each meter besides time and memory, such as `startup.total_s`.
"""


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(session: Session, path: Path) -> None:
    """Write the table as RFC 4180 text in UTF-8; an existing file is replaced.

    Raises:
        OSError: the file cannot be written.
    """
    replaced(path, csv_text(session).encode("utf-8", "backslashreplace"))


def csv_text(session: Session) -> str:
    """The table as text."""
    text = io.StringIO(newline="")
    rows = [row for comparison in session.comparisons for case in comparison.cases for row in _rows(comparison, case)]
    columns = dict.fromkeys((*COLUMNS, *(name for row in rows for name in row)))
    writer = csv.DictWriter(text, list(columns), restval="")
    writer.writerow({name: inert(name) for name in columns})
    writer.writerows({name: inert(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def inert(cell: Cell) -> Cell | str:
    """A cell that no spreadsheet takes for a formula: text that begins like one is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _rows(comparison: ComparisonResult, case: CaseResult) -> Iterator[dict[str, object]]:
    shared: dict[str, object] = {
        "comparison": comparison.id,
        "guide": comparison.guide,
        "case": ",".join(f"{axis}={value}" for axis, value in case.params.items()),
        "params": json.dumps(case.params),
        "headline": case.headline,
        "baseline": comparison.baseline,
        "noise_floor": case.noise_floor,
    }
    for variant in case.variants:
        yield shared | _figures(variant, case)


def _figures(variant: VariantResult, case: CaseResult) -> dict[str, object]:
    row: dict[str, object] = {
        "variant": variant.name,
        "status": variant.status.value,
        "verdict": variant.verdict.value,
        "rank": variant.rank,
        "counters": json.dumps(variant.counters) if variant.counters else "",
        "reason": variant.reason or case.reason,
        "notes": " ".join(variant.notes),
    }
    if variant.ratio is not None:
        ratio = variant.ratio
        row |= {"ratio": ratio.point, "ratio_low": ratio.low, "ratio_high": ratio.high, "confidence": ratio.confidence}
    if variant.time is not None:
        named = ("median_s", "low_s", "high_s", "p50_s", "p95_s", "p99_s", "cpu_share", "processes", "calls_per_block")
        row |= {name: getattr(variant.time, name) for name in named}
    if variant.memory is not None:
        memory = variant.memory
        row |= {name: getattr(memory, name) for name in ("bytes_per_object", "peak_bytes", "allocations")}
        row["memory_not_measured"] = memory.not_measured
    for meter, figures in variant.meters.items():
        row |= {f"{meter}.{name}": value for name, value in figures.items()}
    return row


__all__ = ["COLUMNS", "csv_text", "write_csv"]
