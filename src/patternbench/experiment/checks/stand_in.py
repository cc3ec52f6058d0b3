"""Another function in the place of one, for as long as a call lasts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any


class StandIn:
    """Takes the place of a function in its module, and under whatever name a variant's modules imported it.

    Args:
        owners: modules that hold the function under that name; the first one's is the original.
        users: names of the variant's modules.
        make: gives the function that stands in, which is to call the original that it is handed.
    """

    def __init__(
        self,
        owners: tuple[ModuleType, ...],
        name: str,
        users: Iterable[str],
        make: Callable[[Callable[..., Any]], Any],
    ) -> None:
        self._original = vars(owners[0])[name]
        self._function = make(self._original)
        self._places = [(owner, name) for owner in owners]
        for user in filter(None, map(sys.modules.get, users)):
            self._places += [(user, alias) for alias, value in vars(user).items() if value is self._original]

    def put(self) -> None:
        """Let it stand in."""
        for owner, name in self._places:
            if vars(owner).get(name) is self._original:
                setattr(owner, name, self._function)

    def remove(self) -> None:
        """Put the original back, unless someone else has taken the place meanwhile."""
        for owner, name in self._places:
            if vars(owner).get(name) is self._function:
                setattr(owner, name, self._original)
