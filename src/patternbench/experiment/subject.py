"""A variant made ready to be called: the instance of its comparison, set up for one case, and the loop it runs in."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping
from itertools import pairwise, repeat
from time import perf_counter_ns, process_time_ns
from types import FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from patternbench.comparison import Case, Comparison, Declaration, Variant

if TYPE_CHECKING:
    import asyncio

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Subject:
    """One instance of a comparison for one case and one variant; use it as a context manager.

    The event loop, where there is one, is made once and stands outside every clock. Closing runs `teardown`,
    cancels what is left in the loop and closes it.

    Args:
        empty: put a body that does nothing in the variant's place.

    Attributes:
        instance: of the user's class; `addresses` and `case_params` are set on it before `setup` runs.
        variant: which of its methods is called.
    """

    def __init__(
        self,
        cls: type[Comparison],
        declared: Declaration,
        case: Case,
        variant: str,
        addresses: Mapping[str, str] | None = None,
        *,
        empty: bool = False,
    ) -> None:
        self.instance = cls()
        self.instance.addresses = dict(addresses or {})
        self.instance.case_params = dict(case.params)
        self.variant: Variant = declared.variant(variant)
        self._case = case
        self._body: Callable[[], Any] = getattr(self.instance, variant)
        if empty:
            self._body = _Empty().async_body if self.variant.is_async else _Empty().body
        self._loop_factory = self.variant.loop_factory or cls.loop_factory
        self._made_runner: asyncio.Runner | None = None
        self._needs_loop = self.variant.is_async or _any_async(cls.setup, cls.teardown)

    def __enter__(self) -> Self:
        if self._needs_loop:
            self._runner.get_loop()
        try:
            self._finish(self.instance.setup(**self._case.params))
        except BaseException:
            self._close_loop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._finish(self.instance.teardown())
        finally:
            self._close_loop()

    @property
    def is_async(self) -> bool:
        """Whether a call is awaited."""
        return self.variant.is_async

    @property
    def units(self) -> int:
        """Operations that one call stands for, as the instance says after `setup`.

        Raises:
            ValueError: fewer than one.
        """
        units = int(self.instance.units)
        if units < 1:
            raise ValueError(f"units is {units}, but a call stands for one operation at least")
        return units

    def call(self) -> Any:
        """Call the variant once, awaited where it is async, and give its result."""
        if not self.variant.is_async:
            return self._body()
        return self._runner.run(self._body())

    def coroutine(self) -> Coroutine[Any, Any, Any]:
        """One call of an async variant, not yet awaited.

        Raises:
            TypeError: the variant is a plain method.
        """
        if not self.variant.is_async:
            raise TypeError(f"{self.variant.name} is a plain method and makes no coroutine")
        made: Coroutine[Any, Any, Any] = self._body()
        return made

    def in_loop(self, body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run an async function in the loop of the set-up; where nothing needed a loop so far, it is made now."""
        return self._runner.run(body())

    def watched(self, before: Callable[[], None], after: Callable[[Any], bool]) -> None:
        """Call the variant again and again as a block does, with a look before and after each call, until told to stop.

        Async variants are awaited in one coroutine, and both functions run inside its loop: what a call leaves there is
        seen before the loop can turn.

        Args:
            after: takes the call's result, and says whether another call is to follow.
        """
        if not self.variant.is_async:
            going_on = True
            while going_on:
                before()
                going_on = after(self._body())
            return
        self._runner.run(_watched(self._body, before, after))

    def run(self, calls: int) -> tuple[int, int]:
        """Time a block of calls: wall and CPU time of this process in nanoseconds, nothing but the calls between."""
        (wall,), cpu = self.run_sliced(1, calls)
        return wall, cpu

    def run_sliced(self, slices: int, calls: int, *, empty: bool = False) -> tuple[list[int], int]:
        """Time a block in slices of so many calls: wall time of each slice, and CPU time of the whole, nanoseconds.

        Args:
            empty: around an empty method of the same kind: what loop, clock and call cost by themselves.
        """
        if not self.variant.is_async:
            return sliced(_Empty().body if empty else self._body, slices, calls)
        return self._runner.run(sliced_async(_Empty().async_body if empty else self._body, slices, calls))

    def repeat(self, calls: int, *, empty: bool = False) -> None:
        """So many calls, or of an empty method of the same kind, while no clock is read: for those who count."""
        if not self.variant.is_async:
            if empty:
                _repeated_empty(_Empty().body, calls)
            else:
                repeated(self._body, calls)
        elif empty:
            self._runner.run(_repeated_empty_async(_Empty().async_body, calls))
        else:
            self._runner.run(repeated_async(self._body, calls))

    @property
    def _runner(self) -> asyncio.Runner:
        """Of the loop, made at its first use: a plain variant pays nothing for asyncio, not even its import."""
        if self._made_runner is None:
            import asyncio

            self._made_runner = asyncio.Runner(loop_factory=self._loop_factory)
        return self._made_runner

    def _close_loop(self) -> None:
        if self._made_runner is not None:
            self._made_runner.close()

    def _finish(self, outcome: Any) -> None:
        if inspect.isawaitable(outcome):
            self._runner.run(_awaited(outcome))


def sliced(body: Callable[[], Any], slices: int, calls: int) -> tuple[list[int], int]:
    """Wall nanoseconds of each of so many slices of so many calls in a row, and CPU nanoseconds of all of them.

    Each slice has one reading of the clock and the start of its loop in it.
    """
    clock = perf_counter_ns
    stamps = [0] * (slices + 1)
    cpu = process_time_ns()
    stamps[0] = clock()
    for each in range(1, slices + 1):
        for _ in repeat(None, calls):
            body()
        stamps[each] = clock()
    cpu = process_time_ns() - cpu
    return [end - start for start, end in pairwise(stamps)], cpu


async def sliced_async(body: Callable[[], Any], slices: int, calls: int) -> tuple[list[int], int]:
    """The same for coroutines, awaited one after another inside the running loop."""
    clock = perf_counter_ns
    stamps = [0] * (slices + 1)
    cpu = process_time_ns()
    stamps[0] = clock()
    for each in range(1, slices + 1):
        for _ in repeat(None, calls):
            await body()
        stamps[each] = clock()
    cpu = process_time_ns() - cpu
    return [end - start for start, end in pairwise(stamps)], cpu


def repeated(body: Callable[[], Any], calls: int) -> None:
    """That many calls in a row."""
    for _ in repeat(None, calls):
        body()


async def repeated_async(body: Callable[[], Any], calls: int) -> None:
    """The same for coroutines, awaited one after another."""
    for _ in repeat(None, calls):
        await body()


def _own(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The same function with code of its own: the interpreter adapts code to what it calls (PEP 659)."""
    return FunctionType(function.__code__.replace(), globals())


_repeated_empty = _own(repeated)
_repeated_empty_async = _own(repeated_async)


async def _watched(body: Callable[[], Any], before: Callable[[], None], after: Callable[[Any], bool]) -> None:
    going_on = True
    while going_on:
        before()
        going_on = after(await body())


class _Empty:
    """Methods that do nothing, bound as a variant's are."""

    def body(self) -> None:
        pass

    async def async_body(self) -> None:
        pass


def _any_async(*methods: Callable[..., Any]) -> bool:
    return any(inspect.iscoroutinefunction(method) for method in methods)


async def _awaited(outcome: Any) -> Any:
    return await outcome
