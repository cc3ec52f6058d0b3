"""asv: two commits of one small repository, and `asv continuous` on them.

It marks a benchmark when the medians differ by more than the factor, 1.1 by default, and a Mann-Whitney test finds
p < 0.002 (https://asv.readthedocs.io, "asv continuous"). The exit code says that one became slower; that one became
faster stands in the last line only.

What a user has long built stands ready before the clock starts: the virtual environment, made once in a study, with
the checkout on its path in the place of an installation. Building and installing a package for each of the commits,
as asv does otherwise, would cost most of a decision; here asv is spared it.
"""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

from patternbench.errors import ToolMissingError
from patternbench.selfcheck.peers.checkouts import SUBJECT
from patternbench.selfcheck.peers.command import CommandFailed, Finished, Run, failure, run_command
from patternbench.selfcheck.peers.peer import Answer, Question, Reading, Setting, called, installed

RULE, STATISTIC = "factor 1.1", "median"
_BENCHMARK = "bench.time_unit"
_MACHINE = "local"
_ROUNDS = 4
"""In the budget: processes of each side, twice as many as by default; asv takes their rounds in turn."""

_SAMPLES = 10_000
_PREPARE_S = 300.0
_GIT = {
    "GIT_AUTHOR_NAME": "patternbench",
    "GIT_AUTHOR_EMAIL": "patternbench@localhost",
    "GIT_COMMITTER_NAME": "patternbench",
    "GIT_COMMITTER_EMAIL": "patternbench@localhost",
    # No settings of the user's: no signatures, no hooks, no other default branch.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
_FASTER = "PERFORMANCE INCREASED"


class Asv:
    """The peer; two processes of each commit, round about."""

    name = "asv"
    commands = ("asv continuous HEAD~1 HEAD",)
    rules = (RULE,)
    settings = (Setting.DEFAULT, Setting.BUDGET)
    default_s = 3.0

    def __init__(self, run: Run = run_command) -> None:
        self._run = run
        self._folder: Path | None = None

    def version(self) -> str:
        """What is installed; see `Peer`."""
        found = installed(self.name, "asv", "virtualenv", extra="track")
        if shutil.which("git") is None:
            raise ToolMissingError("asv cannot be compared: there is no git", remedy="install git")
        return found

    def prepare(self, folder: Path) -> None:
        """Make the repository and the environment; see `Peer`."""
        self._folder = folder
        project = folder / "project"
        (project / "benchmarks").mkdir(parents=True)
        (folder / "home").mkdir()
        (project / "benchmarks" / "__init__.py").touch()
        (project / "benchmarks" / "bench.py").write_text(
            f"from {SUBJECT} import call\n\n\ndef time_unit():\n    call()\n", encoding="utf-8"
        )
        (project / "asv.conf.json").write_text(json.dumps(configuration()), encoding="utf-8")
        self._checked(("git", "init", "--quiet", "--initial-branch=main", "."))
        self._commit("", "the benchmark")
        # Its exit code says nothing: asv gives the list of environments to `sys.exit`.
        made = self._command(("setup",), _PREPARE_S, home=False)
        for environment in (folder / "env").glob("*/"):
            self._link(environment)
            break
        else:
            raise failure("asv made no environment", made)
        facts = ("os", "arch", "cpu", "num_cpu", "ram")
        self._command(
            ("machine", f"--machine={_MACHINE}", *(f"--{fact}=unnamed" for fact in facts)), _PREPARE_S, home=True
        )

    def options(self, measuring_s: float) -> tuple[str, ...]:
        """More rounds, each of which samples for its share of the time."""
        share_s = measuring_s / (2 * _ROUNDS)
        return (f"--attribute=rounds={_ROUNDS}", f"--attribute=repeat=(1,{_SAMPLES},{share_s:.3f})")

    def answer(self, question: Question) -> Answer:
        """Ask once; see `Peer`."""
        commits = [
            self._commit(text, side)
            for side, text in (("old", question.checkouts.old_text), ("new", question.checkouts.new_text))
        ]
        results = self._home / "results"
        shutil.rmtree(results, ignore_errors=True)
        options = () if question.measuring_s is None else self.options(question.measuring_s)
        finished = self._command(
            ("continuous", f"--machine={_MACHINE}", *options, "HEAD~1", "HEAD"),
            question.timeout_s,
            home=True,
            variables=question.variables,
        )
        old, new = (median_of(results / _MACHINE, commit, finished) for commit in commits)
        log_ratio = math.log(new / old)
        return Answer((reading(log_ratio, finished),), finished.seconds)

    @property
    def _home(self) -> Path:
        if self._folder is None:
            raise ValueError("prepare comes first")
        return self._folder

    def _command(self, arguments: tuple[str, ...], timeout_s: float, *, home: bool, variables: Any = None) -> Finished:
        # asv takes the first python3.N on the path before its own interpreter, and keeps the machine's facts at home.
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
        extra = _GIT | {"PATH": path} | ({"HOME": str(self._home / "home")} if home else {})
        return self._run(
            (sys.executable, "-m", "asv", *arguments),
            self._home / "project",
            variables=extra | dict(variables or {}),
            timeout_s=timeout_s,
        )

    def _checked(self, arguments: tuple[str, ...]) -> str:
        finished = self._run(arguments, self._home / "project", variables=_GIT, timeout_s=_PREPARE_S)
        if finished.code != 0:
            raise failure("git failed", finished)
        return finished.output.strip()

    def _commit(self, text: str, message: str) -> str:
        """Commit the subject, and give the commit's hash."""
        (self._home / "project" / f"{SUBJECT}.py").write_text(text, encoding="utf-8")
        self._checked(("git", "add", "--all"))
        self._checked(("git", "-c", "gc.auto=0", "commit", "--quiet", "--allow-empty", f"--message={message}"))
        return self._checked(("git", "rev-parse", "HEAD"))

    def _link(self, environment: Path) -> None:
        """Put the commit's checkout on the environment's path."""
        (packages,) = [*environment.glob("lib/python3*/site-packages"), *environment.glob("Lib/site-packages")]
        (packages / "subject.pth").write_text(f"{environment / 'project'}\n", encoding="utf-8")


def configuration() -> dict[str, object]:
    """What `asv.conf.json` says: asv's defaults, in a study's folder, with nothing to build."""
    return {
        "version": 1,
        "project": SUBJECT,
        "repo": ".",
        "branches": ["main"],
        "environment_type": "virtualenv",
        "pythons": [".".join(platform.python_version_tuple()[:2])],
        "benchmark_dir": "benchmarks",
        "env_dir": "../env",
        "results_dir": "../results",
        "html_dir": "../html",
        "build_command": [],
        "install_command": [],
        "uninstall_command": [],
    }


def median_of(results: Path, commit: str, finished: Finished) -> float:
    """The result of a commit, which is the median of its samples, seconds.

    Raises:
        CommandFailed: it has none.
    """
    files = list(results.glob(f"{commit[:8]}-*.json"))
    if len(files) != 1:
        raise failure("asv kept no result", finished)
    try:
        document: Any = json.loads(files[0].read_text("utf-8"))
        entry = document["results"][_BENCHMARK]
        columns = document["result_columns"]
        (value,) = dict(zip(columns, entry, strict=False))["result"]  # asv cuts empty columns off the end
    except (ValueError, LookupError, TypeError) as error:
        raise CommandFailed("asv's file is not as expected") from error
    if not isinstance(value, float) or not value > 0:
        raise failure("asv's benchmark failed", finished)
    return value


def reading(log_ratio: float, finished: Finished) -> Reading:
    """What asv says: an exit code for slower, a sentence for faster."""
    found = finished.code != 0 or _FASTER in finished.output
    return Reading(RULE, STATISTIC, log_ratio, called(log_ratio, found=found))
