"""CPU profiles by py-spy, which samples a process from outside and so does not slow what it looks at.

Source: https://github.com/benfred/py-spy. Its capability is probed first: it may lack the permission to read another
process, or not know the interpreter.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from patternbench.errors import ToolMissingError
from patternbench.profilers.places import place

LEAST_SAMPLES = 100
"""With fewer samples a share of a tenth is known no better than plus or minus six points."""

_GRACE_S = 60.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One function of a profile.

    Attributes:
        name: the function, with file and line, without the machine's folders.
        own: share of samples in which it ran itself, 0 to 1.
        total: share of samples in which it stood anywhere on the stack.
    """

    name: str
    own: float
    total: float


@dataclass(frozen=True, slots=True)
class CpuProfile:
    """What py-spy saw.

    Attributes:
        samples: stacks taken.
        frames: by their own share, largest first.
        speedscope: file for https://www.speedscope.app, paths cut to package and file.
        flamegraph: the same as one SVG that needs nothing else.
    """

    samples: int
    frames: tuple[Frame, ...]
    speedscope: Path
    flamegraph: Path


def tool() -> str:
    """The py-spy of this environment, or the one on the search path.

    Raises:
        ToolMissingError: there is none.
    """
    beside = Path(sysconfig.get_path("scripts")) / "py-spy"
    found = str(beside) if beside.is_file() else shutil.which("py-spy")
    if found is None:
        raise ToolMissingError(
            "py-spy is not installed, so CPU profiles cannot be taken", remedy="pip install 'patternbench[profile]'"
        )
    return found


def record(command: Sequence[str], *, seconds: float, rate: int, folder: Path, native: bool = False) -> CpuProfile:
    """Run a command under py-spy and keep its profile in `folder`.

    Args:
        command: a program that does the work for about `seconds`; it is given no shell.
        rate: samples a second.
        native: take C frames too.

    Raises:
        ToolMissingError: py-spy is absent, may not read the process, or does not know the interpreter.
    """
    folder.mkdir(parents=True, exist_ok=True)
    speedscope, flamegraph = folder / "cpu.speedscope.json", folder / "cpu.svg"
    for form, path in (("speedscope", speedscope), ("flamegraph", flamegraph)):
        path.unlink(missing_ok=True)
        done = subprocess.run(
            [
                *(tool(), "record", "--rate", str(rate), "--format", form, "--output", str(path)),
                *(["--native"] if native else []),
                *("--", *command),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds + _GRACE_S,
            check=False,
        )
        if not path.is_file():
            said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            raise ToolMissingError(
                f"py-spy could not take a profile ({said[-1] if said else 'it wrote nothing'})",
                remedy="allow it to read other processes (root, or the ptrace permission), and profile for longer",
            )
    flamegraph.write_text(place(flamegraph.read_text("utf-8")), "utf-8")
    return _read(speedscope, flamegraph)


def _read(speedscope: Path, flamegraph: Path) -> CpuProfile:
    """Scrub the speedscope file where it lies, and count its frames."""
    document = json.loads(place(speedscope.read_text("utf-8")))
    speedscope.write_text(json.dumps(document), "utf-8")
    names = [_name(frame) for frame in document["shared"]["frames"]]
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    samples = 0
    for profile in document["profiles"]:
        for stack in profile["samples"]:
            samples += 1
            if stack:
                own[names[stack[-1]]] += 1
                total.update({names[index] for index in stack})
    frames = tuple(
        Frame(name, own[name] / samples, count / samples)
        for name, count in sorted(total.items(), key=lambda item: (-own[item[0]], -item[1], item[0]))
    )
    return CpuProfile(samples, frames, speedscope, flamegraph)


def _name(frame: dict[str, object]) -> str:
    file, line = frame.get("file"), frame.get("line")
    return f"{frame['name']} ({file}:{line})" if file else str(frame["name"])
