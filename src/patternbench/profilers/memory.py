"""Memory profiles by memray: what was held at the high-water mark, and which lines had asked for it.

Source: https://bloomberg.github.io/memray/.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from patternbench.errors import ToolMissingError
from patternbench.profilers.places import place

_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Allocator:
    """One line of code and what it held at the high-water mark.

    Attributes:
        name: function, file and line, without the machine's folders.
        held_bytes: at the high-water mark of the whole process.
        allocations: that those bytes were asked for with.
    """

    name: str
    held_bytes: int
    allocations: int


@dataclass(frozen=True, slots=True)
class MemoryProfile:
    """What memray saw of a process, from its start to its end.

    Attributes:
        peak_bytes: high-water mark.
        allocations: in all.
        allocators: by bytes held at the high-water mark, largest first.
        capture: memray's own file; holds paths of the machine and is for local use.
        flamegraph: memray's HTML, which opens without a network; it too is for local use.
    """

    peak_bytes: int
    allocations: int
    allocators: tuple[Allocator, ...]
    capture: Path
    flamegraph: Path


def record(module: Sequence[str], *, folder: Path) -> MemoryProfile:
    """Run a module under memray and keep its profile in `folder`.

    Args:
        module: name of a module and its arguments, as `python -m` takes them.

    Raises:
        ToolMissingError: memray is absent, or could not run here.
    """
    try:
        from memray import FileReader
    except ImportError as error:
        raise ToolMissingError(
            "memray cannot be imported, so memory profiles cannot be taken",
            remedy="pip install memray, on Linux or macOS",
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    capture, flamegraph = folder / "memory.bin", folder / "memory.html"
    _memray("run", "--force", "--quiet", "--trace-python-allocators", "-o", str(capture), "-m", *module)
    _memray("flamegraph", "--force", "--no-web", "-o", str(flamegraph), str(capture))
    with FileReader(str(capture)) as reader:
        held = [
            Allocator(_place(each.stack_trace(1)), each.size, each.n_allocations)
            for each in reader.get_high_watermark_allocation_records(merge_threads=True)
        ]
        metadata = reader.metadata
    return MemoryProfile(metadata.peak_memory, metadata.total_allocations, _merged(held), capture, flamegraph)


def _merged(held: Sequence[Allocator]) -> tuple[Allocator, ...]:
    """One entry per line of code, however many stacks led to it."""
    by_name: dict[str, Allocator] = {}
    for each in held:
        known = by_name.get(each.name, Allocator(each.name, 0, 0))
        by_name[each.name] = Allocator(
            each.name, known.held_bytes + each.held_bytes, known.allocations + each.allocations
        )
    return tuple(sorted(by_name.values(), key=lambda each: (-each.held_bytes, each.name)))


def _place(trace: Sequence[tuple[str, str, int]]) -> str:
    if not trace:
        return "(outside Python)"
    function, file, line = trace[0]
    return f"{function} ({place(file)}:{line})"


def _memray(*arguments: str) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "memray", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolMissingError(
            f"memray {arguments[0]} did not end within {_TIMEOUT_S:g} s", remedy="profile fewer calls"
        ) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ToolMissingError(
            f"memray {arguments[0]} failed ({place(said[-1]) if said else 'it wrote nothing'})",
            remedy="see whether python -m memray works here",
        )
