"""py-spy over a loop: two files and a count of samples; a clear sentence where there is nothing to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from patternbench.errors import ToolMissingError, WorkerError
from patternbench.profilers import cpu

BUSY = "def busy():\n    while True: sum(range(1000))\nbusy()"


def recorded(command: list[str], out_dir: Path) -> cpu.CpuProfile:
    try:
        return cpu.record(command, 1, 100, out_dir)
    except WorkerError as error:
        if "may not read" in str(error):
            pytest.skip(str(error))
        raise


needs_tool = pytest.mark.skipif(cpu.unavailable() is not None, reason=str(cpu.unavailable()))


@needs_tool
def test_a_busy_program_is_sampled_in_both_formats(tmp_path: Path) -> None:
    found = recorded([sys.executable, "-c", BUSY], tmp_path / "new")
    assert found.samples > 10
    frames = json.loads(found.speedscope.read_text())["shared"]["frames"]
    assert "busy" in {frame["name"] for frame in frames}
    svg = found.flamegraph.read_text()
    assert svg.startswith("<?xml")
    assert "busy" in svg


@needs_tool
def test_a_program_that_already_runs_goes_on_afterwards(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY]) as process:
        try:
            found = cpu.attach(process.pid, 1, 100, tmp_path)
            assert found.samples > 10
            assert process.poll() is None
        except WorkerError as error:
            pytest.skip(str(error))
        finally:
            process.kill()


@needs_tool
def test_a_program_that_ends_at_once_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="py-spy"):
        recorded([sys.executable, "-c", "pass"], tmp_path)


def test_without_the_tool_the_remedy_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "_tool", lambda: None)
    assert cpu.unavailable() == "py-spy is not installed"
    with pytest.raises(ToolMissingError, match=r"patternbench\[profile\]"):
        cpu.record([sys.executable], 1, 100, tmp_path)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Error: Permission Denied: Try running again with elevated permissions", "SYS_PTRACE"),
        ("thread 'main' panicked: No stack counts found", "works for some seconds"),
        ("Error: something new", "something new"),
        ("", "said nothing"),
    ],
)
def test_what_the_tool_says_becomes_one_sentence(said: str, words: str) -> None:
    assert words in str(cpu._refusal(said))


def test_samples_are_counted_over_all_threads(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"profiles": [{"samples": [[1], [2]]}, {"samples": [[3]]}]}))
    assert cpu.sample_count(path) == 3
    path.write_text("")
    assert cpu.sample_count(path) == 0
