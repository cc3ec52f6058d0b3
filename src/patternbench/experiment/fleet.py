"""The hosts of one set: a crew for each interpreter, all with one hash seed and one clock's core.

Nearly every set has a single crew. Where variants are interpreters, their workers take turns all the same, so that a
comparison of two Pythons is as much a comparison in pairs as one of two functions.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from patternbench.errors import DeclarationError, WorkerError
from patternbench.experiment.crew import Crew, Seat
from patternbench.experiment.interpreter import Interpreter


class Fleet:
    """Crews side by side; a context manager that leaves no process behind.

    Args:
        file: the suite file.
        seats: the interpreter of each worker that will be asked for; None is the running one.
        core, spare, draws: as `Crew` takes them; every crew draws the same.

    Raises:
        DeclarationError: the suite cannot be imported in a fresh process of one of them.
        WorkerError: a host could not be started.
    """

    def __init__(
        self,
        file: Path,
        seats: Sequence[Interpreter | None],
        *,
        core: int | None,
        spare: tuple[int, ...],
        draws: random.Random,
    ) -> None:
        self.core = core
        self._crews: dict[Interpreter | None, Crew] = {}
        state = draws.getstate()
        try:
            for interpreter, count in Counter(seats).items():
                draws.setstate(state)
                self._crews[interpreter] = Crew(
                    file, count, core=core, spare=spare, draws=draws, interpreter=interpreter
                )
        except BaseException:
            self._close()
            raise
        self.hash_seed = next(iter(self._crews.values())).hash_seed

    def __enter__(self) -> Self:
        try:
            for interpreter in list(self._crews):
                self._greet(interpreter)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def seat(
        self,
        role: str,
        comparison: str,
        case: int,
        variant: str,
        *,
        addresses: Mapping[str, str],
        timeout_s: float,
        interpreter: Interpreter | None = None,
    ) -> Seat:
        """Start a worker in an interpreter's crew; see `Crew.seat`."""
        crew = self._crews[interpreter]
        return crew.seat(role, comparison, case, variant, addresses=addresses, timeout_s=timeout_s)

    def _greet(self, interpreter: Interpreter | None) -> None:
        """Wait for a host to say that it is ready; a crew whose host does not closes itself."""
        crew = self._crews[interpreter]
        try:
            crew.__enter__()
        except DeclarationError as error:
            del self._crews[interpreter]
            if interpreter is None:
                raise
            raise DeclarationError(f"in Python {interpreter.version}, {error.args[0]}", remedy=error.remedy) from error
        except WorkerError:
            del self._crews[interpreter]
            raise

    def _close(self) -> None:
        for crew in self._crews.values():
            crew.close()
