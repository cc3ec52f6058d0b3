"""The headline cases of `http_pooling` for asv."""

from __future__ import annotations

from pathlib import Path

from patternbench.faces.asv import benchmark_classes

globals().update(benchmark_classes([Path(__file__).parents[1] / "http_pooling.py"], __name__))
