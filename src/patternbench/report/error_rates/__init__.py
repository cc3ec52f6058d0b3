"""A self-check for readers: what it found in sentences and tables, for a terminal, a page and a document.

`tables` decides what is said; the others lay it out.
"""

from patternbench.report.error_rates.markdown import published
from patternbench.report.error_rates.tables import Table, answer, facts, tables
from patternbench.report.error_rates.terminal import print_self_check

__all__ = ["Table", "answer", "facts", "print_self_check", "published", "tables"]
