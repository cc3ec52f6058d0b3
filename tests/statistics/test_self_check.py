"""The same code twice, over a session."""

from __future__ import annotations

import math

import pytest

from patternbench.estimate import Ratio
from patternbench.session import CaseResult
from patternbench.statistics.self_check import self_check
from patternbench.verdict import Status


def case(twin: Ratio | None) -> CaseResult:
    return CaseResult({}, headline=True, status=Status.OK, variants=(), self_check=twin)


def test_nothing_measured_checks_nothing() -> None:
    assert self_check([]) is None
    assert self_check([case(None)]) is None


def test_one_case_gives_its_own_twin() -> None:
    twin = Ratio(1.01, 0.99, 1.03)
    assert self_check([case(None), case(twin)]) is twin


def test_two_cases_by_hand() -> None:
    """Log ratios 0.02 and -0.01: mean 0.005, error 0.015; t(0.975, 1) is 12.7062. Widths of the cases do not count."""
    found = self_check([case(Ratio(math.exp(0.02), 1.0, 9.0)), case(Ratio(math.exp(-0.01), 0.1, 1.0))])
    assert found is not None
    assert math.log(found.point) == pytest.approx(0.005)
    assert found.half_width == pytest.approx(12.7062 * 0.015, rel=1e-5)
    assert found.confidence == 0.95
