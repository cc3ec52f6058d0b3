"""patternbench: which of these implementations, under which conditions, and could this run even tell?

The package in layers, lowest first; imports point down only (an import-linter contract holds the walls):

- `comparison`, `sample`, `estimate`, `verdict`, `environment`, `session`: the domain, frozen records without I/O;
- `statistics`: pure functions over numbers;
- `meters`: one way of measuring per module, behind one protocol;
- `experiment`: what is measured when, and how often;
- `storage`, `tracking`, `faces`: records to files, to asv and to pytest-benchmark;
- `report`, `cli`: records to text, pages and exit codes.

`backends` (honest stand-ins for what a pattern talks to) and `patterns` (the guide's code) know nothing of these.
A suite needs only the names below.
"""

from patternbench.comparison import Comparison, NotMeasured, variant
from patternbench.errors import HarnessError

__version__ = "0.1.0"

__all__ = ["Comparison", "HarnessError", "NotMeasured", "__version__", "variant"]
