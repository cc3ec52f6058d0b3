"""Does every call find what the first one found? Inputs that are changed in place, and collections that only grow."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

from patternbench.comparison import Comparison
from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.fingerprint import Fingerprint, is_blank, is_collection
from patternbench.experiment.checks.reach import codes, reached
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject


class Inputs(Watch):
    """Takes the fingerprint of every collection that the variant can reach, and its length.

    What `counters` reads is left out: there a suite counts its own calls.

    Attributes:
        changed: names of collections that the first call changed in content; those that were blank before are none.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.changed: list[str] = []
        self._prints: dict[str, Fingerprint] | None = None
        self._lengths: dict[str, list[int]] = {}
        self._looked = False
        self._counted = _named_by_counters(type(subject.instance))

    def before(self) -> None:
        if self._prints is not None:
            return
        found = self._collections()
        self._prints = {
            name: Fingerprint(value) for name, value in found.items() if is_collection(value) and not is_blank(value)
        }
        self._measure(found)

    def after(self, result: object) -> None:
        found = self._collections()
        self._measure(found)
        if self._looked or self._prints is None:
            return
        self._looked = True
        self.changed = [
            name
            for name, print_ in self._prints.items()
            if is_collection(found.get(name)) and Fingerprint(found[name]) != print_
        ]

    @property
    def grows(self) -> list[str]:
        """Names of collections that every call since the second left longer."""
        return [
            name
            for name, lengths in self._lengths.items()
            if len(lengths) > 2 and all(later > earlier for earlier, later in pairwise(lengths[1:]))
        ]

    @property
    def in_doubt(self) -> bool:
        return bool(self.grows)

    def _collections(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in reached(self.subject.instance, self.subject.variant.name).items()
            if (is_collection(value) or isinstance(value, str | bytes | tuple))
            and name.removeprefix("self.") not in self._counted
        }

    def _measure(self, found: Mapping[str, Any]) -> None:
        for name, value in found.items():
            with suppress(TypeError):  # an array without a dimension has no length
                self._lengths.setdefault(name, []).append(len(value))


def changes_its_input(evidence: Evidence) -> str | None:
    """An input that the first call leaves different, as `list.sort` does."""
    inputs = evidence.own.of(Inputs)
    changed = [name for name in inputs.changed if name not in inputs.grows]
    if not changed:
        return None
    return f"changes {changed[0]} in place: later calls do not find what setup made"


def grows(evidence: Evidence) -> str | None:
    """A collection that grows with every call, so that each call has more to do than the one before."""
    found = evidence.own.of(Inputs).grows
    if not found or evidence.states_hits:
        return None
    return f"lets {found[0]} grow with every call: each may have more to do than the one before"


def _named_by_counters(cls: type[Comparison]) -> set[str]:
    if cls.counters is Comparison.counters:
        return set()
    return {name for code in codes(cls.counters.__code__) for name in code.co_names}
