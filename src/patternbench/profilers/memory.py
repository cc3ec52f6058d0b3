"""Where the memory goes: memray runs a program and draws who held what when most was held."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from patternbench.errors import ToolMissingError, WorkerError
from patternbench.meters.memory import unavailable

_TIMEOUT_S = 600.0
_ROWS = 20


@dataclass(frozen=True, slots=True)
class Holder:
    """A place in the program, and what was held there when most was held.

    Attributes:
        function: name of the function that allocated.
        file: name of its file, without folders.
        line: in that file.
        size_bytes: held at the peak.
        allocations: number of blocks held.
    """

    function: str
    file: str
    line: int
    size_bytes: int
    allocations: int


@dataclass(frozen=True, slots=True)
class MemoryProfile:
    """One recording.

    Attributes:
        recording: memray's own file, for its other reports.
        flamegraph: an HTML page that needs no other file and no network.
        peak_bytes: most bytes held at once, by the whole program with its imports.
        allocations: over the whole run.
        holders: the largest at the peak, largest first.
    """

    recording: Path
    flamegraph: Path
    peak_bytes: int
    allocations: int
    holders: tuple[Holder, ...]


def record(command: Sequence[str], out_dir: Path, timeout_s: float = _TIMEOUT_S) -> MemoryProfile:
    """Run a Python program under memray and draw the picture.

    Args:
        command: arguments of the interpreter, `["-m", "package", …]` or `["script.py", …]`, with or without the
            interpreter itself in front; no shell.
        out_dir: where the files go; it is made where missing.
        timeout_s: longest that the program may run.

    Raises:
        ToolMissingError: memray cannot be imported.
        WorkerError: the program failed or took too long, or the picture could not be drawn.
    """
    reason = unavailable()
    if reason is not None:
        raise ToolMissingError(reason, remedy="install memray where it has a build, on Linux or macOS")
    out_dir.mkdir(parents=True, exist_ok=True)
    recording, flamegraph = out_dir / "memory.memray", out_dir / "memory.html"
    program = list(command[1:] if command and command[0] == sys.executable else command)
    _run(["run", "--force", "--quiet", "--trace-python-allocators", "--output", str(recording), *program], timeout_s)
    _run(["flamegraph", "--force", "--no-web", "--output", str(flamegraph), str(recording)], timeout_s)
    return _read(recording, flamegraph)


def _run(arguments: list[str], timeout_s: float) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "memray", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        raise WorkerError(
            f"memray {arguments[0]} took longer than {timeout_s:g} s", remedy="profile a shorter program"
        ) from None
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise WorkerError(
            f"memray {arguments[0]} failed ({lines[-1][:200] if lines else f'exit code {done.returncode}'})",
            remedy="run the program by itself to see whether it works",
        )


def _read(recording: Path, flamegraph: Path) -> MemoryProfile:
    """What the recording says, by place; stacks of the same place are one row."""
    from memray import FileReader

    held: dict[tuple[str, str, int], tuple[int, int]] = {}
    with FileReader(str(recording)) as reader:
        peak, allocations = reader.metadata.peak_memory, reader.metadata.total_allocations
        for each in reader.get_high_watermark_allocation_records(merge_threads=True):
            stack = each.stack_trace(max_stacks=1)
            function, file, line = stack[0] if stack else ("(outside Python)", "", 0)
            key = (function, Path(file).name, line)
            size, blocks = held.get(key, (0, 0))
            held[key] = (size + each.size, blocks + each.n_allocations)
    largest = sorted(held.items(), key=lambda item: (-item[1][0], item[0]))[:_ROWS]
    holders = tuple(Holder(*place, size, blocks) for place, (size, blocks) in largest)
    return MemoryProfile(recording, flamegraph, peak, allocations, holders)


__all__ = ["Holder", "MemoryProfile", "record", "unavailable"]
