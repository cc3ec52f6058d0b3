"""What a variant can reach by a name: on its instance, in its module, in the closures of its functions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from patternbench.comparison import Comparison

_MOST_FUNCTIONS = 200


def reached(instance: Comparison, variant: str) -> dict[str, object]:
    """Objects by the name that a reader of the suite knows them by, such as "self.rows" or "json.dumps".

    Functions and methods of the suite's own modules are followed as far as they are named in code that is reached.
    """
    search = _Search(instance, variant)
    search.look_at(variant, inspect.getattr_static(type(instance), variant))
    for name, value in vars(instance).items():
        search.look_at(f"self.{name}", value)
    search.follow()
    return search.found


def modules_of(instance: Comparison, variant: str) -> frozenset[str]:
    """Names of the modules that a variant is written in: its class's, its own, and that of what it stands before."""
    method = getattr(type(instance), variant)
    return frozenset(each.__module__ for each in (type(instance), method, inspect.unwrap(method)))


def codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of every function inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


class _Search:
    def __init__(self, instance: Comparison, variant: str) -> None:
        self.found: dict[str, object] = {}
        self._instance = instance
        self._modules = modules_of(instance, variant)
        self._left: list[FunctionType] = []
        self._seen: set[int] = set()

    def look_at(self, name: str, value: Any) -> None:
        """Keep an object, and remember it where it is a function of the suite."""
        self.found.setdefault(name, value)
        function: Any = value.__func__ if isinstance(value, MethodType) else value
        while callable(function) and not isinstance(function, type) and id(function) not in self._seen:
            self._seen.add(id(function))
            if isinstance(function, FunctionType) and function.__module__ in self._modules:
                self._left.append(function)
            # Below a decorator, be it a function or an object such as that of `functools.lru_cache`.
            function = inspect.getattr_static(function, "__wrapped__", None)

    def follow(self) -> None:
        """Look at what the functions name, and at what the functions found so name."""
        for _ in range(_MOST_FUNCTIONS):
            if not self._left:
                return
            self._look_inside(self._left.pop())

    def _look_inside(self, function: FunctionType) -> None:
        for variable, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                self.look_at(variable, cell.cell_contents)
            except ValueError:  # not filled yet
                continue
        names = {name for code in codes(function.__code__) for name in code.co_names}
        for name in names:
            if name in function.__globals__:
                self._look_at_global(name, function.__globals__[name], names)
            of_class = inspect.getattr_static(type(self._instance), name, None)
            if of_class is not None and name not in vars(self._instance) and not hasattr(Comparison, name):
                self.look_at(f"self.{name}", of_class)

    def _look_at_global(self, name: str, value: object, names: set[str]) -> None:
        self.look_at(name, value)
        if isinstance(value, ModuleType):
            for inner in names & vars(value).keys():
                self.look_at(f"{name}.{inner}", vars(value)[inner])
