"""Other Pythons to measure in: found by version or path, and started with this package and nothing else of ours.

Workers need the standard library alone, so any CPython from 3.11 on can run them; it imports its own libraries.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from patternbench.errors import SelectionError, WorkerError
from patternbench.session import Environment, Machine

INSIDE = "PATTERNBENCH_INSIDE"
"""Environment variable of every process that is started to describe or to measure something."""

OLDEST = (3, 11)
_TIMEOUT_S = 30
_PROBE = """import sys
name = getattr(getattr(sys, "implementation", None), "name", "cpython")
print("%s %d.%d.%d" % ((name,) + sys.version_info[:3]))
"""
"""Words that the oldest Python understands too, so that it can be refused by its version."""

_VERSION = re.compile(r"(?:python)?(\d+(?:\.\d+){0,2})")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python other than the one at hand, or the same under its own name.

    Attributes:
        executable: its path; a link is not followed, as a virtual environment is known by it.
        version: "3.12.1".
        packages: folder that holds this package and nothing else, put first on its path; None where it has its own.
    """

    executable: Path
    version: str
    packages: Path | None = None

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The variables that a process of it is started with."""
        environment = {**environment, INSIDE: "1"}
        if self.packages is None:
            return environment
        path = [str(self.packages), *filter(None, [environment.get("PYTHONPATH")])]
        return {**environment, "PYTHONPATH": os.pathsep.join(path)}


def here() -> Interpreter:
    """The running interpreter."""
    return Interpreter(Path(sys.executable), ".".join(map(str, sys.version_info[:3])))


def found(asked: str) -> Interpreter:
    """The interpreter that a user asks for.

    Args:
        asked: a path, a command, or a version such as `3.12`, `3.12.1` or `python3.12`; a version is the running
            interpreter if it has it, else the first on PATH, in pyenv's folder, or that uv knows, that starts.

    Raises:
        SelectionError: there is none, or no worker can run in it.
    """
    version = _VERSION.fullmatch(asked)
    # pyenv's shims are on PATH for every version and fail for those that are not selected.
    candidates = [Path(shutil.which(asked) or asked).absolute()] if version is None else _candidates(version[1])
    for executable in candidates:
        told = _told(executable)
        if told is None or (version is not None and not _is(told[1], version[1])):
            continue
        implementation, text = told
        if implementation != "cpython" or tuple(map(int, text.split(".")[:2])) < OLDEST:
            raise SelectionError(
                f"{_named(asked)} is {implementation} {text}, and workers need CPython 3.11 or later",
                remedy="name another interpreter",
            )
        return Interpreter(executable, text)
    raise SelectionError(
        f"there is no Python {_named(asked)} that starts", remedy="name a version that is installed, or a path"
    )


def labels(asked: Sequence[str], interpreters: Sequence[Interpreter]) -> tuple[str, ...]:
    """A name for each: its version, with the folder of its environment where two have the same, else a number too."""
    count = Counter(each.version for each in interpreters)
    names: list[str] = []
    for text, each in zip(asked, interpreters, strict=True):
        name = each.version
        if count[name] > 1 and _VERSION.fullmatch(text) is None:
            name = f"{name} ({each.executable.parent.parent.name})"
        names.append(name)
    seen = Counter(names)
    return tuple(f"{name} #{names[:at].count(name) + 1}" if seen[name] > 1 else name for at, name in enumerate(names))


def _candidates(version: str) -> Iterator[Path]:
    own = here()
    if _is(own.version, version):
        yield own.executable
    for folder in os.get_exec_path():
        name = shutil.which(f"python{version}", path=folder)
        if name is not None:
            yield Path(name).absolute()
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    matching = [path for path in root.glob(f"{version}*/bin/python") if _is(path.parents[1].name, version)]
    yield from sorted(matching, key=lambda path: _numbers(path.parents[1].name), reverse=True)
    if uv := shutil.which("uv"):
        said = _said([uv, "python", "find", "--no-python-downloads", version])
        if said:
            yield Path(said)


def _is(version: str, asked: str) -> bool:
    """Whether 3.12.1 is what 3.12 asks for."""
    return f"{version}.".startswith(f"{asked}.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def _told(executable: Path) -> tuple[str, str] | None:
    """Implementation and version, as the interpreter itself says; None where it does not start."""
    said = (_said([str(executable), "-c", _PROBE]) or "").split()
    return (said[0], said[1]) if len(said) == 2 else None


def _said(command: list[str]) -> str | None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _named(asked: str) -> str:
    """What was asked for, without the folders of a machine."""
    return Path(asked).name if os.sep in asked else asked


def environment_in(interpreter: Interpreter) -> Environment:
    """What the figures of its workers depend on.

    Raises:
        WorkerError: it does not say.
    """
    program = "import dataclasses, json; from patternbench.environment import environment as e; "
    program += "print(json.dumps(dataclasses.asdict(e())))"
    try:
        done = subprocess.run(
            [str(interpreter.executable), "-P", "-c", program],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=True,
            env=interpreter.environment(os.environ),
        )
        plain = json.loads(done.stdout)
        return Environment(**{**plain, "machine": Machine(**plain["machine"])})
    except (OSError, ValueError, TypeError, KeyError, subprocess.SubprocessError) as error:
        raise WorkerError(
            f"Python {interpreter.version} does not run this package ({type(error).__name__})",
            remedy="name another interpreter",
        ) from error
