"""Entry point for `python -m`: the exit code is what `main` returned."""

from __future__ import annotations

import sys

from patternbench.patterns.repaired.command_line.cli import main

if __name__ == "__main__":
    sys.exit(main())
