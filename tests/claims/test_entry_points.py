"""1.3: the exit code of a failure, by every way in."""

from __future__ import annotations

import subprocess
import sys

import pytest

FAILING = """
import runpy, sys
from patternbench.patterns.{kind}.command_line import cli
def work(args): raise FileNotFoundError(args.input)
cli.work = work
sys.argv = ["my_package", *{arguments}]
runpy.run_module("patternbench.patterns.{kind}.command_line", run_name="__main__")
"""


def run(kind: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = FAILING.format(kind=kind, arguments=arguments)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_python_m_hides_a_failure_from_whoever_looks_at_the_exit_code() -> None:
    printed, repaired = run("printed", "missing"), run("repaired", "missing")
    assert (printed.returncode, printed.stderr) == (0, "Error: missing\n")
    assert repaired.returncode == 1
    assert repaired.stderr.startswith("Error: FileNotFoundError: missing")


def test_only_the_repaired_one_can_show_where_it_failed() -> None:
    assert "Traceback" not in run("printed", "--verbose", "missing").stderr
    assert "in work" in run("repaired", "--verbose", "missing").stderr


@pytest.mark.parametrize("kind", ["printed", "repaired"])
def test_the_script_that_calls_main_passes_its_code_on(kind: str) -> None:
    script = (
        f"import sys; from patternbench.patterns.{kind}.command_line import cli\n"
        "def work(args): raise ValueError\n"
        "cli.work = work; sys.exit(cli.main(['missing']))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60).returncode == 1
