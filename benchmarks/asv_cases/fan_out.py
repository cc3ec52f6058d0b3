"""The headline cases of `fan_out` for asv."""

from __future__ import annotations

from pathlib import Path

from patternbench.faces.asv import benchmark_classes

globals().update(benchmark_classes([Path(__file__).parents[1] / "fan_out.py"], __name__))
