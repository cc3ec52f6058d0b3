"""The headline cases of `db_pooling` for asv."""

from __future__ import annotations

from pathlib import Path

from patternbench.faces.asv import benchmark_classes

globals().update(benchmark_classes([Path(__file__).parents[1] / "db_pooling.py"], __name__))
