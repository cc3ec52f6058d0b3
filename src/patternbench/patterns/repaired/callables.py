"""Section 2.4, callable types, mended.

What was wrong: `logged` kept the signature for the type checker alone. Name, docstring, signature and the way back to
the function were lost, what it made could not be pickled, a coroutine function was one no longer, and its "result" was
a coroutine that had not run. It printed, where a library should log.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


class Context:
    """What a call is made for."""


_current: ContextVar[Context] = ContextVar("current_context")


def get_current_context() -> Context:
    """The context of the running task or thread; LookupError where none was set."""
    return _current.get()


def set_current_context(context: Context) -> None:
    """Set the context of the running task or thread."""
    _current.set(context)


def logged(func: Callable[P, T]) -> Callable[P, T]:
    """Log each call of a function, and what it gave; of a coroutine function what it gave when it was awaited."""
    if inspect.iscoroutinefunction(func):

        @wraps(func)
        async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
            logger.debug("calling %s", func.__name__)
            result = await func(*args, **kwargs)
            logger.debug("%s gave %r", func.__name__, result)
            return result

        return cast("Callable[P, T]", awaited)

    @wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        logger.debug("calling %s", func.__name__)
        result = func(*args, **kwargs)
        logger.debug("%s gave %r", func.__name__, result)
        return result

    return wrapper


@logged
def add(a: int, b: int) -> int:
    """The sum."""
    return a + b


def with_context(func: Callable[Concatenate[Context, P], T]) -> Callable[P, T]:
    """Give the current context to a function as its first argument; what is left of its signature is the result's."""

    @wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return func(get_current_context(), *args, **kwargs)

    signature = inspect.signature(func)
    left = list(signature.parameters.values())[1:]
    wrapper.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
    return wrapper
