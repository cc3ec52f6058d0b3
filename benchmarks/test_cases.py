"""Every case of every suite in this folder as a test of pytest-benchmark, one table per case.

    pytest benchmarks/ --benchmark-only
    pytest benchmarks/ --benchmark-only -k RecordConstruction

The file is no suite: it declares nothing. What is measured stands in the suites, how in `patternbench.faces`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patternbench.experiment.catalogue import suite_files
from patternbench.faces.pytest_benchmark import Backends, measure, parameters, picked

TESTS = {one.id: one for one in picked(suite_files(Path(__file__).parent))}


@pytest.mark.parametrize("case", parameters(TESTS.values()))
def test_case(case: str, benchmark: Any, backends: Backends) -> None:
    """The variant agrees with the baseline; the table says how long it takes."""
    measure(benchmark, TESTS[case], backends)
