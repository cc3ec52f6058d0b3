"""The memory meter over a variant: a process that imports the suite, and forks one for each reading.

Each reading has a fresh set-up in a process that has made no other (see `patternbench.meters.memory`); the import,
which costs most, is shared. `measure_memory` is the parent's side; the module run with arguments is the process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from patternbench.comparison import Case, Comparison, Declaration, NotMeasured
from patternbench.errors import HarnessError
from patternbench.estimate import Memory
from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import comparisons
from patternbench.meters import memory
from patternbench.places import without_folders

Answer = dict[str, Any]

_KEPT_SWITCHES = frozenset({"PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONUTF8"})


def measure_memory(
    file: Path,
    comparison: str,
    case_index: int,
    variant: str,
    addresses: Mapping[str, str] | None = None,
    timeout_s: float = 60.0,
) -> Memory:
    """What one call of a variant allocates; never raises for a fault of the suite, but says why nothing was counted.

    Args:
        file: the suite file.
        comparison: name of the class.
        case_index: of the case.
        variant: name of the method.
        addresses: what the comparison's `backends` yielded.
        timeout_s: for all readings together; the processes are killed then.
    """
    if sys.platform == "win32":
        return Memory(not_measured=memory.unavailable())
    scratch = Path(tempfile.mkdtemp(prefix="patternbench-memory-"))
    answer = scratch / "answer.json"
    command = [
        *(sys.executable, "-P", "-m", "patternbench.experiment.memory_process"),
        *(str(file.resolve()), comparison, str(case_index), variant),
        *("--addresses", json.dumps(dict(addresses or {})), "--result", str(answer)),
    ]
    try:
        ending = _run(command, timeout_s)
        if not answer.is_file():
            return Memory(not_measured=ending or "the process that counts ended without an answer")
        return Memory(**json.loads(answer.read_text(encoding="utf-8")))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main(arguments: list[str]) -> None:
    """Make the readings, and write the record as one JSON line to the file named by --result."""
    parser = argparse.ArgumentParser(prog="patternbench.experiment.memory_process", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("comparison")
    parser.add_argument("case_index", type=int)
    parser.add_argument("variant")
    parser.add_argument("--addresses", type=json.loads, default={})
    parser.add_argument("--result", type=Path, required=True)
    order = parser.parse_args(arguments)
    reason = memory.unavailable()
    found: Answer = {"not_measured": reason} if reason else _readings(order)
    draft = order.result.with_suffix(".part")
    draft.write_text(json.dumps(found) + "\n", encoding="utf-8")
    draft.replace(order.result)


class _EmptySubject(Subject):
    """The variant's set-up and loop around a body that does nothing."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._body = _nothing_async if self.variant.is_async else _nothing
        return self


def _nothing() -> None:
    pass


async def _nothing_async() -> None:
    pass


def _readings(order: argparse.Namespace) -> Answer:
    """The record's fields, from readings of a call, of an empty one and, where it makes objects, of many kept."""
    try:
        cls, declared = next(pair for pair in comparisons(order.file) if pair[0].__name__ == order.comparison)
        case = declared.cases[order.case_index]
    except HarnessError as error:
        return {"not_measured": _published(str(error))}
    bench = _Bench(cls, declared, case, order)
    try:
        call, units = bench.call(Subject)
        empty, _ = bench.call(_EmptySubject)
        kept = bench.kept(memory.calls_to_keep(call)) if memory.may_give_objects(call, units) else None
    except _Failed as failed:
        return {"not_measured": _published(str(failed))}
    found = memory.difference(call, empty, kept_bytes=kept, units=units)
    return {
        "peak_bytes": found.peak_bytes,
        "allocations": found.allocations,
        "bytes_per_object": found.bytes_per_object,
    }


class _Failed(Exception):
    """A reading could not be made; its text says why."""


class _Bench:
    """Readings of one variant in one case, each in a process forked for it."""

    def __init__(self, cls: type[Comparison], declared: Declaration, case: Case, order: argparse.Namespace) -> None:
        self._cls = cls
        self._declared = declared
        self._case = case
        self._order = order
        self._number = 0

    def call(self, kind: type[Subject]) -> tuple[memory.CallReading, int]:
        """One call, and the operations that it stands for."""

        def work(subject: Subject, recording: Path) -> Answer:
            reading = memory.read_call(subject.call, recording)
            return {
                "units": subject.units,
                "reading": [reading.peak_bytes, reading.allocations, reading.fresh, reading.seconds],
            }

        answer = self._forked(kind, work)
        return memory.CallReading(*answer["reading"]), int(answer["units"])

    def kept(self, calls: int) -> float | None:
        """Bytes that one result keeps alive."""

        def work(subject: Subject, recording: Path) -> Answer:
            return {"kept": memory.read_kept(subject.call, calls, recording)}

        kept: float | None = self._forked(Subject, work)["kept"]
        return kept

    def _forked(self, kind: type[Subject], work: Callable[[Subject, Path], Answer]) -> Answer:
        self._number += 1
        recording = self._order.result.with_name(f"reading-{self._number}.bin")

        def in_child() -> Answer:
            with kind(self._cls, self._declared, self._case, self._order.variant, self._order.addresses) as subject:
                return work(subject, recording)

        answer = _in_fork(in_child)
        recording.unlink(missing_ok=True)
        if "failed" in answer:
            raise _Failed(answer["failed"])
        return answer


def _in_fork(work: Callable[[], Answer]) -> Answer:
    """Do the work in a forked process and give its answer, or `{"failed": why}`."""
    reading_end, writing_end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading_end)
        try:
            answer = work()
        except NotMeasured as reason:
            answer = {"failed": str(reason)}
        except BaseException as error:  # noqa: BLE001 - whatever a suite raises, also SystemExit, is told to the parent
            answer = {"failed": f"{type(error).__name__}: {error}"}
        finally:
            # Nothing of the parent's exit belongs to this process: no atexit function, no flush of its buffers.
            with contextlib.suppress(BaseException), open(writing_end, "wb") as stream:  # noqa: PTH123 - a descriptor
                stream.write(json.dumps(answer).encode())
            os._exit(0)
    os.close(writing_end)
    with open(reading_end, "rb") as stream:  # noqa: PTH123 - a descriptor
        received = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if received:
        answered: Answer = json.loads(received)
        return answered
    return {"failed": f"the process that counts {_ending(status)}"}


def _run(command: list[str], timeout_s: float) -> str | None:
    """Run it with its children; a sentence where it was killed or ended badly."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    ) as process:
        try:
            status = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return f"counting took longer than {timeout_s:g} s"
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return None if status == 0 else f"the process that counts {_ending(status)}"


def _environment() -> dict[str, str]:
    """The parent's, without the interpreter's switches: one hash seed and one allocator make readings repeatable."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name in _KEPT_SWITCHES
    }
    return kept | {"PYTHONHASHSEED": "0"}


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with exit code {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def _published(text: str) -> str:
    """One line, short, with every absolute path cut to its last part."""
    return without_folders(" ".join(text.split()))[:300]


__all__ = ["main", "measure_memory"]

if __name__ == "__main__":
    main(sys.argv[1:])
