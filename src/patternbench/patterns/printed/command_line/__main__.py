"""Entry point for python -m my_package.

Defect kept: what `main` returns is dropped, so that a failure ends with exit code 0.
"""

from patternbench.patterns.printed.command_line.cli import main

if __name__ == "__main__":
    main()
