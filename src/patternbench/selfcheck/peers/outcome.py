"""What the tools answered, and where each stands: the records that are stored, published and shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from patternbench.selfcheck.neighbours import CONDITIONS
from patternbench.selfcheck.peers.peer import Reading, Setting
from patternbench.selfcheck.peers.plan import Ask, PeerScope
from patternbench.selfcheck.units import true_ratio
from patternbench.session import Environment
from patternbench.statistics.detector import Decision, Figures, Rate, bias, figures, rate
from patternbench.statistics.tuning import Estimate, tuned
from patternbench.verdict import Verdict

PEERS_SCHEMA_VERSION = 1

FIVE_PERCENT = 0.05
"""The difference for which the seconds to a verdict are told."""

_ROBUST = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, answered.

    Attributes:
        at: when it was asked, UTC, ISO 8601 with a Z.
        seconds: of all commands, from start to verdict.
        readings: one per rule of the tool; none where there was no answer.
        reason: why there was none.
    """

    ask: Ask
    at: str
    seconds: float
    readings: tuple[Reading, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entrant:
    """A tool that was asked.

    Attributes:
        commands: what was run.
        options: its own options that take the time of a decision; none where it fits itself.
        measuring_s: what they were set to, so that the whole decision takes its time; found by rehearsal.
    """

    name: str
    version: str
    commands: tuple[str, ...]
    options: tuple[str, ...] = ()
    measuring_s: float | None = None


class Row(StrEnum):
    """How a tool is judged."""

    DEFAULT = "as it comes"
    """Its own options, its own rule."""
    BUDGET = "in the budget"
    """Options that take the time of a decision, its own rule."""
    TUNED = "tuned"
    """The same, and a threshold on its own estimate, set to 1 % false alarms where it is not judged."""


@dataclass(frozen=True, slots=True)
class Score:
    """Where one rule of one tool stands.

    Attributes:
        rule: the tool's own, or for a tuned row the statistic that the threshold is on.
        condition: of `CONDITIONS`.
        spread_points: standard deviation of the estimate's error, percentage points, from its median absolute
            deviation; None with fewer than two estimates.
        failed: questions without an answer; they are in no other figure.
        thresholds: of a tuned row, as shares, one from each half.
        resolution: as in `Tuned`.
        five: how often 5 % was found; five_s: median seconds of those that were, None where none was.
    """

    tool: str
    row: Row
    rule: str
    condition: str
    figures: Figures
    spread_points: float | None
    failed: int
    five: Rate
    five_s: float | None
    thresholds: tuple[float, float] | None = None
    resolution: float | None = None


@dataclass(frozen=True, slots=True)
class PeerCheck:
    """A whole study of tools on the same work.

    Attributes:
        finished: UTC; when it ended or was cut short.
        version: of patternbench.
        planned: number of questions.
    """

    id: str
    started: str
    finished: str
    version: str
    seed: int
    scope: PeerScope
    environment: Environment
    planned: int
    entrants: tuple[Entrant, ...]
    scores: tuple[Score, ...]
    outcomes: tuple[Outcome, ...]
    schema_version: int = PEERS_SCHEMA_VERSION

    @property
    def complete(self) -> bool:
        """Whether every question was asked."""
        return len(self.outcomes) == self.planned

    def of(self, tool: str, row: Row, condition: str | None = None) -> tuple[Score, ...]:
        """A tool's scores in a row, in the order of its rules; None takes the first condition."""
        wanted = condition or self.scope.conditions[0]
        return tuple(each for each in self.scores if (each.tool, each.row, each.condition) == (tool, row, wanted))

    def best(self, tool: str, row: Row, condition: str | None = None) -> Score | None:
        """The rule of a tool that finds the smallest slow-down nine times in ten; among equals the most found."""
        return max(self.of(tool, row, condition), key=_sharpness, default=None)


def scores(outcomes: Sequence[Outcome], tools: Sequence[str], seed: int) -> tuple[Score, ...]:
    """Every rule of every tool, in every condition that was tried."""
    found: list[Score] = []
    for condition in CONDITIONS:
        for tool in tools:
            mine = [each for each in outcomes if (each.ask.tool, each.ask.condition) == (tool, condition)]
            by_setting = {
                setting: [each for each in mine if each.ask.setting is setting]
                for setting in Setting
                if any(each.ask.setting is setting for each in mine)
            }
            for setting, row in ((Setting.DEFAULT, Row.DEFAULT), (Setting.BUDGET, Row.BUDGET)):
                found += _own(by_setting.get(setting, []), row, seed)
            # A tool that fits itself to the budget has one setting, which is tuned then.
            found += _tuned(by_setting.get(Setting.BUDGET) or by_setting.get(Setting.DEFAULT, []), seed)
    return tuple(found)


def _own(outcomes: Sequence[Outcome], row: Row, seed: int) -> Iterator[Score]:
    """The tool's own verdicts."""
    for rule, answered in _by_rule(outcomes):
        decisions = [Decision(_planted(each), reading.verdict, each.seconds) for each, reading in answered]
        yield _score(rule, row, answered, outcomes, decisions, seed)


def _tuned(outcomes: Sequence[Outcome], seed: int) -> Iterator[Score]:
    """Verdicts by a threshold on the tool's own estimate."""
    for _, answered in _by_rule(outcomes):
        estimates = [Estimate(_planted(each), reading.log_ratio, each.seconds) for each, reading in answered]
        found = tuned(estimates, np.random.default_rng(seed))
        if found is None:
            continue
        first, second = (math.expm1(each) for each in found.thresholds)
        score = _score(answered[0][1].estimate, Row.TUNED, answered, outcomes, found.decisions, seed)
        yield replace(score, thresholds=(first, second), resolution=found.resolution)


def _by_rule(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, list[tuple[Outcome, Reading]]]]:
    for rule in dict.fromkeys(reading.rule for each in outcomes for reading in each.readings):
        yield rule, [(each, reading) for each in outcomes for reading in each.readings if reading.rule == rule]


def _score(
    rule: str,
    row: Row,
    answered: Sequence[tuple[Outcome, Reading]],
    outcomes: Sequence[Outcome],
    decisions: Sequence[Decision],
    seed: int,
) -> Score:
    errors = [reading.log_ratio - math.log(true_ratio(each.ask.percent)) for each, reading in answered]
    of_five = [each for each in decisions if each.planted == FIVE_PERCENT]
    found_five = [each.seconds for each in of_five if each.verdict is Verdict.SLOWER]
    ask = outcomes[0].ask
    return Score(
        tool=ask.tool,
        row=row,
        rule=rule,
        condition=ask.condition,
        figures=replace(figures(decisions, np.random.default_rng(seed)), bias=bias(errors)),
        spread_points=_spread(errors),
        failed=sum(not each.readings for each in outcomes),
        five=rate(len(found_five), len(of_five)),
        five_s=float(np.median(found_five)) if found_five else None,
    )


def _spread(errors: Sequence[float]) -> float | None:
    if len(errors) < 2:
        return None
    return float(100 * _ROBUST * np.median(np.abs(np.asarray(errors) - np.median(errors))))


def _planted(outcome: Outcome) -> float:
    return outcome.ask.percent / 100


def _sharpness(score: Score) -> tuple[float, float]:
    seen = score.figures.detectable
    reached = math.inf if seen is None or seen.share is None else seen.share
    return -reached, float(sum(each.found.count for each in score.figures.power))
