"""Tools that answer at once, with an error of known size and a rule: what studies of tools are tested on."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.simulated_trials import ENVIRONMENT

from patternbench.selfcheck.peers import OURS
from patternbench.selfcheck.peers.command import CommandFailed
from patternbench.selfcheck.peers.outcome import Entrant, Outcome, PeerCheck, scores
from patternbench.selfcheck.peers.peer import Answer, Peer, Question, Reading, Setting, called
from patternbench.selfcheck.peers.plan import PEER_SCOPES, PeerScope, ordered

BOTH = (Setting.DEFAULT, Setting.BUDGET)
_REPETITIONS = re.compile(r"return _work\((\d+)\)")


class SimulatedPeer:
    """Estimates with a normal error, and calls a difference past a limit.

    Args:
        error: standard deviation of the log ratio with its defaults; in the budget half of that.
        limit: log ratio that its own rule must see passed.
        overhead_s: what a decision takes beside measuring.
    """

    commands = ("tool --compare old new",)
    rules = ("limit",)
    default_s = 5.0

    def __init__(
        self,
        name: str,
        *,
        error: float,
        limit: float = math.log(1.05),
        settings: tuple[Setting, ...] = BOTH,
        overhead_s: float = 3.0,
    ) -> None:
        self.name = name
        self.settings = settings
        self.asked: list[Question] = []
        self.prepared: list[Path] = []
        self.missing: Exception | None = None
        self.failing: str | None = None
        self.stop_after: int | None = None
        self._error, self._limit, self._overhead_s = error, limit, overhead_s

    def version(self) -> str:
        if self.missing is not None:
            raise self.missing
        return "1.2.3"

    def prepare(self, folder: Path) -> None:
        self.prepared.append(folder)

    def options(self, measuring_s: float) -> tuple[str, ...]:
        return (f"--measure={measuring_s:g}",)

    def answer(self, question: Question) -> Answer:
        if self.stop_after is not None and len(self.asked) >= self.stop_after:
            raise KeyboardInterrupt
        self.asked.append(question)
        if self.failing is not None:
            raise CommandFailed(self.failing)
        return self.said(true_log_ratio(question), question.measuring_s, question.seed)

    def said(self, truth: float, measuring_s: float | None, seed: int) -> Answer:
        """The answer to a question of known truth."""
        chance = random.Random(f"{self.name}/{measuring_s}/{seed}")
        log_ratio = truth + chance.gauss(0, self._error if measuring_s is None else self._error / 2)
        seconds = self._overhead_s + (2.0 if measuring_s is None else measuring_s)
        verdict = called(log_ratio, found=abs(log_ratio) > self._limit)
        return Answer((Reading("limit", "median", log_ratio, verdict),), seconds)


def true_log_ratio(question: Question) -> float:
    """What was planted, read from the checkouts as a tool would meet it."""
    old, new = (
        int(found.group(1))
        for text in (question.checkouts.old_text, question.checkouts.new_text)
        if (found := _REPETITIONS.search(text))
    )
    return math.log(new / old)


def simulated_peers() -> dict[str, SimulatedPeer]:
    """Ours, sharp and fitting itself; one that is blunt; one that cries wolf."""
    return {
        OURS: SimulatedPeer(OURS, error=0.003, limit=math.log(1.009), settings=(Setting.DEFAULT,)),
        "pyperf": SimulatedPeer("pyperf", error=0.05, limit=math.log(1.02)),
        "asv": SimulatedPeer("asv", error=0.04, limit=math.log(1.1)),
    }


def narrow(**changes: object) -> PeerScope:
    """A small scope of the simulated tools."""
    scope = replace(PEER_SCOPES["full"], tools=tuple(simulated_peers()), units=("sort",), percents=(0, 5, 20))
    return replace(scope, **changes)  # type: ignore[arg-type]


def peer_check(scope: PeerScope | None = None, *, seed: int = 1, peers: Mapping[str, Peer] | None = None) -> PeerCheck:
    """What a whole study of simulated tools finds, without folders or commands."""
    scope = scope or replace(PEER_SCOPES["full"], tools=tuple(simulated_peers()))
    asked: Mapping[str, Peer] = peers or simulated_peers()
    plan = ordered(scope, {tool: peer.settings for tool, peer in asked.items()}, seed)
    outcomes = []
    for ask in plan:
        peer = asked[ask.tool]
        assert isinstance(peer, SimulatedPeer)
        measuring_s = 7.0 if ask.setting is Setting.BUDGET else None
        answer = peer.said(math.log1p(ask.percent / 100), measuring_s, ask.seed)
        outcomes.append(Outcome(ask, "2026-03-01T03:00:00Z", answer.seconds, answer.readings))
    return PeerCheck(
        id="20260301T030000Z-abc123",
        started="2026-03-01T03:00:00Z",
        finished="2026-03-01T04:10:00Z",
        version="0.1.0",
        seed=seed,
        scope=scope,
        environment=ENVIRONMENT,
        planned=len(plan),
        entrants=tuple(
            Entrant(tool, "1.2.3", peer.commands, peer.options(7.0) if len(peer.settings) > 1 else ())
            for tool, peer in asked.items()
        ),
        scores=scores(outcomes, scope.tools, seed),
        outcomes=tuple(outcomes),
    )


def stored_peers_at(reports: Path) -> Path:
    """Where a reports folder keeps the document of `peer_check`."""
    return reports / "selfcheck" / "20260301T030000Z-abc123" / "peers.json"
