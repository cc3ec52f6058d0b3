"""The suites as asv finds them: headline cases, versions of their own source, n/a where they cannot be measured."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patternbench.experiment.catalogue import suite_files
from patternbench.faces import asv as face

SUITE = '''
"""A suite for tests."""
import asyncio
from contextlib import contextmanager
from patternbench import Comparison, NotMeasured, variant

class Sum(Comparison):
    """Which adds?"""
    baseline = "plain"
    params = {"n": (1, 2, 3), "kind": (int, float)}
    headline = {"n": (1, 3)}
    closed = 0

    @classmethod
    @contextmanager
    def backends(cls):
        yield {}
        cls.closed += 1

    def setup(self, n, kind):
        if n == 3:
            raise NotMeasured("three is too many")
        self.n = n

    @variant
    def plain(self):
        """Adds."""
        return sum(range(self.n))

    @variant
    async def awaited(self):
        await asyncio.sleep(0)
        return sum(range(self.n))

    @variant
    def wrong(self):
        return self.n + 7

class Bare(Comparison):
    """Without axes?"""
    baseline = "one"

    @variant
    def one(self):
        return str(1)

    @variant
    def other(self):
        return f"{self.__class__ and 1}"
'''


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("suites") / "sums_for_asv.py"
    path.write_text(SUITE)
    return dict(face.benchmark_classes([path], "benchmarks.asv_cases"))


def test_each_variant_has_a_time_a_peak_and_but_for_the_baseline_a_ratio(classes: dict[str, Any]) -> None:
    assert set(classes) == {"Sum", "SumRatios", "Bare", "BareRatios"}
    names = {name for cls in classes.values() for name in vars(cls) if name.startswith(("time_", "peakmem_", "track_"))}
    assert names == {
        *("time_plain", "time_awaited", "time_wrong", "time_one", "time_other"),
        *("peakmem_plain", "peakmem_awaited", "peakmem_wrong", "peakmem_one", "peakmem_other"),
        *("track_ratio_awaited", "track_ratio_wrong", "track_ratio_other"),
    }


def test_parameters_are_the_headline_as_labels(classes: dict[str, Any]) -> None:
    assert classes["Sum"].params == [[1, 3], ["int"]]
    assert classes["Sum"].param_names == ["n", "kind"]
    assert classes["Bare"].params == []


@pytest.mark.parametrize("name", ["time_plain", "time_awaited"])
def test_the_clock_moves_by_one_call_of_a_block(classes: dict[str, Any], name: str) -> None:
    function = vars(classes["Sum"])[name]
    function.setup(1, "int")
    try:
        before = function.timer()
        function(classes["Sum"](), 1, "int")
        assert 0 < function.timer() - before < face._BLOCK_NS * 1e-9
    finally:
        function.teardown(1, "int")


def test_backends_are_given_back(classes: dict[str, Any]) -> None:
    function = classes["Sum"].time_plain
    suite = sys.modules["sums_for_asv"].Sum
    closed = suite.closed
    function.setup(1, "int")
    function.teardown(1, "int")
    with pytest.raises(NotImplementedError, match="three is too many"):
        function.setup(3, "int")
    assert suite.closed == closed + 2


def test_a_variant_that_disagrees_fails(classes: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="returns 8 where the baseline plain returns 0"):
        classes["Sum"].time_wrong.setup(1, "int")


def test_a_ratio_is_looked_up_and_is_nan_where_there_is_none(classes: dict[str, Any]) -> None:
    function = vars(classes["SumRatios"])["track_ratio_awaited"]
    cache = {face._ratio_key((1, "int"), "awaited"): 1.5}
    assert function(classes["SumRatios"](), cache, 1, "int") == 1.5
    assert math.isnan(function(classes["SumRatios"](), cache, 3, "int"))
    assert function.unit == "ratio"


def test_a_version_follows_the_suites_own_source(classes: dict[str, Any]) -> None:
    assert classes["Bare"].time_one.version != classes["Bare"].time_other.version
    assert classes["Bare"].time_one.version == classes["Bare"].peakmem_one.version


def test_asv_tells_the_caches_apart_and_shows_the_variants_code(tmp_path: Path) -> None:
    pytest.importorskip("asv_runner")
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "sums.py").write_text(SUITE)
    real = Path(__file__).parents[2] / "benchmarks" / "asv_cases" / "records.py"
    (folder / "asv_cases").mkdir()
    (folder / "asv_cases" / "__init__.py").touch()
    (folder / "asv_cases" / "sums.py").write_text(real.read_text("utf-8").replace("records", "sums"), "utf-8")
    code = "import sys; from asv_runner.discovery import list_benchmarks; list_benchmarks(sys.argv[1], sys.stdout)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = {each["name"]: each for each in json.loads(done.stdout)}
    assert "return sum(range(self.n))" in found["asv_cases.sums.Sum.time_plain"]["code"]
    keys = {name: each["setup_cache_key"] for name, each in found.items() if "track_ratio" in name}
    assert len(set(keys.values())) == 2
    assert str(tmp_path) not in json.dumps(list(keys.values()))
    assert found["asv_cases.sums.Sum.time_plain"]["pretty_name"] == "sums/Sum: time plain"


def test_every_suite_has_its_face() -> None:
    benchmarks = Path(__file__).parents[2] / "benchmarks"
    faces = {path.name for path in (benchmarks / "asv_cases").glob("*.py")} - {"__init__.py"}
    assert faces == {path.name for path in suite_files(benchmarks)}
