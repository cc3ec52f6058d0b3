"""Was the work done, or only promised? Coroutines, futures and iterators that a variant hands on."""

from __future__ import annotations

import concurrent.futures
import inspect
import io
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import Any

from patternbench.experiment.checks.evidence import Evidence

_LOOKED_AT = 100


def unawaited(actual: Any, caught: Sequence[warnings.WarningMessage]) -> str | None:
    """A coroutine or another awaitable that was handed on, alone or in a collection, or dropped."""
    found = handed_on(actual)
    if found is not None:
        return found
    for each in caught:
        text = str(each.message)
        if issubclass(each.category, RuntimeWarning) and "was never awaited" in text:
            return f"leaves a coroutine un-awaited ({text})"
    return None


def handed_on(actual: Any) -> str | None:
    """An awaitable in the result; a coroutine is closed, so that nobody is warned of it."""
    if inspect.iscoroutine(actual):
        actual.close()
        return f"returns the coroutine {actual.__qualname__!r} un-awaited"
    if inspect.isawaitable(actual):
        return f"returns {type(actual).__name__} un-awaited"
    waiting = [each for each in _items(actual) if inspect.isawaitable(each)]
    if not waiting:
        return None
    for each in waiting:
        if inspect.iscoroutine(each):
            each.close()
    return f"returns {_number(len(waiting))} {_kind(waiting[0])}{_s(waiting)} un-awaited"


def unconsumed(evidence: Evidence) -> str | None:
    """An iterator or a future as the result: its work is done by whoever asks it, after the clock.

    By design where the baseline's result is as lazy and the suite's own `agree` says how to compare the two.
    """
    promise = _promise(evidence.own.results[0])
    if promise is None or (not evidence.compares_by_equality and _as_lazy(evidence)):
        return None
    return f"returns {promise}: the work in it is not timed"


def all_unconsumed(evidence: Evidence) -> str | None:
    """The same where nobody designed it: snippets, for which no suite says how to compare what they return."""
    promise = _promise(evidence.own.results[0])
    if promise is None or evidence.has_its_own_agree:
        return None
    return f"returns {promise}: the work in it is not timed"


def _as_lazy(evidence: Evidence) -> bool:
    if evidence.variant.name == evidence.declared.baseline:
        return True
    return evidence.baseline is not None and _promise(evidence.baseline.results[0]) is not None


def _promise(result: Any) -> str | None:
    if isinstance(result, concurrent.futures.Future):
        return "a Future that nobody waited for"
    if _is_lazy(result):
        return f"{_called(result)} un-consumed"
    lazy = [each for each in _items(result) if _is_lazy(each)]
    return f"{_number(len(lazy))} {_kind(lazy[0])}{_s(lazy)} un-consumed" if lazy else None


def _is_lazy(value: object) -> bool:
    if not isinstance(value, Iterator | AsyncIterator) or isinstance(value, io.IOBase):
        return False
    # A mock has every method that it is asked for, and nothing behind them.
    return all(cls.__module__ != "unittest.mock" for cls in type(value).__mro__)


def _called(value: object) -> str:
    name = getattr(value, "__qualname__", None)
    return f"the {_kind(value)} {name.rpartition('.')[2]!r}" if isinstance(name, str) else _kind(value)


def _kind(value: object) -> str:
    return type(value).__name__.replace("async_generator", "async generator")


def _items(result: object) -> list[object]:
    """The first items of one of the language's own collections, values of a dict."""
    if isinstance(result, dict):
        return list(islice(result.values(), _LOOKED_AT))
    return list(islice(result, _LOOKED_AT)) if isinstance(result, list | tuple | set | frozenset) else []


def _number(count: int) -> str:
    return f"{count} or more" if count == _LOOKED_AT else str(count)


def _s(several: Sequence[object]) -> str:
    return "" if len(several) == 1 else "s"
