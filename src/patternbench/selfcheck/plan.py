"""What a self-check decides, and in which order: every unit, size, repetition and condition, fully shuffled."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from patternbench.errors import SelectionError
from patternbench.selfcheck.neighbours import CONDITIONS
from patternbench.selfcheck.units import ASYNCIO, CPU, IO, PERCENTS, UNITS

SHORT_S, LONG_S = 10.0, 30.0
"""Seconds that a decision may take: what the promises of the harness are stated for."""

ENGINE_BUDGETS = {SHORT_S: "quick", LONG_S: "standard"}
"""Name of the engine's budget behind each; a budget that would take longer is capped."""

LONG_PERCENT = {CPU: 1, ASYNCIO: 3, IO: 3}
"""What a decision with the longer time should still find, by kind of unit."""

CLOSE_PERCENTS = {CPU: (1, 2, 3), ASYNCIO: (3, 5, 10), IO: (3, 5, 10)}
"""Sizes around what is promised, by kind of unit: their power decides whether the promise is kept."""

LONG_CONDITIONS = ("idle", "one")


@dataclass(frozen=True, slots=True)
class Trial:
    """One decision to be made.

    Attributes:
        number: place in the order, from 0.
        unit: name of the unit of work.
        percent: what is planted; 0 is identical code.
        repetition: which of several decisions on the same, from 0.
        condition: of `CONDITIONS`.
        cap_s: seconds that it may take, of `ENGINE_BUDGETS`.
        seed: of the engine's random choices.
    """

    number: int
    unit: str
    percent: int
    repetition: int
    condition: str
    cap_s: float
    seed: int


@dataclass(frozen=True, slots=True)
class Scope:
    """How much a self-check covers.

    Attributes:
        name: of the preset it comes from.
        identical: decisions on identical code for each unit, dealt out over the conditions.
        repeat: decisions on each planted size for each unit and condition.
        close: the same for the sizes of `CLOSE_PERCENTS`.
        long: decisions with the longer time for each unit, in `LONG_CONDITIONS`, on `LONG_PERCENT`.
        counted: percents whose planting is verified by instruction counts.
    """

    name: str
    units: tuple[str, ...]
    percents: tuple[int, ...]
    conditions: tuple[str, ...]
    identical: int
    repeat: int
    close: int
    long: int
    counted: tuple[int, ...]


SCOPES = {
    each.name: each
    for each in (
        Scope(
            name="quick",
            units=("dataclass_creation", "dict_update", "gather", "sqlite_select"),
            percents=(0, 2, 5, 10),
            conditions=("idle",),
            identical=2,
            repeat=1,
            close=1,
            long=0,
            counted=(),
        ),
        Scope(
            name="full",
            units=tuple(UNITS),
            percents=PERCENTS,
            conditions=tuple(CONDITIONS),
            identical=17,  # 306 decisions over 18 units; 299 without an alarm show less than 1 %
            repeat=1,
            close=2,
            long=1,
            counted=PERCENTS,
        ),
    )
}


def narrowed(
    scope: Scope,
    *,
    units: str | None = None,
    percents: Sequence[int] = (),
    conditions: Sequence[str] = (),
    repeat: int | None = None,
) -> Scope:
    """The scope with what a user asked for in its place.

    Args:
        units: a glob over all units there are; None leaves the scope's own.
        percents, conditions: empty leaves the scope's own.
        repeat: decisions on each size in each condition, on identical code too; None leaves the scope's own.

    Raises:
        SelectionError: the glob matches no unit, a percent cannot be planted, or nothing would be repeated.
    """
    if units is not None:
        scope = replace(scope, units=matching_units(units))
    if percents:
        scope = replace(scope, percents=plantable(percents), long=0)
    if conditions:
        scope = replace(scope, conditions=tuple(name for name in CONDITIONS if name in conditions))
    if repeat is not None:
        repeatable(repeat)
        scope = replace(scope, identical=repeat * len(scope.conditions), repeat=repeat, close=repeat)
    return scope


def matching_units(glob: str) -> tuple[str, ...]:
    """Names of the units that a glob matches, in their order.

    Raises:
        SelectionError: it matches none.
    """
    matching = tuple(name for name in UNITS if fnmatchcase(name, glob))
    if not matching:
        raise SelectionError(f"no unit matches {glob!r}", remedy=f"choose from {', '.join(UNITS)}")
    return matching


def plantable(percents: Sequence[int]) -> tuple[int, ...]:
    """The sizes in ascending order, each once.

    Raises:
        SelectionError: one of them cannot be planted.
    """
    for percent in percents:
        if percent not in PERCENTS:
            raise SelectionError(
                f"{percent} % cannot be planted", remedy=f"choose from {', '.join(map(str, PERCENTS))}"
            )
    return tuple(sorted(set(percents)))


def repeatable(repeat: int) -> None:
    """Refuse a number of repetitions that decides nothing.

    Raises:
        SelectionError: it is none.
    """
    if repeat < 1:
        raise SelectionError(f"{repeat} repetitions decide nothing", remedy="repeat once at least")


def planned(scope: Scope, seed: int) -> tuple[Trial, ...]:
    """All trials of a scope in the order in which they are to be made; the same seed gives the same.

    Shuffled over everything at once, so that units, sizes and conditions all meet the same weather, and a self-check
    that is cut short has a fair sample of the whole.
    """
    cells = [
        (unit, percent, repetition, condition, SHORT_S)
        for unit in scope.units
        for percent in scope.percents
        if percent
        for condition in scope.conditions
        for repetition in range(scope.close if percent in CLOSE_PERCENTS[UNITS[unit].kind] else scope.repeat)
    ]
    # Each unit's first decision on identical code is dealt to another condition than the unit's before.
    cells += [
        (unit, 0, deal // len(scope.conditions), scope.conditions[(at + deal) % len(scope.conditions)], SHORT_S)
        for at, unit in enumerate(scope.units)
        if 0 in scope.percents
        for deal in range(scope.identical)
    ]
    cells += [
        (unit, LONG_PERCENT[UNITS[unit].kind], repetition, condition, LONG_S)
        for unit in scope.units
        for condition in scope.conditions
        if condition in LONG_CONDITIONS
        for repetition in range(scope.long)
    ]
    draws = random.Random(f"{seed}/plan")
    draws.shuffle(cells)
    return tuple(Trial(number, *cell, seed=draws.randrange(1, 1 << 31)) for number, cell in enumerate(cells))
