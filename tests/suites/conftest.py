"""Lets the tests of the suites share `proof`, though tests are collected by path and cannot import one another."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.suites.proof import Fact


def _proof() -> Any:
    name = "patternbench_tests_suite_proof"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("proof.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def suite_proofs() -> Callable[..., list[Fact]]:
    """`proof.suite_proofs`: what one call of each variant of a suite showed, case by case."""
    function: Callable[..., list[Fact]] = _proof().suite_proofs
    return function
