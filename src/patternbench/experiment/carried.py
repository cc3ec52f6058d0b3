"""Functions of a notebook, a script or a test, made ready to travel to workers that cannot import them.

Workers are fresh interpreters: forked from the process that asks, all sets would share one hash seed and one layout of
memory, and their interval would be too narrow. So a function that can be imported is imported; any other travels as
its source, with the names that it uses: modules by name, values pickled, functions of the same kind as source again.
What can travel neither way is refused.
"""

from __future__ import annotations

import ast
import dis
import inspect
import io
import linecache
import pickle
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from patternbench.errors import DeclarationError
from patternbench.experiment.snippet import Carried, Reference, Snippet, check_callable

_MOVE = "move it to a module that can be imported, or build what it needs in setup"
_READS = frozenset({"LOAD_NAME", "LOAD_GLOBAL"})


def snippet_for(function: Callable[[], object]) -> Snippet:
    """A callable of this process as a snippet.

    Raises:
        DeclarationError: it needs arguments, its source cannot be read, or a name that it uses cannot travel.
    """
    name = getattr(function, "__qualname__", None) or type(function).__name__
    check_callable(function, name)
    inner = inspect.unwrap(function)
    is_async = inspect.iscoroutinefunction(inner)
    if _found_by_name(function):
        return Snippet(function.__name__, Reference(function.__module__, function.__qualname__))
    if not isinstance(inner, types.FunctionType):
        text = name.rpartition(".")[2]
        return Snippet(text, Carried("_called", "", {}, _pickled({"_called": function}, text), is_async))
    luggage = _Luggage()
    taken = luggage.take(inner)
    text = taken.segment if taken.is_lambda else inner.__name__
    return Snippet(text, luggage.carried(taken.name, is_async=is_async))


class _Taken:
    """The source of one function."""

    def __init__(self, function: types.FunctionType) -> None:
        node, lines = _definition(function)
        self.is_lambda = isinstance(node, ast.Lambda)
        self.segment = " ".join((ast.get_source_segment("".join(lines), node) or "").split())
        self.name = "_called" if isinstance(node, ast.Lambda) else node.name
        if isinstance(node, ast.Lambda):
            self.source = f"{self.name} = ({ast.get_source_segment(''.join(lines), node)}\n)\n"
        else:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            text = "".join(lines[first - 1 : node.end_lineno])
            # An indented definition stays as it is: to dedent it would change its texts of several lines.
            self.source = f"{'if True:' if text[0].isspace() else ''}\n{text}\n"


class _Luggage:
    """What a function brings along."""

    def __init__(self) -> None:
        self._functions: dict[str, types.FunctionType] = {}
        self._sources: list[str] = []
        self._modules: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def take(self, function: types.FunctionType) -> _Taken:
        """The function's source, and every name in it that is not its own."""
        taken = _Taken(function)
        self._functions[taken.name] = function
        try:
            code = compile(taken.source, taken.name, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise DeclarationError(
                f"{taken.name} cannot be taken out of its place ({error.msg})", remedy=_MOVE
            ) from error
        known = _names_of(function)
        for name in dict.fromkeys(_read(code)):
            if name in known and name != taken.name:
                self._pack(name, known[name], taken.name)
        self._sources.append(taken.source)
        return taken

    def carried(self, name: str, *, is_async: bool) -> Carried:
        """All of it, packed."""
        values = _pickled(self._values, name) if self._values else b""
        return Carried(name, "".join(self._sources), self._modules, values, is_async)

    def _pack(self, name: str, value: object, user: str) -> None:
        before = self._functions.get(name, self._values.get(name, value))
        if before is not value:
            raise DeclarationError(f"{user} and a function that it calls mean two things by {name!r}", remedy=_MOVE)
        if isinstance(value, types.ModuleType):
            if not _module_found_by_name(value.__name__):
                raise DeclarationError(f"{user} uses the module {name}, which a worker cannot import", remedy=_MOVE)
            self._modules[name] = value.__name__
        elif isinstance(value, types.FunctionType) and not _found_by_name(value):
            if name not in self._functions:
                taken = self.take(value)
                if taken.name != name:  # bound to another name than its own, or a lambda
                    raise DeclarationError(
                        f"{user} uses {name!r}, a function that was defined by another name", remedy=_MOVE
                    )
        else:
            self._values[name] = value


class _Pickler(pickle.Pickler):
    """Refuses what would be looked up in a module that a worker cannot import."""

    def reducer_override(self, value: Any) -> Any:
        """Called for every class and function, and every object of a kind that pickle does not know by itself."""
        if isinstance(value, type | types.FunctionType) and not _found_by_name(value):
            kind = "class" if isinstance(value, type) else "function"
            raise DeclarationError(f"the {kind} {value.__qualname__} cannot be imported by a worker", remedy=_MOVE)
        return NotImplemented


def _pickled(values: Mapping[str, Any], user: str) -> bytes:
    stream = io.BytesIO()
    for name, value in values.items():  # one by one, so that the one at fault can be named
        try:
            _Pickler(io.BytesIO()).dump(value)
        except DeclarationError as error:
            raise DeclarationError(f"{user} uses {name!r}, and {error.args[0]}", remedy=_MOVE) from error
        except Exception as error:
            raise DeclarationError(
                f"{user} uses {name!r}, which cannot be sent to a worker ({type(error).__name__}: {error})",
                remedy=_MOVE,
            ) from error
    _Pickler(stream).dump(dict(values))  # all in one, so that what two names share stays shared
    return stream.getvalue()


def _found_by_name(function: Any) -> bool:
    """Whether importing its module and looking its name up gives this very object."""
    name, module = getattr(function, "__qualname__", None), getattr(function, "__module__", None)
    if not isinstance(name, str) or not isinstance(module, str) or not _module_found_by_name(module):
        return False
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is function


def _module_found_by_name(name: str) -> bool:
    """Whether a fresh interpreter with the same path would import the same module by that name."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if module is None or spec is None or name == "__main__":
        return False
    if spec.origin in ("built-in", "frozen"):
        return True
    package = name.rpartition(".")[0]
    if package and not _module_found_by_name(package):
        return False
    path = getattr(sys.modules.get(package), "__path__", None) if package else None
    # Not `importlib.util.find_spec`, which asks `sys.modules` first. The finders of editable installs are asked too.
    specs = (finder.find_spec(name, path) for finder in sys.meta_path)
    found = next((each for each in specs if each is not None), None)
    return found is not None and found.origin == spec.origin


def _names_of(function: types.FunctionType) -> dict[str, Any]:
    """What the names in a function mean: those of the functions around it, then those of its module."""
    around = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            around[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return {**function.__globals__, **around}


def _read(code: types.CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in _READS:
            yield str(instruction.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _read(inner)


def _definition(function: types.FunctionType) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, list[str]]:
    """Where a function is defined, and the lines of its file."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        tree = ast.Module([], type_ignores=[])
    found = [node for node in ast.walk(tree) if _is_of(node, code)]
    if len(found) != 1:
        raise DeclarationError(f"the source of {function.__qualname__} cannot be read", remedy=_MOVE)
    node = found[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    return node, lines


def _is_of(node: ast.AST, code: types.CodeType) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        lines = {node.lineno, *(each.lineno for each in node.decorator_list)}
        return node.name == code.co_name and code.co_firstlineno in lines
    if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
        body = node.body
        # (line, end line, column, end column) of an instruction that stands for the whole body: its return.
        return (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in set(code.co_positions())
    return False


__all__ = ["snippet_for"]
