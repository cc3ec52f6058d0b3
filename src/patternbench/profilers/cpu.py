"""Where the time goes: py-spy samples the stacks of a running program from outside it.

The program is not changed, and its own speed hardly is; but a machine that samples is busier, so nothing is timed
meanwhile. What runs for less than some hundred samples says nothing: let it work in a loop.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from patternbench.errors import ToolMissingError, WorkerError
from patternbench.places import without_paths

_GRACE_S = 30.0
_REMEDY_INSTALL = "install it with: python -m pip install 'patternbench[profile]'"


@dataclass(frozen=True, slots=True)
class Frame:
    """One function of a recording.

    Attributes:
        name: function, file and line, without the machine's folders.
        own: share of samples in which it ran itself, 0 to 1.
        total: share of samples in which it stood anywhere on the stack.
    """

    name: str
    own: float
    total: float


@dataclass(frozen=True, slots=True)
class CpuProfile:
    """One recording.

    Attributes:
        speedscope: a JSON file in the format of speedscope.
        flamegraph: the same as an SVG that needs no other file.
        frames: by their own share, largest first.
        samples: stacks that were recorded; few mean that the program ended early or mostly waited.
        seconds: how long was asked for.
        rate: samples a second that were asked for.
    """

    speedscope: Path
    flamegraph: Path
    frames: tuple[Frame, ...]
    samples: int
    seconds: float
    rate: int


def unavailable() -> str | None:
    """Why py-spy cannot be used here, or None where it can, as far as can be told without running it."""
    if _tool() is None:
        return "py-spy is not installed"
    if sys.platform == "darwin" and os.geteuid() != 0:
        return "py-spy may read another process on macOS only as root"
    return None


def record(command: Sequence[str], seconds: float, rate: int, out_dir: Path) -> CpuProfile:
    """Run a command twice, once for each format, and sample it; it is ended after `seconds`.

    Args:
        command: what to run, no shell; it should work for longer than `seconds`.
        seconds: how long to sample, from the program's start.
        rate: samples a second.
        out_dir: where the two files go; it is made where missing.

    Raises:
        ToolMissingError: py-spy is not installed.
        WorkerError: it may not read the process, the command failed, or no sample was taken; the sentence says which.
    """
    return _profile(["--", *command], seconds, rate, out_dir)


def attach(pid: int, seconds: float, rate: int, out_dir: Path) -> CpuProfile:
    """The same over a process that already runs, which goes on afterwards; raises as `record` does."""
    return _profile(["--pid", str(pid)], seconds, rate, out_dir)


def sample_count(speedscope: Path) -> int:
    """Stacks in a speedscope file, over all of its threads; 0 for a file that is empty or none."""
    try:
        document = json.loads(speedscope.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return sum(len(profile.get("samples", ())) for profile in document.get("profiles", ()))


def frames(speedscope: Path) -> tuple[Frame, ...]:
    """The functions of a speedscope file, with the share of samples that each had; empty where there is none."""
    document = json.loads(speedscope.read_text(encoding="utf-8"))
    names = [_name(frame) for frame in document["shared"]["frames"]]
    stacks = [[names[index] for index in stack] for profile in document["profiles"] for stack in profile["samples"]]
    own = Counter(stack[-1] for stack in stacks if stack)
    total = Counter(name for stack in stacks for name in set(stack))
    found = [Frame(name, own[name] / len(stacks), count / len(stacks)) for name, count in total.items()]
    return tuple(sorted(found, key=lambda frame: (-frame.own, -frame.total, frame.name)))


def _name(frame: dict[str, object]) -> str:
    return f"{frame['name']} ({frame['file']}:{frame.get('line')})" if frame.get("file") else str(frame["name"])


def _profile(target: list[str], seconds: float, rate: int, out_dir: Path) -> CpuProfile:
    """Both recordings of a target, with no folder of the machine left in them."""
    out_dir.mkdir(parents=True, exist_ok=True)
    speedscope, flamegraph = out_dir / "cpu.speedscope.json", out_dir / "cpu.svg"
    _recorded("speedscope", speedscope, target, seconds, rate)
    samples = sample_count(speedscope)
    if samples == 0:
        raise WorkerError("py-spy saw the program do nothing", remedy="profile something that works for some seconds")
    _recorded("flamegraph", flamegraph, target, seconds, rate)
    for written in (speedscope, flamegraph):
        written.write_text(without_paths(written.read_text(encoding="utf-8")), encoding="utf-8")
    return CpuProfile(speedscope, flamegraph, frames(speedscope), samples, seconds, rate)


def _tool() -> str | None:
    """The program of this environment, else the one on PATH."""
    return shutil.which("py-spy", path=sysconfig.get_path("scripts")) or shutil.which("py-spy")


def _recorded(form: str, out: Path, target: list[str], seconds: float, rate: int) -> None:
    tool = _tool()
    if tool is None:
        raise ToolMissingError("py-spy is not installed", remedy=_REMEDY_INSTALL)
    command = [tool, "record", "--format", form, "--output", str(out), "--rate", str(rate)]
    command += ["--duration", str(max(1, round(seconds))), *target]
    out.unlink(missing_ok=True)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            said = process.communicate(timeout=seconds + _GRACE_S)[0]
        except subprocess.TimeoutExpired:
            raise WorkerError(
                f"py-spy did not end within {_GRACE_S:g} s of its time", remedy="try a lower rate, or a shorter time"
            ) from None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0 or not out.is_file():
        raise _refusal(said)


def _refusal(said: str) -> WorkerError:
    """Why there is no recording, from what py-spy wrote."""
    text = said.lower()
    if "permission denied" in text or "operation not permitted" in text:
        return WorkerError(
            "py-spy may not read the memory of another process here",
            remedy="run as root, or allow ptrace (in a container: --cap-add SYS_PTRACE)",
        )
    if "no stack counts found" in text or "panicked" in text:
        return WorkerError("py-spy saw no sample", remedy="profile something that works for some seconds")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return WorkerError(
        f"py-spy recorded nothing ({lines[-1][:200] if lines else 'and said nothing'})",
        remedy="run the command by itself to see whether it works",
    )


__all__ = ["CpuProfile", "Frame", "attach", "frames", "record", "sample_count", "unavailable"]
