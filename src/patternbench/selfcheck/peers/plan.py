"""What the tools are asked, and in which order: tool, setting, unit, size, repetition, condition, all shuffled."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from patternbench.errors import SelectionError
from patternbench.selfcheck.neighbours import CONDITIONS
from patternbench.selfcheck.peers.peer import Peer, Setting
from patternbench.selfcheck.plan import SHORT_S, matching_units, plantable, repeatable
from patternbench.selfcheck.units import PERCENTS

_IDENTICAL_FOR_EACH = 3
"""Questions on identical code for each on a planted size: one half of them sets a threshold, the other judges it."""

FEWEST_S, MOST_S = SHORT_S, 120.0
"""Bounds of a decision's time: with less, our own smallest budget would not be held to what the others are."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one tool.

    Attributes:
        number: place in the order, from 0.
        tool: its name.
        setting: how it is called.
        unit, percent, repetition, condition: as in a self-check's trial.
        seed: of the tool's own random choices, where it takes one.
    """

    number: int
    tool: str
    setting: Setting
    unit: str
    percent: int
    repetition: int
    condition: str
    seed: int


@dataclass(frozen=True, slots=True)
class PeerScope:
    """How much is asked.

    Attributes:
        name: of the preset it comes from.
        tools: ours among them.
        identical: questions on identical code for each tool, setting, unit and condition.
        repeat: questions on each planted size, likewise.
        decision_s: seconds that a decision may take.
    """

    name: str
    tools: tuple[str, ...]
    units: tuple[str, ...]
    percents: tuple[int, ...]
    conditions: tuple[str, ...]
    identical: int
    repeat: int
    decision_s: float


PEER_SCOPES = {
    each.name: each
    for each in (
        # Some five minutes with every tool: enough to see that all of them work, and too little to rank them.
        PeerScope(
            name="quick",
            tools=(),
            units=("json_round_trip", "gather"),
            percents=(0, 10),
            conditions=("idle",),
            identical=1,
            repeat=1,
            decision_s=SHORT_S,
        ),
        # An hour: three computing units, one of asyncio, two of input and output.
        PeerScope(
            name="full",
            tools=(),
            units=("dataclass_creation", "dict_update", "sort", "gather", "sqlite_select", "http_kept"),
            percents=PERCENTS,
            conditions=("idle",),
            identical=_IDENTICAL_FOR_EACH,
            repeat=1,
            decision_s=SHORT_S,
        ),
    )
}
"""Presets; the tools come from the command line."""


def narrowed(
    scope: PeerScope,
    tools: Iterable[str],
    *,
    units: str | None = None,
    percents: Sequence[int] = (),
    conditions: Sequence[str] = (),
    repeat: int | None = None,
    decision_s: float | None = None,
) -> PeerScope:
    """The scope for these tools, with what a user asked for in its place.

    Args:
        units: a glob over all units there are; None leaves the scope's own.
        percents, conditions: empty leaves the scope's own. Identical code is always asked for: without it nothing is
            known of a threshold.
        repeat: questions on each planted size; identical code is asked for three times as often.

    Raises:
        SelectionError: the glob matches no unit, a percent cannot be planted, nothing would be repeated, or a decision
            would have too little or too much time.
    """
    scope = replace(scope, tools=tuple(tools))
    if units is not None:
        scope = replace(scope, units=matching_units(units))
    if percents:
        scope = replace(scope, percents=plantable((0, *percents)))
    if conditions:
        scope = replace(scope, conditions=tuple(name for name in CONDITIONS if name in conditions))
    if repeat is not None:
        repeatable(repeat)
        scope = replace(scope, identical=_IDENTICAL_FOR_EACH * repeat, repeat=repeat)
    if decision_s is not None:
        if not FEWEST_S <= decision_s <= MOST_S:
            raise SelectionError(
                f"a decision cannot be given {decision_s:g} s", remedy=f"choose from {FEWEST_S:g} to {MOST_S:g} seconds"
            )
        scope = replace(scope, decision_s=decision_s)
    return scope


def ordered(scope: PeerScope, settings: Mapping[str, Sequence[Setting]], seed: int) -> tuple[Ask, ...]:
    """All questions of a scope in the order in which they are asked; the same seed gives the same.

    Shuffled over everything at once, so that every tool meets the same weather, and a study that is cut short has a
    fair sample of the whole.

    Args:
        settings: those of each tool.
    """
    cells = [
        (tool, setting, unit, percent, repetition, condition)
        for tool in scope.tools
        for setting in settings[tool]
        for unit in scope.units
        for percent in scope.percents
        for condition in scope.conditions
        for repetition in range(scope.repeat if percent else scope.identical)
    ]
    draws = random.Random(f"{seed}/peers")
    draws.shuffle(cells)
    return tuple(Ask(number, *cell, seed=draws.randrange(1, 1 << 31)) for number, cell in enumerate(cells))


def expected_s(ask: Ask, peers: Mapping[str, Peer], decision_s: float) -> float:
    """Seconds that a question will take, as far as one knows before it is asked; only for saying how long."""
    return peers[ask.tool].default_s if ask.setting is Setting.DEFAULT else decision_s
