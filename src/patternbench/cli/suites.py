"""The suites that a command line names: files given by path, or those of `benchmarks/` in the working directory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from patternbench.comparison import Declaration
from patternbench.errors import SelectionError
from patternbench.experiment.catalogue import described, suite_files
from patternbench.experiment.selection import split

FOLDER = Path("benchmarks")


def found(selectors: Sequence[str]) -> tuple[list[Declaration], list[str]]:
    """All declarations that selectors may choose from, and the selectors that are patterns.

    Raises:
        SelectionError: no file is named, and there is no folder of suites here.
        DeclarationError: a suite cannot be measured.
    """
    paths, patterns = split(selectors)
    files: list[Path] = []
    for path in paths:
        files += suite_files(path) if path.is_dir() else [path]
    if not files:
        if not FOLDER.is_dir():
            raise SelectionError(
                "there is no folder benchmarks here, and no suite file was named",
                remedy="name a suite file, such as: patternbench run my_suite.py",
            )
        files = suite_files(FOLDER)
    return described(dict.fromkeys(files)), patterns


def parameters(pairs: Sequence[str]) -> dict[str, str]:
    """`AXIS=VALUE` pairs as a mapping.

    Raises:
        SelectionError: one of them is none.
    """
    for pair in pairs:
        if "=" not in pair:
            raise SelectionError(f"{pair!r} is no parameter", remedy="write AXIS=VALUE, such as --params fields=30")
    return dict(pair.split("=", 1) for pair in pairs)
