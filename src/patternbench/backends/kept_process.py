"""A backend in a process of its own that cannot outlive the process which started it.

The parent holds the write end of the child's standard input. When it closes, on leaving the context or because the
parent died by whatever signal, the child tidies up and ends. As a second line, for the case that a fork of the parent
still holds the pipe, the child looks every second whether its parent is still the same. The child has a session of its
own, so that an interrupt typed at the terminal reaches the parent alone, which then ends the child in good order.

The two sides speak one JSON object per line: options down, then one announcement up (`{"error": …}` where it failed).
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any, NoReturn

from patternbench.backends.cores import move_to_spare_cores
from patternbench.backends.unavailable import BackendUnavailable

_LOOK_S = 1.0
"""Seconds between two looks at whether the parent still lives."""

_GRACE_S = 15.0
"""Seconds that a child has to tidy up before it is terminated, and then killed."""


@contextmanager
def kept(module: str, options: Mapping[str, Any], *, patience_s: float = 60.0) -> Iterator[Mapping[str, Any]]:
    """Run a module of this package as a child and give what it announces; leaving the context ends it.

    Raises:
        BackendUnavailable: the child said why it cannot run, died, or did not answer within `patience_s` seconds.
    """
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=_environment(),
            start_new_session=True,
        )
        try:
            yield _announcement(child, module, {**options, "parent": os.getpid()}, log, patience_s)
        finally:
            _end(child)


class Lifeline:
    """The child's end: read the options, announce, then wait for the parent to let go.

    Attributes:
        options: what the parent sent.
    """

    def __init__(self) -> None:
        self.options: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
        self._parent = int(self.options.pop("parent"))
        signal.signal(signal.SIGTERM, _leave)
        move_to_spare_cores()

    def announce(self, facts: Mapping[str, Any]) -> None:
        """Tell the parent that the backend is ready, and where."""
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()

    def wait(self, ended: Callable[[], bool] = lambda: False) -> None:
        """Block until the parent lets go or dies, or `ended` says that there is nothing left to keep."""
        while not ended() and os.getppid() == self._parent:
            readable, _, _ = select.select([0], [], [], _LOOK_S)
            if readable and not os.read(0, 4096):
                return

    async def wait_async(self) -> None:
        """The same beside a running event loop."""
        closed = asyncio.Event()

        def look() -> None:
            if not os.read(0, 4096):
                closed.set()

        loop = asyncio.get_running_loop()
        loop.add_reader(0, look)
        try:
            while os.getppid() == self._parent:
                with suppress(TimeoutError):
                    await asyncio.wait_for(closed.wait(), _LOOK_S)
                    return
        finally:
            loop.remove_reader(0)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _environment() -> dict[str, str]:
    """Ours without Python's own switches: debug modes and warnings are meant for the measured side."""
    kept_switches = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name in kept_switches}


def _announcement(
    child: subprocess.Popen[bytes], module: str, options: Mapping[str, Any], log: IO[bytes], patience_s: float
) -> dict[str, Any]:
    name = module.rpartition(".")[2]
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps(dict(options)).encode() + b"\n")
        child.stdin.flush()
    readable, _, _ = select.select([child.stdout], [], [], patience_s)
    line = child.stdout.readline() if readable else b""
    if not line:
        log.seek(0)
        last = log.read().decode(errors="replace").strip().rpartition("\n")[2]
        why = "ended at once" if readable else f"was not ready within {patience_s:g} s"
        raise BackendUnavailable(f"the backend {name} {why}{f' ({last})' if last else ''}")
    facts: dict[str, Any] = json.loads(line)
    if "error" in facts:
        raise BackendUnavailable(str(facts["error"]))
    return facts


def _end(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.close()
    for harder in (child.terminate, child.kill, None):
        try:
            child.wait(_GRACE_S)
            break
        except subprocess.TimeoutExpired:
            if harder is not None:
                harder()
    child.stdout.close()
