"""A set of workers as the parent sees it: one fresh host, and the seats that it fills with forked workers."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from patternbench.errors import DeclarationError, WorkerError
from patternbench.experiment.channel import Channel, ChannelClosed, ChannelTimeout, Message
from patternbench.experiment.ending import ending
from patternbench.experiment.interpreter import Interpreter, here
from patternbench.experiment.worker import HostOrder, SeatOrder
from patternbench.places import without_folders

START_TIMEOUT_S = 120.0
"""Longest that a host may take to import its suite, seconds."""

_GRACE_S = 5.0
_LOG_LINES = 5
_LOG_BYTES = 8192
_PADDING_BYTES = 4096


class SeatLost(Exception):
    """A worker broke: it said so, died, or did not answer in time.

    Attributes:
        reason: one sentence for the reader.
        log: last lines of what it wrote.
        not_measured: it is not at fault, but cannot be measured here.
    """

    def __init__(self, reason: str, log: tuple[str, ...] = (), *, not_measured: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.log = log
        self.not_measured = not_measured


class Seat:
    """One worker: ask it something, and it answers or is lost."""

    def __init__(self, crew: Crew, number: int, channel: Channel, timeout_s: float) -> None:
        self._crew = crew
        self._number = number
        self._channel = channel
        self.timeout_s = timeout_s

    def send(self, message: Message) -> None:
        """Send without waiting for the answer.

        Raises:
            SeatLost: the worker is gone.
        """
        try:
            self._channel.send(message)
        except ChannelClosed:
            raise self._lost() from None

    def receive(self) -> Message:
        """The next answer.

        Raises:
            SeatLost: the worker broke, died, or was silent for longer than its time-out.
        """
        try:
            answer = self._channel.receive(self.timeout_s)
        except ChannelClosed:
            raise self._lost() from None
        except ChannelTimeout:
            self._crew.kill(self._number)
            raise SeatLost(f"hung: no answer within {self.timeout_s:g} s", self._crew.log_of(self._number)) from None
        if "broken" in answer:
            raise SeatLost(without_folders(str(answer["broken"])), self._crew.log_of(self._number))
        if "not_measured" in answer:
            raise SeatLost(without_folders(str(answer["not_measured"])), not_measured=True)
        return answer

    def ask(self, message: Message) -> Message:
        """Send, and wait for the answer; raises as `send` and `receive` do."""
        self.send(message)
        return self.receive()

    def leave(self) -> None:
        """Tell the worker to tear down and end."""
        self._channel.close()

    def ended(self) -> None:
        """Wait until it has, so that it disturbs nobody; not for longer than a grace."""
        self._crew.exit_status(self._number)

    def _lost(self) -> SeatLost:
        status = self._crew.exit_status(self._number)
        how = "ended together with the process that its set was started from" if status is None else ending(status)
        return SeatLost(how, self._crew.log_of(self._number))


class Crew:
    """One host with its seats; a context manager that leaves no process and no file behind.

    Args:
        file: the suite file.
        seats: most workers that will be asked for.
        core: the clock's core, None to leave workers free.
        spare: the other cores.
        draws: source of the hash seed and of the padding of the environment.
        interpreter: what the workers run in; None is the running one.

    Raises:
        DeclarationError: the suite cannot be imported in a fresh process.
        WorkerError: the host could not be started.
    """

    def __init__(
        self,
        file: Path,
        seats: int,
        *,
        core: int | None,
        spare: tuple[int, ...],
        draws: random.Random,
        interpreter: Interpreter | None = None,
    ) -> None:
        interpreter = interpreter or here()
        self.hash_seed = draws.randrange(1, 1 << 32)
        self.core = core
        self._statuses: dict[int, int] = {}
        self._taken = 0
        # Without a name from the start: a kill of this process leaves no file behind.
        self._logs = [tempfile.TemporaryFile() for _ in range(seats)]  # noqa: SIM115 - `_forget` closes them
        self._host_log = tempfile.TemporaryFile()  # noqa: SIM115 - likewise
        self._control, control = Channel.pair()
        pairs = [Channel.pair() for _ in range(seats)]
        self._channels = [ours for ours, _ in pairs]
        theirs = [control, *(end for _, end in pairs)]
        order = HostOrder(
            file=str(file.resolve()),
            control=control.fileno(),
            seats=[end.fileno() for _, end in pairs],
            logs=[log.fileno() for log in self._logs],
            core=core,
            spare=list(spare),
        )
        try:
            self._host = subprocess.Popen(
                [str(interpreter.executable), "-P", "-m", "patternbench.experiment.worker", json.dumps(asdict(order))],
                pass_fds=[*(end.fileno() for end in theirs), *order.logs],
                stdin=subprocess.DEVNULL,
                stdout=self._host_log,
                stderr=self._host_log,
                env=interpreter.environment(_environment(self.hash_seed, draws)),
                start_new_session=True,
            )
        except OSError as error:
            self._forget()
            raise WorkerError(
                f"a worker process could not be started ({error})", remedy="free memory or processes, then try again"
            ) from error
        finally:
            for end in theirs:
                end.close()

    def __enter__(self) -> Self:
        try:
            greeting = self._control.receive(START_TIMEOUT_S)
        except (ChannelClosed, ChannelTimeout) as error:
            text = " / ".join(_tail(self._host_log))
            self.close()
            raise WorkerError(
                f"the suite's process ended while it imported the suite ({text or 'it wrote nothing'})",
                remedy="import the file by itself to see why",
            ) from error
        if "error" in greeting:
            self.close()
            raise DeclarationError(str(greeting["error"]), remedy=str(greeting["remedy"]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def seat(
        self,
        role: str,
        comparison: str,
        case: int,
        variant: str,
        *,
        addresses: Mapping[str, str],
        timeout_s: float,
        fresh: bool = False,
    ) -> Seat:
        """Start a worker; it announces itself by its first answer, so several may start side by side."""
        number = self._taken
        self._taken += 1
        order = SeatOrder(number, role, comparison, case, variant, dict(addresses), fresh)
        with contextlib.suppress(ChannelClosed):
            self._control.send(asdict(order))
        return Seat(self, number, self._channels[number], timeout_s)

    def kill(self, seat: int) -> None:
        """End a worker that no longer answers."""
        with contextlib.suppress(ChannelClosed):
            self._control.send({"kill": seat})

    def exit_status(self, seat: int) -> int | None:
        """How a worker ended: its exit code, or minus the signal that killed it; None where the host does not know."""
        self._listen(lambda: seat in self._statuses)
        return self._statuses.get(seat)

    def log_of(self, seat: int) -> tuple[str, ...]:
        """Last lines that a worker wrote."""
        return _tail(self._logs[seat])

    def close(self) -> None:
        """End every worker: first politely, so that teardowns run, then for good."""
        for channel in self._channels:
            channel.close()
        self._listen(lambda: len(self._statuses) == self._taken)
        self._control.close()
        try:
            self._host.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._host.kill()
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._host.pid, signal.SIGKILL)
            self._host.wait()
            self._forget()

    def _listen(self, heard: Callable[[], bool]) -> None:
        """Take down how workers ended until enough was heard, or the host is silent or gone."""
        with contextlib.suppress(ChannelClosed, ChannelTimeout):
            while not heard():
                message = self._control.receive(_GRACE_S)
                if "exited" in message:
                    self._statuses[int(message["exited"])] = int(message["status"])

    def _forget(self) -> None:
        for log in (*self._logs, self._host_log):
            log.close()


def _environment(hash_seed: int, draws: random.Random) -> dict[str, str]:
    """The parent's environment, with what would bend a measurement taken out or drawn at random.

    Without cached bytecode an import costs several times more; with one fixed hash seed a run measures one layout of
    its tables; the size of the environment moves the stack (Mytkowicz et al. 2009, doi:10.1145/1508244.1508275).
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONHASHSEED"] = str(hash_seed)
    environment["PATTERNBENCH_PADDING"] = "x" * draws.randrange(_PADDING_BYTES)
    return environment


def _tail(log: IO[bytes]) -> tuple[str, ...]:
    """The last lines of a log, with every path in them cut to its last part.

    The log is read without moving the place at which its writer goes on.
    """
    try:
        size = os.fstat(log.fileno()).st_size
        text = os.pread(log.fileno(), _LOG_BYTES, max(0, size - _LOG_BYTES)).decode(errors="replace")
    except (OSError, ValueError):
        return ()
    lines = [without_folders(line) for line in text.splitlines() if line.strip()]
    fatal = next((index for index, line in enumerate(lines) if line.startswith("Fatal Python error")), None)
    # faulthandler prints the innermost frame first: there the head tells more than the tail.
    return tuple(lines[-_LOG_LINES:] if fatal is None else lines[fatal : fatal + _LOG_LINES])
