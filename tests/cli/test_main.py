"""The command line as a whole: quick to start, and wrong calls end in code 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from patternbench import __version__
from patternbench.cli.main import COMMANDS, main


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not list threads")
def test_arithmetic_on_one_thread_is_nothing_that_suites_see(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = "import os, sys; from patternbench.cli.main import main; main(['run', '--help']); "
    seen += "print(len(os.listdir('/proc/self/task')), os.environ.get('OPENBLAS_NUM_THREADS'))"
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert subprocess.check_output([sys.executable, "-c", seen], text=True).splitlines()[-1] == "1 None"
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert subprocess.check_output([sys.executable, "-c", seen], text=True).splitlines()[-1].endswith(" 2")


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from patternbench.cli.main import main; main(['--help']); "
        "print([name for name in ('numpy', 'scipy', 'matplotlib', 'rich', 'jinja2', 'pyperf', 'memray') "
        "if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    for name, purpose in COMMANDS.items():
        assert f"{name} " in said
        assert purpose.split()[0] in said
    assert said.rstrip().endswith("[]")
    assert "130 interrupted" in " ".join(said.split())


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_shows_an_example_of_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    said = capsys.readouterr().out
    assert "Example:" in said
    assert f"patternbench {name}" in said.partition("Example:")[2]


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["runn"], ["run", "--fast"], ["export", "--format", "xml"]])
def test_a_wrong_call_has_code_2(here: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert arguments[-1] in said.err


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "patternbench", "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout


def test_a_reader_that_has_gone_is_no_error(here: Path) -> None:
    (here / "many.py").write_text(
        "from patternbench import Comparison, variant\n"
        'class Many(Comparison):\n    """Which?"""\n    baseline = "one"\n    params = {"size": range(6000)}\n'
        "    def setup(self, size): pass\n    @variant\n    def one(self): return print\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "patternbench", "list", "many.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.read(10)
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(60) == 0
