"""A process for the probes of a meter: it imports the suite, sets the variant up, and lets the meter read.

Started as `python -m patternbench.experiment.probe_process` by `patternbench.experiment.probes`; its standard input is
one end of a socket pair. The first line that it reads is the `Job`. A job with a request is done in the process
itself, which answers with a line and ends. One without makes it a host: it imports the suite once and forks a process
for every request that comes, until the other side closes. That process reads the request and answers; the host
waits for its end and says how it ended, in a line of its own.

Only what this module imports is there before the suite: what a suite imports itself is part of its start-up.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, NoReturn

from patternbench.comparison import NotMeasured, declaration, declared_in
from patternbench.errors import HarnessError
from patternbench.experiment.cores import placed
from patternbench.experiment.forking import safe_to_fork
from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import imported

if TYPE_CHECKING:
    from patternbench.meters.meter import Meter


Request = dict[str, Any]
"""One reading: `order` is for the meter's probe, `empty` puts a body that does nothing in the variant's place, `bare`
reads nothing."""

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is for.

    Attributes:
        file: the suite file.
        comparison: name of the class.
        case: index of the case.
        variant: index of the variant, in order of declaration: a name would move things in memory by its length, and
            with them the counts of whatever goes by address.
        addresses: what the comparison's `backends` yielded.
        module: of the meter.
        core: to be pinned to; None leaves the process free.
        spare: the other cores.
        request: the only one; None makes the process a host.
    """

    file: str
    comparison: str
    case: int
    variant: int
    addresses: dict[str, str]
    module: str
    core: int | None
    spare: list[int]
    request: Request | None = None


def main() -> None:
    """Do the job that comes through standard input; never returns to the interpreter's own end."""
    with contextlib.suppress(BrokenPipeError):
        _serve(os.dup(0))
    with contextlib.suppress(BaseException):
        sys.stderr.flush()
    # Threads that a suite left behind, and what it registered to run at exit, are nobody's reading.
    os._exit(0)


def _serve(descriptor: int) -> None:
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a path of the platform's own
        os.dup2(nothing.fileno(), 0)
    job = Job(**json.loads(_heard(descriptor)))
    if job.request is None:
        _host(job, descriptor)
    elif job.request["bare"]:
        _meter(job)
        _tell(descriptor, _line({"answer": {}}))
    else:
        request, importing = job.request, perf_counter_ns()
        _tell(descriptor, _guarded(lambda: _Bench(job).reading(request) | {"importing": importing}))


def _host(job: Job, descriptor: int) -> None:
    """Say whether a fork is safe once the suite is imported, then fork for every request."""
    reason = _meter(job).unavailable()  # which imports what every reading needs
    if reason is not None:
        _tell(descriptor, _line({"not_measured": reason}))
        return
    benches: list[_Bench] = []

    def greeting() -> Answer:
        benches.append(_Bench(job))
        return {"forks": safe_to_fork()}

    _tell(descriptor, _guarded(greeting))
    while benches and os.read(descriptor, 1):
        process = os.fork()
        if process == 0:
            _be_forked(benches[0], descriptor)
        _, status = os.waitpid(process, 0)
        _tell(descriptor, _line({"ended": os.waitstatus_to_exitcode(status)}))


class _Bench:
    """The suite, imported for one variant in one case."""

    def __init__(self, job: Job) -> None:
        if job.core is not None:
            placed(job.core, job.spare)
        self._job = job
        module = imported(Path(job.file))
        self._imported = perf_counter_ns()
        self._cls = next(cls for cls in declared_in(module) if cls.__name__ == job.comparison)
        self._declared = declaration(self._cls, sources=False)

    def reading(self, request: Request) -> Answer:
        """Set up, read, tear down; the times at which each began and ended stand beside the answer."""
        job = self._job
        setting_up = perf_counter_ns()
        case = self._declared.cases[job.case]
        variant = self._declared.variants[job.variant].name
        with Subject(self._cls, self._declared, case, variant, job.addresses, empty=request["empty"]) as subject:
            set_up = perf_counter_ns()
            answer = _meter(job).probe(subject, request["order"])
        return {"answer": answer, "imported": self._imported, "setting_up": setting_up, "set_up": set_up}


def _meter(job: Job) -> Meter:
    found: Meter = import_module(job.module).METER
    return found


def _guarded(work: Callable[[], Answer]) -> bytes:
    """The work's answer as a line; or, in one sentence, why there is none."""
    try:
        return _line(work())
    except NotMeasured as reason:
        return _line({"not_measured": str(reason)})
    except HarnessError as error:
        return _line({"failed": str(error)})
    except BaseException as error:  # noqa: BLE001 - whatever a suite raises, also SystemExit, is told to the parent
        return _line({"failed": f"{type(error).__name__}: {error}"})


def _be_forked(bench: _Bench, descriptor: int) -> NoReturn:
    """Answer the request whose first byte the host has read, then end."""
    # Nothing of the host's exit belongs to this process: no atexit function, no flush of its buffers.
    with contextlib.suppress(BaseException):
        request = json.loads(b"{" + _heard(descriptor))
        _tell(descriptor, _line({"answer": {}}) if request["bare"] else _guarded(lambda: bench.reading(request)))
    os._exit(0)


def _line(answer: Answer) -> bytes:
    return json.dumps(answer | {"process": os.getpid()}).encode() + b"\n"


def _heard(descriptor: int) -> bytes:
    """One line, and no byte after it; nothing where the other side closed before it was whole."""
    line = b""
    while not line.endswith(b"\n"):
        received = os.read(descriptor, 65536)
        if not received:
            return b""
        line += received
    return line


def _tell(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]


if __name__ == "__main__":
    main()
