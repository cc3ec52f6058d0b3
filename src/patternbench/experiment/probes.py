"""The parent's side of a meter's probes: it starts their processes, waits for their answers, and ends them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter_ns
from typing import Any, Self

from patternbench.comparison import NotMeasured
from patternbench.experiment.channel import Channel, ChannelClosed, ChannelTimeout, Message
from patternbench.experiment.ending import ending
from patternbench.experiment.probe_process import Job
from patternbench.meters.meter import Outcome, ProbeFailed
from patternbench.places import without_folders

_KEPT_SWITCHES = frozenset(
    {
        *("PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONUTF8"),
        # These change what the interpreter is, or which code it runs; the clock's workers have them too.
        *("PYTHON_GIL", "PYTHON_JIT", "PYTHONOPTIMIZE"),
    }
)
_OUTPUT_BYTES = 65536
_LONGEST_REASON = 300
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """What the probes run: one variant in one case.

    Attributes:
        file: the suite file.
        comparison: name of the class.
        case: index of the case.
        variant: index of the variant, in order of declaration.
        addresses: what the comparison's `backends` yielded.
        timeout_s: longest wait for one answer of a patience of one.
        core: that the processes are pinned to; None leaves them free.
        spare: the other cores.
    """

    file: Path
    comparison: str
    case: int
    variant: int
    addresses: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 60.0
    core: int | None = None
    spare: tuple[int, ...] = ()

    def job(self, module: str, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What a probe process is told, or with no request a host."""
        return asdict(
            Job(
                file=str(self.file.resolve()),
                comparison=self.comparison,
                case=self.case,
                variant=self.variant,
                addresses=dict(self.addresses),
                module=module,
                core=self.core,
                spare=list(self.spare),
                request=None if request is None else dict(request),
            )
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    """What distinguishes interpreters: the command that they run under, and their hash seed."""

    under: tuple[str, ...]
    hash_seed: int


class Probes:
    """Starts the probes of one meter over one target (`patternbench.meters.meter.Start`); a context manager.

    Leaving it ends every process that is still there, from whatever thread it was started.

    Args:
        module: name of the meter's module.
        turn: entered for the time of every probe; holds back the next one where they must not run side by side.
        reference: probes of the case's baseline; None where nothing is known of one.
    """

    def __init__(
        self,
        target: Target,
        module: str,
        turn: Callable[[], AbstractContextManager[object]] = nullcontext,
        reference: Reference | None = None,
    ) -> None:
        self._reference = reference
        self._target = target
        self._module = module
        self._turn = turn
        self._lock = threading.Lock()
        self._stopped = False
        self._running: set[_Process] = set()
        self._hosts: dict[_Kind, _Process] = {}
        self._host_locks: dict[_Kind, threading.Lock] = {}
        self._fresh_only = False
        self._numbers = count()
        self._scratch = Path(tempfile.mkdtemp(prefix="patternbench-probes-"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for process in list(self._running):
            self._ended(process)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def stop(self) -> None:
        """Kill every process; a probe that still runs in another thread raises `ProbeFailed` there."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.kill()

    def __call__(
        self,
        order: Mapping[str, Any],
        *,
        empty: bool = False,
        bare: bool = False,
        fresh: bool = False,
        under: Sequence[str] = (),
        hash_seed: int = 0,
        patience: float = 1.0,
    ) -> Outcome:
        """See `patternbench.meters.meter.Start`."""
        scratch = self._scratch / f"reading-{next(self._numbers):04d}"
        request = {"order": {**order, "scratch": str(scratch)}, "empty": empty, "bare": bare}
        kind = _Kind(tuple(under), hash_seed)
        timeout_s = self._target.timeout_s * patience
        with self._turn():
            try:
                found = None if fresh else self._forked(request, kind, timeout_s)
                return self._fresh(request, kind, timeout_s) if found is None else found
            finally:
                scratch.unlink(missing_ok=True)

    def reference(self, order: Mapping[str, Any]) -> Outcome:
        """See `patternbench.meters.meter.Start`."""
        if self._reference is None:
            raise ProbeFailed("there is no baseline to refer to")
        with self._turn():
            return self._reference.outcome(order)

    def _fresh(self, request: dict[str, Any], kind: _Kind, timeout_s: float) -> Outcome:
        process = self._started(kind)
        try:
            answer = process.ask(self._target.job(self._module, request), timeout_s)
            wall_s = (perf_counter_ns() - process.started_ns) / 1e9
            process.wait(timeout_s)
            return _outcome(answer, process, wall_s=wall_s, started_ns=process.started_ns)
        finally:
            self._ended(process)

    def _forked(self, request: dict[str, Any], kind: _Kind, timeout_s: float) -> Outcome | None:
        """A reading of a forked process; None where this suite must not be forked."""
        with self._lock:
            host_lock = self._host_locks.setdefault(kind, threading.Lock())
        with host_lock:
            if self._fresh_only:
                return None
            try:
                host = self._hosts.get(kind) or self._host(kind, timeout_s)
                if host is None:
                    return None
                began = perf_counter_ns()
                answer = host.ask(request, timeout_s, forks=True)
            except BaseException:
                self._end_host(kind)
                raise
            return _outcome(answer, host, wall_s=(perf_counter_ns() - began) / 1e9)

    def _host(self, kind: _Kind, timeout_s: float) -> _Process | None:
        host = self._hosts[kind] = self._started(kind)
        if host.ask(self._target.job(self._module), timeout_s)["forks"]:
            return host
        self._fresh_only = True
        self._end_host(kind)
        return None

    def _end_host(self, kind: _Kind) -> None:
        host = self._hosts.pop(kind, None)
        if host is not None:
            self._ended(host)

    def _started(self, kind: _Kind) -> _Process:
        with self._lock:
            if self._stopped:
                raise ProbeFailed("it was interrupted")
            process = _Process(kind)
            self._running.add(process)
            return process

    def _ended(self, process: _Process) -> None:
        with self._lock:
            self._running.discard(process)
        process.close()


class Reference:
    """What the probes of a case's baseline give, once for all variants of the case.

    Args:
        probes: of the baseline; whoever asks has the turn.
    """

    def __init__(self, probes: Probes) -> None:
        self._probes = probes
        self._lock = threading.Lock()
        self._outcomes: dict[str, Outcome | ProbeFailed | NotMeasured] = {}

    def outcome(self, order: Mapping[str, Any]) -> Outcome:
        """The outcome of that order; the first who asks waits for its probe.

        Raises:
            ProbeFailed, NotMeasured: likewise for everyone, naming the baseline.
        """
        key = json.dumps(order, sort_keys=True)
        with self._lock:
            if key not in self._outcomes:
                self._outcomes[key] = self._asked(order)
            outcome = self._outcomes[key]
        if isinstance(outcome, Outcome):
            return outcome
        raise type(outcome)(f"the baseline, which it refers to, has none: {outcome}")

    def _asked(self, order: Mapping[str, Any]) -> Outcome | ProbeFailed | NotMeasured:
        try:
            return self._probes(order)
        except (ProbeFailed, NotMeasured) as reason:
            return reason


class _Process:
    """One process and the channel to it."""

    def __init__(self, kind: _Kind) -> None:
        self._channel, theirs = Channel.pair()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self.started_ns = perf_counter_ns()
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [*kind.under, sys.executable, "-P", "-m", "patternbench.experiment.probe_process"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env=_environment(kind.hash_seed),
                start_new_session=True,
            )
        except OSError as error:
            self._channel.close()
            self._log.close()
            raise ProbeFailed(f"its process could not be started ({error.strerror or error})") from error
        finally:
            theirs.close()

    def ask(self, message: Message, timeout_s: float, *, forks: bool = False) -> Message:
        """Send, and wait for the answer; of a process that is forked for it, for its end too.

        Raises:
            ProbeFailed: it says that it failed, died, or was silent for longer than the time-out.
            NotMeasured: it says that the variant cannot be measured here.
        """
        try:
            self._channel.send(message)
            answer = self._channel.receive(timeout_s)
            if forks and "ended" not in answer:
                self._channel.receive(timeout_s)
        except ChannelTimeout:
            raise ProbeFailed(f"it took longer than {timeout_s:g} s") from None
        except ChannelClosed:
            self.wait(_GRACE_S)
            raise ProbeFailed(f"its process {ending(self._process.poll() or 0)}") from None
        if "ended" in answer:
            raise ProbeFailed(f"its process {ending(int(answer['ended']))}")
        if "failed" in answer:
            raise ProbeFailed(_published(str(answer["failed"])))
        if "not_measured" in answer:
            raise NotMeasured(_published(str(answer["not_measured"])))
        return answer

    def wait(self, timeout_s: float) -> None:
        """Let it come to its end, within limits."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)

    def output(self) -> str:
        """The end of what it wrote to standard error."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), _OUTPUT_BYTES, max(0, size - _OUTPUT_BYTES)).decode(errors="replace")

    def kill(self) -> None:
        """End it with all processes that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill it, and release what it held."""
        self.kill()
        self._process.wait()
        self._channel.close()
        self._log.close()


def _outcome(answer: Message, process: _Process, *, wall_s: float, started_ns: int | None = None) -> Outcome:
    """What came of a reading; `started_ns` is given for a process that imported the suite for itself."""
    at = {name: int(answer.get(name, 0)) for name in ("importing", "imported", "setting_up", "set_up")}
    imported_here = started_ns is not None and at["importing"] > 0
    return Outcome(
        answer=answer["answer"],
        output=process.output(),
        process=int(answer["process"]),
        forked=started_ns is None,
        wall_s=wall_s,
        # The clock is the same for all processes of a machine.
        interpreter_s=(at["importing"] - (started_ns or 0)) / 1e9 if imported_here else 0.0,
        import_s=(at["imported"] - at["importing"]) / 1e9 if imported_here else 0.0,
        setup_s=(at["set_up"] - at["setting_up"]) / 1e9,
    )


def _environment(hash_seed: int) -> dict[str, str]:
    """The parent's, without the interpreter's switches: one hash seed and one allocator make readings repeatable."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name in _KEPT_SWITCHES
    }
    return kept | {"PYTHONHASHSEED": str(hash_seed)}


def _published(text: str) -> str:
    """One line, short, with every absolute path cut to its last part."""
    return without_folders(" ".join(text.split()))[:_LONGEST_REASON]


__all__ = ["Probes", "Reference", "Target"]
