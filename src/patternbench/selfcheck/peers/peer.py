"""What a tool is to the study: commands that look at two checkouts, and what their own rules make of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from patternbench.errors import ToolMissingError
from patternbench.selfcheck.peers.checkouts import Checkouts
from patternbench.verdict import Verdict


class Setting(StrEnum):
    """How a tool is called: as it comes, or with its own options set to take the time of a decision."""

    DEFAULT = "default"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one rule of a tool made of one trial.

    Attributes:
        rule: the rule as the tool's users write it, such as "mean:5%".
        estimate: the statistic that the rule looks at, such as "mean".
        log_ratio: natural logarithm of new over old by that statistic.
        verdict: the tool's own; one that has no word for "the same" is undecided instead.
    """

    rule: str
    estimate: str
    log_ratio: float
    verdict: Verdict

    def __post_init__(self) -> None:
        if not math.isfinite(self.log_ratio):
            raise ValueError(f"no ratio: {self.log_ratio}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A tool's answer to one question.

    Attributes:
        readings: one per rule.
        seconds: of all its commands, from start to verdict.
    """

    readings: tuple[Reading, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a tool once.

    Attributes:
        checkouts: the two sides.
        measuring_s: seconds of measuring in all that its options are set to; None leaves every option as it comes.
        budget_s: seconds that the whole decision may take; only for a tool that takes it as it is.
        seed: of the tool's own random choices, where it takes one.
        variables: what the unit needs in the environment, such as the address of a server.
        timeout_s: longest wait for one command.
    """

    checkouts: Checkouts
    measuring_s: float | None
    budget_s: float
    seed: int
    variables: Mapping[str, str]
    timeout_s: float


class Peer(Protocol):
    """A tool that says whether a new checkout is slower than an old one."""

    @property
    def name(self) -> str:
        """As the command line takes it."""

    @property
    def commands(self) -> tuple[str, ...]:
        """What is run, for the reader."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Its own rules; the first is the one that its users meet."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Those that differ: a tool that fits itself to a budget has only one."""

    @property
    def default_s(self) -> float:
        """Seconds of a decision as it comes, on a quiet machine with two cores; only plans a study's length."""

    def version(self) -> str:
        """What is installed.

        Raises:
            ToolMissingError: nothing, or not all that it needs.
        """

    def prepare(self, folder: Path) -> None:
        """Make what outlives a trial, such as an environment; outside every budget.

        Raises:
            CommandFailed: it cannot be made.
        """

    def options(self, measuring_s: float) -> tuple[str, ...]:
        """Its own options, set so that it measures for that long in all."""

    def answer(self, question: Question) -> Answer:
        """Ask once.

        Raises:
            CommandFailed: there was no answer.
        """


def installed(tool: str, *packages: str, extra: str) -> str:
    """The version of the first package, when all are there.

    Raises:
        ToolMissingError: one is not.
    """
    try:
        versions = [version(package) for package in packages]
    except PackageNotFoundError as error:
        raise ToolMissingError(
            f"{tool} cannot be compared: {error.name} is not installed",
            remedy=f"install it with: pip install 'patternbench[{extra}]'",
        ) from None
    return versions[0]


def called(log_ratio: float, *, found: bool) -> Verdict:
    """A two-sided rule's verdict in words."""
    if not found:
        return Verdict.UNDECIDED
    return Verdict.SLOWER if log_ratio > 0 else Verdict.FASTER
