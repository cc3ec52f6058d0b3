"""1.2: a package that imports late. Each test runs in a fresh interpreter, as what is imported stays imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from patternbench.patterns.printed import lazy_package as printed
from patternbench.patterns.repaired import lazy_package as repaired

PRINTED, REPAIRED = printed.__name__, repaired.__name__


def says(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@pytest.mark.parametrize("package", [PRINTED, REPAIRED])
def test_the_heavy_module_is_imported_when_it_is_asked_for(package: str) -> None:
    loaded = f"'{package}.heavy' in sys.modules"
    program = f"import sys, {package} as p; before = {loaded}; p.HeavyClass; print(before, {loaded})"
    assert says(program) == "False True"


@pytest.mark.parametrize("package", [PRINTED, REPAIRED])
def test_a_name_that_is_not_there_is_named(package: str) -> None:
    program = f"import {package} as p\ntry: p.HeavyKlass\nexcept AttributeError as e: print(e)"
    assert says(program) == f"module '{package}' has no attribute 'HeavyKlass'"


def test_only_the_repaired_one_keeps_what_it_found() -> None:
    program = "import {0} as p; p.HeavyClass; print('HeavyClass' in vars(p))"
    assert says(program.format(PRINTED)) == "False"
    assert says(program.format(REPAIRED)) == "True"


def test_only_the_repaired_one_lists_the_class() -> None:
    program = "import {0} as p; print('HeavyClass' in dir(p))"
    assert says(program.format(PRINTED)) == "False"
    assert says(program.format(REPAIRED)) == "True"


def test_a_star_import_of_the_printed_one_loads_everything() -> None:
    program = "import sys; from {0} import *; print('{0}.heavy' in sys.modules)"
    assert says(program.format(PRINTED)) == "True"
    assert says(program.format(REPAIRED)) == "False"


def test_only_the_repaired_one_leaves_typing_alone() -> None:
    """Each file is executed by itself, since the packages above it import typing."""
    program = (
        "import sys\n"
        "before = 'typing' in sys.modules\n"
        "exec(compile(open({0!r}).read(), 'package', 'exec'), {{'__name__': 'package'}})\n"
        "print(before, 'typing' in sys.modules)"
    )
    assert says(program.format(printed.__file__)) == "False True"
    assert says(program.format(repaired.__file__)) == "False False"


@pytest.mark.parametrize("package", [PRINTED, REPAIRED])
def test_threads_that_ask_at_once_get_one_class(package: str) -> None:
    program = (
        f"import {package} as p; from concurrent.futures import ThreadPoolExecutor as T\n"
        "with T(8) as pool: print(len(set(pool.map(lambda _: p.HeavyClass, range(64)))))"
    )
    assert says(program) == "1"
