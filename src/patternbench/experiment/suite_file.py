"""A suite file: imported once, its comparisons found and checked."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from patternbench.comparison import Comparison, Declaration, declaration, declared_in
from patternbench.errors import DeclarationError, SelectionError


def imported(path: Path) -> ModuleType:
    """Import a suite file under its stem, with its own folder importable, as running it would.

    The working directory is importable too, but last: nothing that lies there hides a library.

    The module is entered in `sys.modules`, so that classes it declares can be pickled.

    Raises:
        SelectionError: there is no such file.
        DeclarationError: the file cannot be imported; the sentence carries the exception.
    """
    if not path.is_file():
        raise SelectionError(f"there is no suite file {path.name}", remedy="name a Python file that exists")
    folder = str(path.parent.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    spec = importlib.util.spec_from_file_location(path.stem, path.resolve())
    if spec is None or spec.loader is None:
        raise SelectionError(f"{path.name} is not a Python file", remedy="name a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except DeclarationError:
        raise
    except (Exception, SystemExit) as error:
        line = _line_in(path, error)
        raise DeclarationError(
            f"{path.name}{line} cannot be imported ({type(error).__name__}: {error})",
            remedy="mend the file, or install what it needs",
        ) from error
    return module


def comparisons(path: Path) -> list[tuple[type[Comparison], Declaration]]:
    """Import a suite file and check every comparison that it declares.

    Raises:
        DeclarationError: one of them cannot be measured, or the file declares none.
    """
    found = [(cls, declaration(cls)) for cls in declared_in(imported(path))]
    if not found:
        raise DeclarationError(
            f"{path.name} declares no comparison", remedy="derive a class from patternbench.Comparison in it"
        )
    return found


def _line_in(path: Path, error: BaseException) -> str:
    """`, line N` of the last frame that stands in the file itself, or nothing."""
    line = ""
    trace = error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename) == path.resolve():
            line = f", line {trace.tb_lineno},"
        trace = trace.tb_next
    return line
