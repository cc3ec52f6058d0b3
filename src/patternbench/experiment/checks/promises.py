"""Does it keep what the suite says of it: counters, and operations per call?"""

from __future__ import annotations

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.reach import codes, reached


def unkept(evidence: Evidence) -> str | None:
    """A counter that is not what the variant holds it to be."""
    counters = evidence.counters
    for name, promise in evidence.variant.holds.items():
        expected = promise(evidence.instance) if callable(promise) else promise
        if name not in counters:
            return f"promises the counter {name!r}, which counters() does not give"
        if counters[name] != expected:
            return f"promises {name} = {expected}, but one call made it {counters[name]}"
    return None


def no_number_of_units(evidence: Evidence) -> str | None:
    """Units that no call can stand for."""
    units: object = evidence.instance.units
    try:
        whole = int(units)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        whole = None
    if isinstance(units, bool) or whole is None or whole != units:
        return f"units is {units!r}, but a call stands for a whole number of operations"
    if whole < 1:
        return f"units is {whole}, but a call stands for one operation at least"
    return None


def units_unlike_result(evidence: Evidence) -> str | None:
    """A list of another length than the operations which the call is said to stand for.

    Not where the variant can reach something of that number or length: the operations are then those on its input.
    """
    result, units = evidence.own.results[0], int(evidence.instance.units)
    if not isinstance(result, list) or units == 1 or len(result) in (0, 1, units):
        return None
    found = reached(evidence.instance, evidence.variant.name)
    numbers = {_number(value) for name, value in found.items() if name != "self.units"}
    in_code = {constant for code in codes(evidence.body) for constant in code.co_consts if isinstance(constant, int)}
    if units in numbers | in_code:
        return None
    return f"units is {units}, but a call returns {len(result)} results"


def _number(value: object) -> int | None:
    """A number itself, the length of a collection of the language."""
    if isinstance(value, int):
        return value
    return len(value) if isinstance(value, dict | list | range | set | str | tuple) else None
