from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from types import ModuleType

import pytest

import patternbench

HEAVY = ("numpy", "scipy", "matplotlib", "rich", "jinja2", "click", "memray", "pyperf", "pytest", "asv")


def test_all_names_exactly_what_the_package_exposes() -> None:
    exposed = {
        name
        for name, value in vars(patternbench).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and name not in ("annotations", "Any", "Callable", "Sequence", "TYPE_CHECKING")
    }
    exposed |= patternbench._ON_DEMAND
    assert set(patternbench.__all__) == exposed | {"__version__"}


def test_all_is_sorted_and_names_nothing_twice() -> None:
    assert patternbench.__all__ == sorted(set(patternbench.__all__))


def test_every_public_name_says_what_it_is() -> None:
    undocumented = [
        name for name in patternbench.__all__ if name != "__version__" and not getattr(patternbench, name).__doc__
    ]
    assert undocumented == []


def test_the_installed_version_is_the_one_in_the_source() -> None:
    try:
        installed = version("patternbench")
    except PackageNotFoundError:
        pytest.skip("the source tree is on the path, the package is not installed")
    assert installed == patternbench.__version__


def test_the_package_tells_type_checkers_that_it_is_typed() -> None:
    assert files(patternbench).joinpath("py.typed").is_file()


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = f"import sys, patternbench; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert found.stdout.split() == []
