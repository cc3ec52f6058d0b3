"""Is its result as good as the baseline's, call after call?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

from patternbench.comparison import NotMeasured
from patternbench.experiment.checks.evidence import Evidence, first_line, named, short

_LOOKED_AT = 1000


def disagreement(evidence: Evidence) -> str | None:
    """A result that the suite does not take for the baseline's, of the first call or a later one.

    Results are held against each other in step, the second with the second, so that a comparison may go on from call to
    call as long as its variants do so alike.
    """
    if evidence.baseline is None:
        return None
    pairs = list(zip(evidence.baseline.results, evidence.own.results, strict=False))
    for number, (expected, actual) in enumerate(pairs, start=1):
        difference = _difference(evidence, expected, actual)
        if difference is None:
            continue
        if number > 1:
            return f"agrees at first, but in call {number} {difference}: state is carried from call to call"
        return difference + _of_a_moving_baseline(evidence)
    return None


def accepts_anything(evidence: Evidence) -> str | None:
    """An `agree` that says yes to an object that is nobody's result."""
    if evidence.baseline is None or not evidence.has_its_own_agree:
        return None
    if evidence.agree(evidence.baseline.results[0], object()):
        return "agrees with the baseline by an agree that accepts any object, so that nothing proves its result"
    return None


def used_up(evidence: Evidence) -> str | None:
    """A first result that never comes again, while the later ones are all alike: what `setup` made was used up."""
    results = evidence.own.results
    if len(results) < 3 or evidence.agree(results[0], results[1]) or not evidence.agree(results[1], results[2]):
        return None
    if not evidence.agree(results[0], results[0]):
        return None
    return (
        f"returns {short(results[0], 40)} in its first call and {short(results[1], 40)} in all others: "
        "what setup made was used up"
    )


def failures(evidence: Evidence) -> str | None:
    """Exceptions as results, as `gather(return_exceptions=True)` gives them."""
    result = evidence.own.results[0]
    found = [each for each in (result, *_first_items(result)) if isinstance(each, BaseException)]
    if not found or evidence.has_its_own_agree:
        return None
    count = f"{len(found)} exceptions, the first " if len(found) > 1 else ""
    return f"returns {count}{named(found[0])}: a failure is timed, not the work"


def _difference(evidence: Evidence, expected: Any, actual: Any) -> str | None:
    baseline = evidence.against
    try:
        if evidence.instance.agree(expected, actual):
            return None
    except NotMeasured:
        return None
    except AssertionError as error:
        text = first_line(error)
        return f"does not agree with {baseline}{': ' if text else ''}{text}"
    except BaseException as error:  # noqa: BLE001 - a suite's own method may raise anything at all
        return f"agree raised {named(error)}"
    if evidence.compares_by_equality and _only_order_differs(expected, actual):
        return (
            f"returns the same {len(actual)} values as {baseline} in another order, and no agree says that it is free"
        )
    told = f"returns {short(actual)} where {baseline} returns {short(expected)}"
    both_nan = all(isinstance(each, float) and math.isnan(each) for each in (expected, actual))
    return f"{told}, and nan equals nothing: agree must say what will do" if both_nan else told


def _only_order_differs(expected: Any, actual: Any) -> bool:
    if type(expected) is not type(actual) or not isinstance(actual, list | tuple) or len(expected) != len(actual):
        return False
    with suppress(Exception):  # not all values have a hash
        return Counter(expected) == Counter(actual)
    left = list(expected)
    with suppress(Exception):  # a value that is not there, or whose comparison raises anything at all
        if len(left) <= _LOOKED_AT:
            for each in actual:
                left.remove(each)
    return not left


def _of_a_moving_baseline(evidence: Evidence) -> str:
    """What to add where the baseline does not agree with itself, so that nobody could agree with it."""
    assert evidence.baseline is not None
    results = evidence.baseline.results
    steady = len(results) < 2 or evidence.agree(results[0], results[1])
    if steady or not evidence.agree(results[0], results[0]):
        return ""
    return "; the baseline's own results differ from call to call"


def _first_items(result: object) -> Iterable[object]:
    return islice(result, _LOOKED_AT) if isinstance(result, list | tuple) else ()
