"""The headline cases of every suite in this folder, as asv sees them.

The file is no suite: it declares nothing. What is measured stands in the suites, how in `patternbench.faces`.
"""

from __future__ import annotations

from pathlib import Path

from patternbench.experiment.catalogue import suite_files
from patternbench.faces.asv import benchmark_classes

globals().update(benchmark_classes(suite_files(Path(__file__).parent), __name__))
