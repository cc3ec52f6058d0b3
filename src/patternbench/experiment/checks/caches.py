"""Does a cache answer instead of the code? With one key the first call does the work, and all others look it up."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from itertools import islice, pairwise
from typing import Any

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.reach import reached
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject

_LOOKED_AT = 1000
_SMALL = range(-5, 257)
"""Integers that the interpreter keeps ready-made, so that equal ones are the same object."""


class CacheHits(Watch):
    """Reads the statistics of every cache that the variant can reach, as `functools.lru_cache` and its like keep them.

    Attributes:
        readings: by the cache's name, hits and misses before the first call and after each.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.readings: dict[str, list[tuple[int, int]]] = {}
        self._caches: dict[str, Callable[[], Any]] | None = None

    def before(self) -> None:
        if self._caches is None:
            self._caches = _caches(reached(self.subject.instance, self.subject.variant.name))
            self._read()

    def after(self, result: object) -> None:
        self._read()

    def _read(self) -> None:
        for name, information in (self._caches or {}).items():
            try:
                told = information()
                reading = int(told.hits), int(told.misses)
            except Exception:  # noqa: BLE001, S112 - a cache of another kind
                continue
            self.readings.setdefault(name, []).append(reading)

    @property
    def always_hit(self) -> list[str]:
        """Names of the caches that found everything from the second call on, and something in every call."""
        return [
            name
            for name, readings in self.readings.items()
            if len(readings) > 2
            and all(after[0] > before[0] and after[1] == before[1] for before, after in pairwise(readings[1:]))
        ]


class Kept(Watch):
    """Looks for the results of the first call among what the variant can reach.

    Attributes:
        where: name of what holds the first result since that call, None where nothing does.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.where: str | None = None
        self._before: set[int] | None = None
        self._looked = False

    def before(self) -> None:
        if self._before is None:
            self._before = {id(value) for _, value in self._values()}

    def after(self, result: object) -> None:
        if self._looked or self._before is None:
            return
        self._looked = True
        if _is_shared(result) or id(result) in self._before:
            return
        self.where = next((name for name, value in self._values() if value is result), None)

    def _values(self) -> Iterable[tuple[str, object]]:
        for name, value in reached(self.subject.instance, self.subject.variant.name).items():
            yield name, value
            if isinstance(value, dict):
                for each in list(islice(value.values(), _LOOKED_AT)):
                    yield name, each
                    if isinstance(each, tuple):  # a value with the end of its life
                        yield from ((name, inner) for inner in each)
            elif isinstance(value, list | tuple):
                yield from ((name, each) for each in islice(value, _LOOKED_AT))


def always_hits(evidence: Evidence) -> str | None:
    """A cache that found everything, in a suite that does not say how often its caches should."""
    found = evidence.own.of(CacheHits).always_hit
    if not found or evidence.states_hits:
        return None
    return f"has every look-up answered by the cache of {found[0]} after the first call: no miss is timed"


def keeps_its_result(evidence: Evidence) -> str | None:
    """A result that the first call stored and every other call gave again."""
    where = evidence.own.of(Kept).where
    if where is None or not evidence.own.repeats or evidence.states_hits:
        return None
    return f"gives again and again what its first call kept in {where}: the others do not do that work"


def _caches(found: dict[str, object]) -> dict[str, Callable[[], Any]]:
    caches: dict[str, Callable[[], Any]] = {}
    known: set[int] = set()
    for name, value in found.items():
        for each in (value, *(islice(value, _LOOKED_AT) if isinstance(value, list | tuple) else ())):
            if not callable(each) or id(each) in known or inspect.getattr_static(each, "cache_info", None) is None:
                continue
            known.add(id(each))
            try:
                information = each.cache_info
            except Exception:  # noqa: BLE001, S112 - a stand-in for something else
                continue
            if callable(information):
                caches.setdefault(name, information)
    return caches


def _is_shared(value: object) -> bool:
    """Whether equal values may be the same object without anyone having kept it."""
    if value is None or (isinstance(value, tuple) and not value):
        return True
    return isinstance(value, bool | str | bytes) or (isinstance(value, int) and value in _SMALL)
