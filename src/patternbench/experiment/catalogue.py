"""What there is to measure: suite files described by a process of their own, so that no suite runs in the parent.

Started as `python -m patternbench.experiment.catalogue FILE`, it prints one JSON object; `described` starts it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from patternbench import meters
from patternbench.comparison import Case, Declaration, Variant, label
from patternbench.errors import DeclarationError, HarnessError, SelectionError
from patternbench.experiment.interpreter import Interpreter, here
from patternbench.experiment.suite_file import comparisons

_TIMEOUT_S = 120
_AT_ONCE = 2
_MARK = "\x1epatternbench-catalogue\x1e"


def suite_files(folder: Path) -> list[Path]:
    """The suite files of a folder: Python files that speak of `Comparison`, faces and tests left out.

    Raises:
        SelectionError: the folder holds none.
    """
    found = [
        path
        for path in sorted(folder.glob("*.py"))
        if not path.name.startswith(("_", "test_", "asv_", "conftest")) and "Comparison" in path.read_text("utf-8")
    ]
    if not found:
        raise SelectionError(
            f"the folder {folder.name} holds no suite",
            remedy="name a suite file, or run from a folder with benchmarks/",
        )
    return found


def described(files: Iterable[Path], interpreter: Interpreter | None = None) -> list[Declaration]:
    """The declarations of all files, in their order, each file read by a process of its own.

    Args:
        interpreter: what those processes run in; None is the running one.

    Raises:
        DeclarationError: the first file or comparison that cannot be measured, or that asks for an unknown meter.
    """
    by_process = partial(_described_by_process, interpreter or here())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = [declared for each in pool.map(by_process, files) for declared in each]
    seen: dict[str, Path] = {}
    for declared in found:
        _check_meters(declared)
        if declared.id in seen:
            raise DeclarationError(
                f"{declared.file.name}: {declared.name} has the id {declared.id} of a comparison in another file",
                remedy="rename one of the two files",
            )
        seen[declared.id] = declared.file
    return found


def _check_meters(declared: Declaration) -> None:
    for name in declared.meters:
        if name not in meters.names():
            raise DeclarationError(
                f"{declared.file.name}: {declared.name} asks for the unknown meter {name!r}",
                remedy=f"choose from {', '.join(meters.names())}",
            )


def _described_by_process(interpreter: Interpreter, file: Path) -> list[Declaration]:
    if not file.is_file():
        raise SelectionError(f"there is no suite file {file.name}", remedy="name a Python file that exists")
    try:
        done = subprocess.run(
            [str(interpreter.executable), "-P", "-m", __name__, str(file.resolve())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=interpreter.environment(
                {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            ),
        )
    except subprocess.TimeoutExpired:
        raise DeclarationError(
            f"{file.name} was not imported within {_TIMEOUT_S} s", remedy="do no work while the file is imported"
        ) from None
    text = done.stdout.decode(errors="replace").rpartition(_MARK)[2]
    try:
        answer = json.loads(text)
    except ValueError:
        raise DeclarationError(
            f"{file.name} ended the process that imported it (exit code {done.returncode})",
            remedy="import the file by itself to see why",
        ) from None
    if "error" in answer:
        kind = SelectionError if answer["kind"] == "SelectionError" else DeclarationError
        raise kind(answer["error"], remedy=answer["remedy"])
    return [_rebuilt(each) for each in answer["declarations"]]


def main(arguments: list[str]) -> int:
    """Describe one suite file on standard output."""
    answer: dict[str, Any]
    try:
        answer = {"declarations": [_plain(declared) for _, declared in comparisons(Path(arguments[0]))]}
    except HarnessError as error:
        answer = {"error": error.args[0], "remedy": error.remedy, "kind": type(error).__name__}
    sys.stdout.write(_MARK + json.dumps(answer))
    return 0


def _plain(declared: Declaration) -> dict[str, Any]:
    """A declaration without what only its own process can hold: values become labels, functions are left out."""
    return {
        **{field.name: getattr(declared, field.name) for field in dataclasses.fields(declared)},
        "file": str(declared.file),
        "axes": {axis: [label(value) for value in values] for axis, values in declared.axes.items()},
        "variants": [
            {"name": each.name, "is_async": each.is_async, "summary": each.summary, "source": each.source}
            for each in declared.variants
        ],
        "cases": [{"index": case.index, "params": case.labels, "headline": case.headline} for case in declared.cases],
    }


def _rebuilt(plain: dict[str, Any]) -> Declaration:
    return Declaration(
        **{
            **plain,
            "file": Path(plain["file"]),
            "axes": {axis: tuple(values) for axis, values in plain["axes"].items()},
            "variants": tuple(Variant(**each) for each in plain["variants"]),
            "cases": tuple(Case(**each) for each in plain["cases"]),
            "meters": tuple(plain["meters"]),
        }
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
