"""A study of tools from its first question to its last: each answer is written down before the next is asked for.

In its folder, `peers.jsonl` begins with what was asked for; a line follows for each tool's rehearsal and one for each
answer. Whatever ends it, what was answered is kept, and a resumed study asks the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, linear_regression
from typing import Any

from patternbench.errors import ToolMissingError
from patternbench.selfcheck.document import record
from patternbench.selfcheck.log import StudyLog
from patternbench.selfcheck.neighbours import CONDITIONS, neighbours
from patternbench.selfcheck.peers.checkouts import checked_out
from patternbench.selfcheck.peers.command import CommandFailed
from patternbench.selfcheck.peers.outcome import Entrant, Outcome, PeerCheck, scores
from patternbench.selfcheck.peers.peer import Answer, Peer, Question, Setting
from patternbench.selfcheck.peers.plan import Ask, PeerScope, ordered
from patternbench.session import Environment

ANSWERS = "peers.jsonl"
ANSWERS_VERSION = 1

_REHEARSED = (0.3, 0.6)
"""Shares of a decision's time that a tool is told to measure for, before it is known what else it takes."""

REHEARSALS = len(_REHEARSED) + 1

_LEAST, _MOST = 0.1, 0.95
_OVERSTAY = 10
_PATIENCE_S = 60.0
"""A command may take ten times a decision's time and a minute: longer is a hang."""


@dataclass(frozen=True, slots=True)
class PeerHeading:
    """What a study was asked for: enough to ask the same again.

    Attributes:
        started: UTC, ISO 8601 with a Z.
        versions: of the tools, by name.
        fingerprint: of the environment that asks.
    """

    id: str
    started: str
    seed: int
    scope: PeerScope
    versions: dict[str, str]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a rehearsal found: the seconds of measuring with which a tool's decision takes its time."""

    tool: str
    measuring_s: float


class PeerStudy:
    """The questions of one study.

    Args:
        folder: takes the answers; made where it is not there.
        peers: the tools by name; those of the heading must be among them.
        heading: of a new study; None goes on with the one in the folder.

    Raises:
        DocumentError: there is no study in the folder, or its answers are damaged.
    """

    def __init__(self, folder: Path, peers: Mapping[str, Peer], heading: PeerHeading | None = None) -> None:
        self._log = StudyLog(folder / ANSWERS, "answers", ANSWERS_VERSION, "patternbench selfcheck --against all")
        self.fitted: dict[str, Fitted] = {}
        self.outcomes: list[Outcome] = []
        if heading is None:
            self.heading = self._log.read(PeerHeading, {"fitted": self._rehearsed, "answer": self._answered})
        else:
            self.heading = heading
            self._log.begin(heading)
        self.peers = {tool: peers[tool] for tool in self.heading.scope.tools}
        settings = {tool: peer.settings for tool, peer in self.peers.items()}
        self.plan = ordered(self.heading.scope, settings, self.heading.seed)

    @property
    def remaining(self) -> tuple[Ask, ...]:
        """Questions that are not answered yet, in their order."""
        done = {each.ask.number for each in self.outcomes}
        return tuple(each for each in self.plan if each.number not in done)

    def prepare(self, folder: Path, variables: Mapping[str, str], watch: Callable[[str], None]) -> None:
        """Make what the tools need, and rehearse those that are fitted to the time; outside every budget.

        Args:
            folder: temporary, and kept until the study ends.
            variables: what units need in the environment.
            watch: told the name of each tool before its turn.

        Raises:
            ToolMissingError: a tool cannot be asked at all here.
        """
        for tool, peer in self.peers.items():
            watch(tool)
            own = folder / tool
            own.mkdir()
            try:
                peer.prepare(own)
                if Setting.BUDGET in peer.settings and tool not in self.fitted:
                    self._fit(peer, variables)
            except CommandFailed as error:
                raise ToolMissingError(
                    f"{tool} cannot be asked here: {error}", remedy=f"leave {tool} out of --against, or mend it"
                ) from error

    def _fit(self, peer: Peer, variables: Mapping[str, str]) -> None:
        scope = self.heading.scope
        tries: list[tuple[float, float]] = []
        for turn in range(REHEARSALS):
            # The last try is made with what the others suggest.
            measuring_s = (
                _REHEARSED[turn] * scope.decision_s if turn < len(_REHEARSED) else fit(tries, scope.decision_s)
            )
            with checked_out(scope.units[0], 0) as checkouts:
                question = Question(
                    checkouts, measuring_s, scope.decision_s, self.heading.seed, variables, self._timeout_s
                )
                tries.append((measuring_s, peer.answer(question).seconds))
        self.fitted[peer.name] = fitted = Fitted(peer.name, round(fit(tries, scope.decision_s), 2))
        with self._log.lines() as lines:
            lines.append({"event": "fitted", **asdict(fitted)})

    def run(
        self,
        variables: Mapping[str, str],
        *,
        watch: Callable[[Outcome], None] = lambda _: None,
        surrounded: Callable[[int], AbstractContextManager[object]] = neighbours,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ask what remains; may be interrupted at any time, and loses the running question alone.

        Args:
            watch: hears of every answer.
            surrounded: keeps that many neighbours busy while its context lasts.
        """
        with self._log.lines() as lines:
            for ask in self.remaining:
                at = f"{now():%Y-%m-%dT%H:%M:%SZ}"
                with checked_out(ask.unit, ask.percent) as checkouts, surrounded(CONDITIONS[ask.condition]):
                    found = self._asked(ask, self._question(ask, checkouts, variables), at)
                self.outcomes.append(found)
                lines.append({"event": "answer", **asdict(found)})
                watch(found)

    def _question(self, ask: Ask, checkouts: Any, variables: Mapping[str, str]) -> Question:
        return Question(
            checkouts=checkouts,
            measuring_s=self.fitted[ask.tool].measuring_s if ask.setting is Setting.BUDGET else None,
            budget_s=self.heading.scope.decision_s,
            seed=ask.seed,
            variables=variables,
            timeout_s=self._timeout_s,
        )

    def _asked(self, ask: Ask, question: Question, at: str) -> Outcome:
        try:
            answer: Answer = self.peers[ask.tool].answer(question)
        except CommandFailed as error:
            return Outcome(ask, at, 0.0, reason=str(error))
        return Outcome(ask, at, round(answer.seconds, 3), answer.readings)

    @property
    def _timeout_s(self) -> float:
        return _OVERSTAY * self.heading.scope.decision_s + _PATIENCE_S

    def concluded(self, environment: Environment, *, finished: str, version: str) -> PeerCheck:
        """What was found so far.

        Args:
            finished: UTC, ISO 8601 with a Z.
            version: of patternbench.
        """
        heading = self.heading
        outcomes = tuple(sorted(self.outcomes, key=lambda each: each.ask.number))
        return PeerCheck(
            id=heading.id,
            started=heading.started,
            finished=finished,
            version=version,
            seed=heading.seed,
            scope=heading.scope,
            environment=environment,
            planned=len(self.plan),
            entrants=tuple(self._entrant(peer) for peer in self.peers.values()),
            scores=scores(outcomes, heading.scope.tools, heading.seed),
            outcomes=outcomes,
        )

    def _entrant(self, peer: Peer) -> Entrant:
        fitted = self.fitted.get(peer.name)
        return Entrant(
            peer.name,
            self.heading.versions[peer.name],
            peer.commands,
            peer.options(fitted.measuring_s) if fitted else (),
            fitted.measuring_s if fitted else None,
        )

    def _rehearsed(self, line: dict[str, Any]) -> None:
        fitted = record(Fitted, line)
        self.fitted[fitted.tool] = fitted

    def _answered(self, line: dict[str, Any]) -> None:
        self.outcomes.append(record(Outcome, line))


def fit(tries: Sequence[tuple[float, float]], decision_s: float) -> float:
    """Seconds of measuring with which a decision takes its time: on the line of least squares through the tries.

    Args:
        tries: seconds of measuring, not all of them equal, and of the whole decision.
        decision_s: of a whole decision.
    """
    # A second of measuring takes a second at least; less than that is the weather's doing.
    slope = max(1.0, linear_regression(*zip(*tries, strict=True)).slope)
    beside_s = fmean(taken_s - slope * measuring_s for measuring_s, taken_s in tries)
    return min(max((decision_s - beside_s) / slope, _LEAST * decision_s), _MOST * decision_s)
