"""What a variant can reach is found under the name that a reader knows it by."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from patternbench import Comparison, variant
from patternbench.experiment.checks.reach import reached

_LISTED = [1, 2]
_UNUSED = [3]


@functools.lru_cache
def _cached(n: int) -> int:
    return n + len(_BELOW_THE_CACHE)


_BELOW_THE_CACHE = [4]


class Odd:
    def __getattr__(self, name: str) -> Any:
        raise ValueError(name)


class Reaching(Comparison):
    """Which?"""

    baseline = "plain"
    shared = [5]

    def setup(self) -> None:
        self.rows = [6]
        self.odd = Odd()
        self.closure = self._closing_over([7])

    def _closing_over(self, kept: list[int]) -> Callable[[], int]:
        return lambda: len(kept)

    def _helper(self) -> int:
        return len(_LISTED) + len(self.shared)

    @variant
    def plain(self) -> str:
        return json.dumps([_cached(1), self._helper(), self.closure(), *(len(self.rows) for _ in (1,))])


def found() -> dict[str, object]:
    instance = Reaching()
    instance.setup()
    return reached(instance, "plain")


def test_it_reaches_its_instance_its_class_and_its_module_as_far_as_it_names_them() -> None:
    names = found()
    assert names["self.rows"] == [6]
    assert names["self.shared"] == [5]
    assert names["_LISTED"] == [1, 2]
    assert names["_cached"] is _cached
    assert names["json.dumps"] is json.dumps
    assert "_UNUSED" not in names


def test_functions_are_followed_below_their_decorators_and_into_their_closures() -> None:
    names = found()
    assert names["_BELOW_THE_CACHE"] == [4]
    assert names["kept"] == [7]
