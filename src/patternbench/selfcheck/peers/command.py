"""A tool's command, run as its user would run it: from outside, in a folder, with the clock on the whole of it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

from patternbench.places import without_paths

_LAST = 400
"""Characters of a failed command's words that are kept as its reason."""

_UNWANTED = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONHASHSEED", "ASV_PYTHONPATH", "ASV_RUNNER_PATH")
"""Variables that would change what a tool does by default."""


class CommandFailed(Exception):
    """A command gave no result; the message is a reason that may be stored: no path of the machine is in it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended.

    Attributes:
        code: its exit code.
        output, errors: what it wrote, as text; only ever parsed.
        seconds: wall time from before its start until its output was read to the end.
    """

    code: int
    output: str
    errors: str
    seconds: float


class Run(Protocol):
    """Runs a command; the tests put a fake in its place."""

    def __call__(
        self, arguments: Sequence[str], folder: Path, *, variables: Mapping[str, str], timeout_s: float
    ) -> Finished:
        """Run it in `folder` with these variables added to the environment.

        Raises:
            CommandFailed: it could not be started, or took longer than `timeout_s`.
        """


def run_command(arguments: Sequence[str], folder: Path, *, variables: Mapping[str, str], timeout_s: float) -> Finished:
    """The real thing: a process group of its own, ended whole when it overstays or the study is interrupted.

    Raises:
        CommandFailed: see `Run`.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED} | dict(variables)
    if "PYTHONPATH" in environment:  # it may be relative to where the study runs
        environment["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, environment["PYTHONPATH"].split(os.pathsep)))
    began = perf_counter()
    try:
        process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise CommandFailed(f"{Path(arguments[0]).name} cannot be started: {error.strerror}") from error
    try:
        output, errors = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise CommandFailed(f"no result within {timeout_s:.0f} s") from None
    finally:
        if process.returncode is None:
            _end(process)
    return Finished(process.returncode, output, errors, perf_counter() - began)


def failure(what: str, finished: Finished) -> CommandFailed:
    """Why a command that ended is taken to have failed: what is missing, and the last that it said."""
    said = without_paths((finished.errors.strip() or finished.output.strip())[-_LAST:])
    return CommandFailed(
        f"{what} (exit code {finished.code}): {said}" if said else f"{what} (exit code {finished.code})"
    )


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.communicate()
