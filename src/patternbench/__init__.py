"""patternbench: which of these implementations, under which conditions, and could this run even tell?

The package in layers, lowest first; imports point down only (an import-linter contract holds the walls):

- `comparison`, `sample`, `estimate`, `verdict`, `environment`, `session`: the domain, frozen records without I/O;
- `statistics`: pure functions over numbers;
- `meters`: one way of measuring per module, behind one protocol;
- `experiment`: what is measured when, and how often;
- `storage`, `tracking`, `faces`: records to files, to asv and to pytest-benchmark;
- `selfcheck`: the harness as its own subject, its error rates measured;
- `report`, `head_to_head`, `cli`: records to text, pages, `versus` and exit codes.

`backends` (honest stand-ins for what a pattern talks to) and `patterns` (the guide's code) know nothing of these.
A suite needs `Comparison`, `variant` and `NotMeasured`, and for libraries that may be missing `optional_library`; a
notebook or a test needs `versus`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from patternbench.comparison import Comparison, NotMeasured, variant
from patternbench.errors import HarnessError
from patternbench.optional import optional_library, optional_value

if TYPE_CHECKING:
    from patternbench.head_to_head import Answer, Versus

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Comparison",
    "HarnessError",
    "NotMeasured",
    "Versus",
    "__version__",
    "optional_library",
    "optional_value",
    "variant",
    "versus",
]

_ON_DEMAND = frozenset({"Answer", "Versus"})


def versus(
    *candidates: str | Callable[[], object],
    setup: str | Sequence[str] = "",
    python: str | Sequence[str] = (),
    check: bool = True,
    budget: str | None = None,
    seconds: float | None = None,
    seed: int | None = None,
) -> Versus:
    """Measure candidates against the last of them, in pairs, and say which is faster, and whether this run could tell.

    `assert versus(new, old).not_slower(by=0.03)` fails only with its figures. It takes about ten seconds, in processes
    of its own: nothing that the caller has done reaches the measurement, and nothing of it reaches the caller.

    Args:
        candidates: functions without arguments, plain or `async def`; or statements; or `module:function`. A function
            that can be imported is imported by the workers. Any other (of a notebook, a script, inside another
            function, a lambda) is made anew there from its source and the names that it uses: modules, functions, and
            values that can be pickled.
        setup: statements that run once per worker, outside the clock; they give statements their names.
        python: version or path of the interpreter to run in; several of them compare a single candidate with itself.
        check: refuse candidates whose results differ from the baseline's.
        budget: `quick` (about ten seconds), `standard` or `rigorous`.
        seconds: about how long at most, from start to verdict, instead of the budget's own time.
        seed: of every random choice.

    Raises:
        BrokenError: the first or the last candidate raised, disagreed, or did nothing.
        SelectionError: there is nothing to compare, or no such interpreter or budget.
        DeclarationError: a candidate is not Python, needs arguments, or cannot be taken to a worker.
        WorkerError: a process could not be started.
        KeyboardInterrupt: the user had enough.
    """
    # Workers import this package too, and the file that calls this: what is heavy is imported by the call alone.
    from patternbench.experiment.budget import budget_for
    from patternbench.head_to_head import checked, contest, measured
    from patternbench.verdict import Code

    asked_for = contest(candidates, setup=setup, python=python, check=check)
    session = measured(asked_for, budget_for(budget, seconds), seed=seed)
    if session.session.code == Code.INTERRUPTED:
        raise KeyboardInterrupt
    return checked(session)


def __getattr__(name: str) -> Any:
    """What needs the whole engine is imported when it is first asked for."""
    if name in _ON_DEMAND:
        return getattr(importlib.import_module("patternbench.head_to_head"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
