"""The processes that do the work: a host that imports the suite once, and the workers that it forks.

A set of workers begins with one fresh interpreter, the *host*: it has the set's hash seed, imports the suite file,
then forks one worker per variant on request. The workers of a set so share the hash seed, the address layout and the
imports, and differ in nothing but the variant; the next set starts from a new interpreter with a new seed. Where a fork
is not safe (the suite started threads while it was imported) or not there, the host starts fresh interpreters instead.

Started as `python -m patternbench.experiment.worker ORDER` with `ORDER` a JSON object; see `HostOrder`.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

from patternbench.comparison import Case, Comparison, Declaration, NotMeasured
from patternbench.errors import HarnessError
from patternbench.experiment.channel import Channel, ChannelClosed, Message
from patternbench.experiment.cores import placed
from patternbench.experiment.forking import safe_to_fork
from patternbench.experiment.proof import proved
from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import comparisons

_CALLS_WORTH_A_PRELUDE = 2
_TRIES = 9
_TRYING_NS = 20_000_000
_OVERHEAD_SLICES = 61
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class HostOrder:
    """What a host is started with.

    Attributes:
        file: the suite file.
        control: descriptor of the channel to the parent.
        seats: descriptors of the workers' channels, one worker each.
        logs: descriptors of the files that take what each worker writes to its standard output and error.
        core: the core that workers are pinned to; None leaves them free.
        spare: cores for everything else; may be empty.
    """

    file: str
    control: int
    seats: list[int]
    logs: list[int]
    core: int | None
    spare: list[int]


@dataclass(frozen=True, slots=True)
class SeatOrder:
    """What one worker is to be.

    Attributes:
        role: "worker" times blocks, "proof" proves a variant, "backends" holds what the comparison shares.
        fresh: start a new interpreter rather than fork.
    """

    seat: int
    role: str
    comparison: str
    case: int
    variant: str
    addresses: dict[str, str]
    fresh: bool = False


def main(arguments: list[str]) -> int:
    """Be a host, or one worker in an interpreter of its own."""
    _die_with_parent()
    order = HostOrder(**json.loads(arguments[0]))
    if len(arguments) > 1:
        _be(SeatOrder(**json.loads(arguments[1])), order, _suite(order))
    return _Host(order).serve()


Suite = dict[str, tuple[type[Comparison], Declaration]]


def _suite(order: HostOrder) -> Suite:
    return {declared.name: (cls, declared) for cls, declared in comparisons(Path(order.file))}


class _Host:
    """Forks workers on request and tells the parent how each of them ended."""

    def __init__(self, order: HostOrder) -> None:
        self._order = order
        self._control = Channel(socket.socket(fileno=order.control))
        self._running: dict[int, int] = {}
        self._untaken = dict(enumerate(zip(order.seats, order.logs, strict=True)))
        self._suite: Suite = {}

    def serve(self) -> int:
        """Until the parent closes the control channel."""
        try:
            self._suite = _suite(self._order)
        except HarnessError as error:
            self._control.send({"error": error.args[0], "remedy": error.remedy})
            return 2
        gc.collect()
        gc.freeze()
        wake, woken = socket.socketpair()
        woken.settimeout(0)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            self._control.send({"ready": True, "forks": safe_to_fork()})
            while True:
                readable, _, _ = select.select([self._control.fileno(), wake.fileno()], [], [])
                if wake.fileno() in readable:
                    wake.recv(4096)
                    self._reap()
                if self._control.fileno() in readable:
                    self._obey(self._control.receive())
                    while self._control.pending:
                        self._obey(self._control.receive())
        except ChannelClosed:
            return 0
        finally:
            for process in self._running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def _obey(self, message: Message) -> None:
        """Start a worker, or kill one that no longer answers."""
        if "kill" not in message:
            self._start(SeatOrder(**message))
            return
        for process, seat in self._running.items():
            if seat == message["kill"]:
                os.kill(process, signal.SIGKILL)

    def _start(self, seat: SeatOrder) -> None:
        taken = self._untaken.pop(seat.seat)
        if seat.fresh or not safe_to_fork():
            process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, json.dumps(asdict(self._order)), json.dumps(asdict(seat))],
                pass_fds=taken,
            )
            pid = process.pid
        else:
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _die_with_parent()
                self._control.close()
                for of_another in self._untaken.values():
                    _close(of_another)
                _be(seat, self._order, self._suite)
        self._running[pid] = seat.seat
        _close(taken)

    def _reap(self) -> None:
        while self._running:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            seat = self._running.pop(pid, None)
            if seat is not None:
                self._control.send({"exited": seat, "status": os.waitstatus_to_exitcode(status)})


def _be(seat: SeatOrder, order: HostOrder, suite: Suite) -> NoReturn:
    """Become the worker of one seat; the process ends with it."""
    status = 1
    try:
        _take_output(order.logs[seat.seat])
        if order.core is not None:
            placed(order.core, order.spare, beside=seat.role == "backends")
        channel = Channel(socket.socket(fileno=order.seats[seat.seat]))
        cls, declared = suite[seat.comparison]
        _ROLES[seat.role](channel, cls, declared, seat)
        status = 0
    except ChannelClosed:
        status = 0
    except BaseException:  # noqa: BLE001 - the last frame of a forked process: nothing above may run
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _work(channel: Channel, cls: type[Comparison], declared: Declaration, seat: SeatOrder) -> None:
    """Set the variant up, then time blocks of calls for as long as the parent asks."""
    case: Case = declared.cases[seat.case]
    try:
        subject = Subject(cls, declared, case, seat.variant, seat.addresses).__enter__()
        units = subject.units
    except NotMeasured as reason:
        channel.send({"not_measured": str(reason)})
        return
    except BaseException as error:  # noqa: BLE001 - a set-up may raise anything, and the parent shall hear of it
        sys.excepthook(type(error), error, error.__traceback__)
        channel.send({"broken": f"setup raised {type(error).__name__}: {error}"})
        return
    gc.collect()
    gc.freeze()
    gc.disable()
    channel.send({"ready": True, "units": units})
    while True:
        try:
            message = channel.receive()
        except ChannelClosed:
            break
        try:
            answer = _ANSWERS[message["do"]](subject, message)
        except NotMeasured as reason:
            answer = {"not_measured": str(reason)}
        except BaseException as error:  # noqa: BLE001 - what the variant raises is its result
            sys.excepthook(type(error), error, error.__traceback__)
            answer = {"broken": f"a call raised {type(error).__name__}: {error}"}
        channel.send(answer)
        if "broken" in answer or "not_measured" in answer:
            break
    subject.__exit__(None, None, None)


def _block(subject: Subject, message: Message) -> Message:
    """One timed block in slices; garbage is collected before it and none inside it.

    A twentieth of the block, or a call, runs first without a clock: the worker has just been woken, and what others
    left in the caches would otherwise stand in its figure.
    """
    calls, slices = int(message["calls"]), int(message["slices"])
    gc.collect()
    if calls >= _CALLS_WORTH_A_PRELUDE:
        subject.run_sliced(1, max(1, calls // 20))
    before = _preemptions()
    walls, cpu = subject.run_sliced(slices, calls // slices)
    preempted = _preemptions() - before
    return {"wall": sum(walls), "cpu": cpu, "preempted": preempted, "typical": round(median(walls) * slices)}


def _preemptions() -> int:
    """How often the kernel took the core from this process for another; 0 where it does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


def _calibrate(subject: Subject, message: Message) -> Message:
    """Double the calls until a block lasts as long as asked; give the time of a call in that block, nanoseconds.

    Of several tries the quickest counts: were a neighbour's turn taken for slowness, equal variants would get blocks of
    unlike length, and the caches are colder at the start of a block than at its end.
    """
    target = int(message["target_ns"])
    calls = 1
    subject.run(1)
    while True:
        gc.collect()
        wall = _quickest(subject, calls)
        if wall >= target / 2 or calls >= 1 << 24:
            return {"ns_per_call": wall / calls, "calls": calls}
        calls = max(calls * 2, min(calls * 50, int(calls * target / max(wall, 1) / 2)))


def _quickest(subject: Subject, calls: int) -> int:
    """Wall time of the quickest of several blocks, nanoseconds; of fewer where they are slow."""
    spent = quickest = subject.run(calls)[0]
    for _ in range(_TRIES - 1):
        if spent >= _TRYING_NS:
            break
        wall, _cpu = subject.run(calls)
        spent += wall
        quickest = min(quickest, wall)
    return quickest


def _overhead(subject: Subject, message: Message) -> Message:
    """What loop, clock and an empty call cost here in slices of so many calls, nanoseconds per call."""
    calls = int(message["calls"])
    subject.run_sliced(_OVERHEAD_SLICES, calls, empty=True)
    walls, _ = subject.run_sliced(_OVERHEAD_SLICES, calls, empty=True)
    return {"overhead_ns": median(walls) / calls}


_ANSWERS = {"block": _block, "calibrate": _calibrate, "overhead": _overhead}


def _prove(channel: Channel, cls: type[Comparison], declared: Declaration, seat: SeatOrder) -> None:
    proof = proved(cls, declared, declared.cases[seat.case], seat.variant, seat.addresses)
    try:
        counters = _plain(proof.counters)
    except (TypeError, ValueError):
        channel.send({"broken": f"counters gives what is neither a number nor a text: {dict(proof.counters)!r:.200}"})
        return
    channel.send({"status": proof.status, "reason": proof.reason, "counters": counters, "notes": list(proof.notes)})


def _hold_backends(channel: Channel, cls: type[Comparison], _declared: Declaration, _seat: SeatOrder) -> None:
    """Enter the comparison's backends, say where they are, and keep them until the parent closes the channel."""
    try:
        with cls.backends() as addresses:
            channel.send({"addresses": {str(name): str(value) for name, value in addresses.items()}})
            with contextlib.suppress(ChannelClosed):
                channel.receive()
    except NotMeasured as reason:
        channel.send({"not_measured": str(reason)})


_ROLES = {"worker": _work, "proof": _prove, "backends": _hold_backends}


def _plain(counters: Mapping[str, Any]) -> dict[str, int | float | str]:
    """Counters as JSON holds them; numbers of other libraries become Python's own, "inf" and "nan" their text."""
    plain = {
        str(name): value if isinstance(value, int | float | str) else float(value) for name, value in counters.items()
    }
    return {
        name: str(value) if isinstance(value, float) and not isfinite(value) else value for name, value in plain.items()
    }


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _take_output(log: int) -> None:
    """Send standard output and error to the seat's log; read nothing from standard input."""
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    faulthandler.enable()


def _die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies; where it cannot, the closed channel ends it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
