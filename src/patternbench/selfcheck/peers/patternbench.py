"""patternbench itself, as the others see it: a command, a file that it writes, nothing else.

The suite has two variants, one for each checkout; the verdict is the one that `patternbench run` gives the new one.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from patternbench.errors import ToolMissingError
from patternbench.selfcheck.peers.command import CommandFailed, Finished, Run, failure, run_command
from patternbench.selfcheck.peers.peer import Answer, Question, Reading, Setting
from patternbench.verdict import Verdict

RULE, STATISTIC = "verdict", "ratio"
_NAME = "checkouts"
_VERSION_S = 60.0
_SUITE = '''\
import importlib.util
import sys
from pathlib import Path

from patternbench import Comparison, variant


def call_of(side):
    path = Path(__file__).parent / side / "subject.py"
    spec = importlib.util.spec_from_file_location(f"subject_{side}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.call


class Checkouts(Comparison):
    """Is the new checkout slower than the old one?"""

    baseline = "old"

    def setup(self):
        self.old_call, self.new_call = call_of("old"), call_of("new")

    def agree(self, expected, actual):
        return repr(expected) == repr(actual)  # each checkout has classes of its own

    @variant
    def old(self):
        return self.old_call()

    @variant
    def new(self):
        return self.new_call()
'''


class Patternbench:
    """Ourselves, under the same rules."""

    name = "patternbench"
    commands = ("patternbench run checkouts.py --seconds N --json run.json",)
    rules = (RULE,)
    settings = (Setting.DEFAULT,)
    default_s = 8.0

    def __init__(self, run: Run = run_command) -> None:
        self._run = run

    def version(self) -> str:
        """What the command says of itself; see `Peer`."""
        arguments = (sys.executable, "-m", "patternbench", "--version")
        try:
            finished = self._run(arguments, Path.cwd(), variables={}, timeout_s=_VERSION_S)
        except CommandFailed as error:
            raise ToolMissingError(f"patternbench cannot be asked: {error}", remedy="install it again") from error
        return (finished.output.split() or ["unknown"])[-1]

    def prepare(self, folder: Path) -> None:
        """Nothing outlives a trial."""

    def options(self, measuring_s: float) -> tuple[str, ...]:
        """A decision's time, as it takes it."""
        return (f"--seconds={measuring_s:g}",)

    def answer(self, question: Question) -> Answer:
        """Ask once; see `Peer`."""
        folder = question.checkouts.folder
        (folder / f"{_NAME}.py").write_text(_SUITE, encoding="utf-8")
        arguments = (
            sys.executable, "-m", "patternbench", "run", f"{_NAME}.py", *self.options(question.budget_s),
            "--json=run.json", "--no-memory", "--no-site", f"--seed={question.seed}",
        )  # fmt: skip
        finished = self._run(arguments, folder, variables=question.variables, timeout_s=question.timeout_s)
        return Answer((reading(folder / "run.json", finished),), finished.seconds)


def reading(file: Path, finished: Finished) -> Reading:
    """The new checkout's ratio and verdict in a session's document.

    Raises:
        CommandFailed: it has none.
    """
    if not file.is_file():
        raise failure("patternbench wrote no document", finished)
    try:
        document: Any = json.loads(file.read_text("utf-8"))
        (comparison,) = document["comparisons"]
        (case,) = comparison["cases"]
        (new,) = (variant for variant in case["variants"] if variant["name"] == "new")
        status, verdict, ratio = str(new["status"]), str(new["verdict"]), new["ratio"]
    except (ValueError, LookupError, TypeError) as error:
        raise CommandFailed("patternbench's document is not as expected") from error
    if status != "ok" or not ratio:
        raise failure(f"patternbench's variant is {verdict}", finished)
    return Reading(RULE, STATISTIC, math.log(float(ratio["point"])), Verdict(verdict))
