"""The figures of a page: each states its finding, carries its numbers, and follows the page's theme.

`canvas` is the one place that knows how matplotlib is bent to that; the other modules hold one kind of figure each.
"""

from patternbench.report.figures.distribution import distribution
from patternbench.report.figures.figure import Figure
from patternbench.report.figures.peer_power import peer_powers
from patternbench.report.figures.power import powers
from patternbench.report.figures.process_medians import process_medians
from patternbench.report.figures.ratio_intervals import ratio_intervals
from patternbench.report.figures.scaling import scaling
from patternbench.report.figures.time_memory import time_memory

__all__ = [
    "Figure",
    "distribution",
    "peer_powers",
    "powers",
    "process_medians",
    "ratio_intervals",
    "scaling",
    "time_memory",
]
