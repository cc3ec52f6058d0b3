"""pyperf reads what is exported, and finds the same samples in the same processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyperf
import pytest

from patternbench.sample import SampleSeries
from patternbench.storage.pyperf_export import write_pyperf

SLOTS = SampleSeries(
    name="records/RecordConstruction[fields=3]/slots",
    runs=((2.0e-7, 2.1e-7), (2.2e-7, 2.3e-7)),
    calls_per_block=5000,
    units=10,
    warm_ups=((5e-7,), (4e-7,)),
    metadata={"hostname": "secret-host", "python_version": "3.11.7", "note": "two\nlines", "empty": ""},
)
PLAIN = SampleSeries(
    name="records/RecordConstruction[fields=3]/dataclass", runs=((3e-7, 3.1e-7), (3e-7, 3.2e-7)), calls_per_block=4000
)


def test_one_run_per_process_with_its_warm_ups(tmp_path: Path) -> None:
    path = tmp_path / "samples.json"
    write_pyperf(path, [PLAIN, SLOTS])
    suite = pyperf.BenchmarkSuite.load(str(path))
    bench = suite.get_benchmark(SLOTS.name)
    assert [run.values for run in bench.get_runs()] == [tuple(each) for each in SLOTS.runs]
    assert [run.warmups for run in bench.get_runs()] == [((5000, 5e-7),), ((5000, 4e-7),)]
    assert bench.get_unit() == "second"
    assert bench.get_loops() == 5000
    assert bench.get_inner_loops() == 10
    assert bench.get_total_duration() == pytest.approx((2.0e-7 + 2.1e-7 + 5e-7 + 2.2e-7 + 2.3e-7 + 4e-7) * 50000)


def test_the_metadata_names_no_place(tmp_path: Path) -> None:
    path = tmp_path / "samples.json"
    write_pyperf(path, [SLOTS])
    written = path.read_text()
    assert "secret-host" not in written
    assert sys.executable not in written
    assert json.loads(written)["metadata"]["note"] == "two lines"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["stats", "{new}"], "Number of run with values: 2"),
        (["hist", "{new}"], "slots"),
        (["compare_to", "{old}", "{new}"], "dataclass"),
    ],
)
def test_its_commands_read_the_file(tmp_path: Path, command: list[str], shown: str) -> None:
    files = {"old": str(tmp_path / "old.json"), "new": str(tmp_path / "new.json")}
    for name, factor in (("old", 1.0), ("new", 2.0)):
        slower = SampleSeries(PLAIN.name, tuple(tuple(each * factor for each in run) for run in PLAIN.runs), 4000)
        write_pyperf(Path(files[name]), [slower, SLOTS])
    line = [sys.executable, "-m", "pyperf", *(part.format(**files) for part in command)]
    done = subprocess.run(line, capture_output=True, text=True, check=True, timeout=120)
    assert shown in done.stdout
    assert not done.stderr


def test_two_series_of_one_name_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "samples.json"
    with pytest.raises(ValueError, match="slots"):
        write_pyperf(path, [SLOTS, SLOTS])
    assert not path.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"runs": ()},
        {"runs": ((),)},
        {"runs": ((0.0,),)},
        {"runs": ((float("nan"),),)},
        {"runs": ((1.0,),), "warm_ups": ((1.0,), (1.0,))},
        {"runs": ((1.0,),), "calls_per_block": 0},
    ],
)
def test_what_is_no_series_cannot_be_made(wrong: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"name": "x", "calls_per_block": 1} | wrong
    with pytest.raises(ValueError, match="x"):
        SampleSeries(**arguments)
