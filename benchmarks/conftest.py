"""pytest-benchmark over the suites of this folder: `pytest benchmarks/ --benchmark-only`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patternbench.faces.pytest_benchmark import Backends, held_backends, shorten


def pytest_configure(config: pytest.Config) -> None:
    """Short rounds, so that all cases take minutes; options on the command line win."""
    shorten(config)


@pytest.fixture(scope="session")
def backends() -> Iterator[Backends]:
    """What the comparisons share: one at a time, for as long as its tests last."""
    with held_backends() as held:
        yield held
