"""`python -m patternbench` is the same as `patternbench`."""

from patternbench.cli.main import entry

entry()
