"""The headline cases of `caching` for asv."""

from __future__ import annotations

from pathlib import Path

from patternbench.faces.asv import benchmark_classes

globals().update(benchmark_classes([Path(__file__).parents[1] / "caching.py"], __name__))
