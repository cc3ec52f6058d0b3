"""A self-check from its first trial to its last: each decided, timed and written down before the next begins.

In its folder, `trials.jsonl` begins with what was asked for; a line follows for the verification and one for each
trial. Whatever ends it, what was decided is kept, and a resumed study decides the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from patternbench.errors import WorkerError
from patternbench.places import without_folders
from patternbench.selfcheck.document import TRIALS, record
from patternbench.selfcheck.log import StudyLog
from patternbench.selfcheck.neighbours import CONDITIONS, neighbours
from patternbench.selfcheck.outcome import Outcome, SelfCheck, findings, outcome
from patternbench.selfcheck.plan import Scope, Trial, planned
from patternbench.selfcheck.verification import Verification
from patternbench.session import CaseResult, Environment
from patternbench.verdict import Verdict

TRIALS_VERSION = 1

Decide = Callable[[Trial], CaseResult]
"""Gives the engine's result of a trial, its candidate among the variants."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a self-check was asked for: enough to plan the same again.

    Attributes:
        started: UTC, ISO 8601 with a Z.
        fingerprint: of the environment that decides.
    """

    id: str
    started: str
    seed: int
    scope: Scope
    fingerprint: str


class Study:
    """The trials of one self-check.

    Args:
        folder: takes the trials; made where it is not there.
        heading: of a new study; None goes on with the one in the folder.

    Raises:
        DocumentError: there is no study in the folder, or its trials are damaged.
    """

    def __init__(self, folder: Path, heading: Heading | None = None) -> None:
        self._log = StudyLog(folder / TRIALS, "trials", TRIALS_VERSION, "patternbench selfcheck")
        self.verification: Verification | None = None
        self.outcomes: list[Outcome] = []
        if heading is None:
            self.heading = self._log.read(Heading, {"verification": self._verified, "trial": self._decided})
        else:
            self.heading = heading
            self._log.begin(heading)
        self.plan = planned(self.heading.scope, self.heading.seed)

    @property
    def remaining(self) -> tuple[Trial, ...]:
        """Trials that are not decided yet, in their order."""
        done = {each.trial.number for each in self.outcomes}
        return tuple(each for each in self.plan if each.number not in done)

    def verify(self, verify: Callable[[Scope], Verification]) -> None:
        """Verify what is planted, unless that was done; a tool that fails costs the verification, not the study."""
        if self.verification is None:
            try:
                self.verification = verify(self.heading.scope)
            except WorkerError as error:
                self.verification = Verification(not_counted=without_folders(error.args[0]))
            with self._log.lines() as lines:
                lines.append({"event": "verification", **asdict(self.verification)})

    def run(
        self,
        decide: Decide,
        *,
        surrounded: Callable[[int], AbstractContextManager[object]] = neighbours,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Make the trials that remain; may be interrupted at any time, and loses the running trial alone.

        Args:
            surrounded: keeps that many neighbours busy while its context lasts.
            clock: seconds, for how long a decision takes.
        """
        with self._log.lines() as lines:
            for trial in self.remaining:
                at = f"{now():%Y-%m-%dT%H:%M:%SZ}"
                with surrounded(CONDITIONS[trial.condition]):
                    began = clock()
                    try:
                        case = decide(trial)
                    except WorkerError as error:
                        seconds = clock() - began
                        reason = without_folders(error.args[0])
                        found = Outcome(trial, at, Verdict.BROKEN, round(seconds, 3), reason=reason)
                    else:
                        found = outcome(trial, case, at=at, seconds=round(clock() - began, 3))
                self.outcomes.append(found)
                lines.append({"event": "trial", **asdict(found)})

    def concluded(self, environment: Environment, *, finished: str, version: str) -> SelfCheck:
        """What was found so far.

        Args:
            finished: UTC, ISO 8601 with a Z.
            version: of patternbench.
        """
        heading = self.heading
        outcomes = tuple(sorted(self.outcomes, key=lambda each: each.trial.number))
        return SelfCheck(
            id=heading.id,
            started=heading.started,
            finished=finished,
            version=version,
            seed=heading.seed,
            scope=heading.scope,
            environment=environment,
            planned=len(self.plan),
            verification=self.verification or Verification(not_counted="it was not reached"),
            findings=findings(outcomes, heading.seed),
            outcomes=outcomes,
        )

    def _verified(self, line: dict[str, Any]) -> None:
        self.verification = record(Verification, line)

    def _decided(self, line: dict[str, Any]) -> None:
        self.outcomes.append(record(Outcome, line))
