"""How long a run will still take, from how long its cases took so far."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from patternbench.report.progress import Progress
from patternbench.session import CaseResult

_SHARE_OF_CAP = 0.7
"""What a case is taken to need of its budget's cap before any was measured."""


class Pace:
    """Hears the engine and tells the progress display, with the seconds that are left.

    Args:
        cases: in all.
        cap_s: of one case, from the budget.
    """

    def __init__(self, progress: Progress, cases: int, cap_s: float, clock: Callable[[], float] = monotonic) -> None:
        self._progress = progress
        self._clock = clock
        self._cases = cases
        self._guess_s = cap_s * _SHARE_OF_CAP
        self._taken: list[float] = []
        self._began = clock()

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        """A case begins."""
        self._began = self._clock()
        self._progress.case_started(comparison_id, case_key, variants)

    def set_finished(self, comparison_id: str, case_key: str, done: int, planned: int, precision: float | None) -> None:
        """One set of workers is done."""
        spent = self._clock() - self._began
        of_case = spent / max(1, done) * max(0, planned - done)
        left = of_case + self._typical_s() * (self._cases - len(self._taken) - 1)
        self._progress.set_finished(comparison_id, case_key, done, planned, precision, left)

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        """A case has its result."""
        self._taken.append(self._clock() - self._began)
        self._progress.case_finished(comparison_id, case)

    def _typical_s(self) -> float:
        return sum(self._taken) / len(self._taken) if self._taken else self._guess_s
