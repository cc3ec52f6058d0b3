"""The worker's side of `versus`: the class whose variants are the snippets of an order.

A statement becomes the body of a method, so that a call costs what any variant's call costs; the set-up's names are the
method's globals. A name that a statement binds is local to the call, unless the set-up binds it too: then it is one
and the same. A function is called in such a body.
"""

from __future__ import annotations
import __future__

import ast
import base64
import contextlib
import dis
import importlib
import inspect
import json
import linecache
import pickle
import reprlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from patternbench.comparison import Comparison, variant
from patternbench.errors import DeclarationError
from patternbench.experiment.likeness import alike
from patternbench.experiment.snippet import Body, Carried, Reference, Statement, check_callable
from patternbench.experiment.suite_file import imported

CLASS = "Snippets"

_ROOM = "__snippets__"
"""Module in whose names set-up and statements live, so that classes defined there can be pickled."""

_INSTANCE = "_patternbench_instance"
_TARGET = "_patternbench_target_"
_BINDS = frozenset({"STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"})


@dataclass(frozen=True, slots=True)
class Order:
    """What a suite of snippets is made from.

    Attributes:
        question: the docstring of the comparison.
        baseline: name of a variant.
        setup: statements that run once per worker, outside the clock; may await.
        check: hold results against each other, where every snippet has one.
        path: folders that are importable besides the usual ones.
        params: axis to its values; bound to their names before the set-up runs.
        snippets: by the name of the variant.
    """

    question: str
    baseline: str
    setup: str
    check: bool
    path: tuple[str, ...]
    params: Mapping[str, tuple[object, ...]]
    snippets: Mapping[str, Body]

    def as_json(self) -> str:
        """The order as text."""
        bodies = {name: {"kind": type(body).__name__, **asdict(body)} for name, body in self.snippets.items()}
        return json.dumps({**asdict(self), "snippets": bodies}, default=_encoded)

    @classmethod
    def from_json(cls, text: str) -> Order:
        """The order that `as_json` wrote."""
        plain = json.loads(text)
        plain["snippets"] = {name: _body(**fields) for name, fields in plain["snippets"].items()}
        plain["params"] = {axis: tuple(values) for axis, values in plain["params"].items()}
        return cls(**{**plain, "path": tuple(plain["path"])})


def comparison_from(order: Path, module: str) -> type[Comparison]:
    """The comparison that an order file asks for.

    Args:
        module: name of the suite that it will be found in.

    Raises:
        DeclarationError: a text is not Python, or a function cannot be found or called.
    """
    return comparison_of(Order.from_json(order.read_text("utf-8")), module)


def comparison_of(order: Order, module: str) -> type[Comparison]:
    """The same from an order at hand."""
    sys.path += [folder for folder in order.path if folder not in sys.path]
    room = sys.modules[_ROOM] = types.ModuleType(_ROOM)
    setup = compiled(order.setup, "the set-up")
    _import_early(order.setup)
    bound = frozenset(_bound(setup)) | frozenset(order.params)
    targets: dict[str, Callable[[dict[str, Any]], Any]] = {}
    members: dict[str, Any] = {}
    values = order.check
    for number, (name, body) in enumerate(order.snippets.items()):
        called = None
        if isinstance(body, Statement):
            text = body.text
            values = values and is_expression(text, name)
        else:
            target = f"{_TARGET}{number}"
            targets[target], called, is_async = _maker(body)
            text = f"await {target}()" if is_async else f"{target}()"
        members[name] = variant(method(text, name, bound, vars(room)))
        if isinstance(called, types.FunctionType):
            members[name].__wrapped__ = called  # a proof that looks for work looks into the function
    members |= {
        "__module__": module,
        "__doc__": order.question,
        "baseline": order.baseline,
        "params": order.params,
        "setup": _setup(setup, targets, room),
        "agree": _agrees if values else _may_differ,
    }
    return types.new_class(CLASS, (Comparison,), exec_body=lambda namespace: namespace.update(members))


def compiled(text: str, name: str) -> types.CodeType:
    """A text as the code of a module; its flags say whether it awaits.

    Raises:
        DeclarationError: it is not Python.
    """
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # so that a traceback shows it
    try:
        # Our own __future__ imports are not the snippet's.
        code: types.CodeType = compile(text, file, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise _not_python(text, error) from error
    return code


def is_expression(text: str, name: str) -> bool:
    """Whether a text is a single expression, and so has a value.

    Raises:
        DeclarationError: it is not Python.
    """
    body = _parsed(text, name).body
    return len(body) == 1 and isinstance(body[0], ast.Expr)


def method(text: str, name: str, bound: frozenset[str], names: dict[str, Any]) -> types.FunctionType:
    """A method whose body is the text; it is `async` where the text awaits, and returns the value of an expression.

    Args:
        name: of the variant, for tracebacks.
        bound: names that the set-up binds; the text shares them.
        names: the method's globals.

    Raises:
        DeclarationError: the text is not Python, or no body of a function.
    """
    awaits = bool(compiled(text, name).co_flags & inspect.CO_COROUTINE)  # by itself it has no `return`, no `yield`
    body: list[ast.stmt] = list(_parsed(text, name).body) or [ast.Pass()]
    if len(body) == 1 and isinstance(body[0], ast.Expr):
        body = [ast.copy_location(ast.Return(body[0].value), body[0])]
    made = _function(body, text, name, names, awaits=awaits)
    shared = sorted(bound & {*made.__code__.co_varnames, *made.__code__.co_cellvars})
    if shared:
        made = _function([ast.Global(shared), *body], text, name, names, awaits=awaits)
    made.__doc__ = None
    return made


def _function(body: list[ast.stmt], text: str, name: str, names: dict[str, Any], *, awaits: bool) -> types.FunctionType:
    tree = ast.parse(f"{'async ' if awaits else ''}def snippet({_INSTANCE}): pass")
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    definition.body = body
    try:
        code = compile(ast.fix_missing_locations(tree), f"<{name}>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise _not_python(text, error) from error
    (inner,) = (each for each in code.co_consts if isinstance(each, types.CodeType))
    return types.FunctionType(inner, names, "snippet")


def _parsed(text: str, name: str) -> ast.Module:
    try:
        return ast.parse(text, f"<{name}>")
    except (SyntaxError, ValueError) as error:
        raise _not_python(text, error) from error


def _not_python(text: str, error: Exception) -> DeclarationError:
    lines = text.splitlines() or [""]
    said, line = str(error), lines[0]
    if isinstance(error, SyntaxError):
        said, line = error.msg, lines[min(error.lineno or 1, len(lines)) - 1]
    return DeclarationError(
        f"{line.strip()!r} is not Python, or not for a body of a function ({said})",
        remedy="mend the text, and mind the shell's quotes",
    )


def _bound(code: types.CodeType) -> Iterator[str]:
    """Names of the module that a code binds, in functions that declare them `global` too."""
    top = code.co_name == "<module>"
    for instruction in dis.get_instructions(code):
        if instruction.opname in _BINDS and (top or instruction.opname.endswith("GLOBAL")):
            yield str(instruction.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _bound(inner)


def _import_early(setup: str) -> None:
    """Import in the host what a set-up imports before it does anything else, so that its workers need not, one by one.

    What fails here fails again in the set-up, and is told there.
    """
    for statement in ast.parse(setup).body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return
        module = ast.Module([statement], type_ignores=[])
        with contextlib.suppress(Exception):
            exec(compile(module, "<the set-up>", "exec", dont_inherit=True), {"__name__": _ROOM})  # noqa: S102


def _setup(
    code: types.CodeType, targets: Mapping[str, Callable[[dict[str, Any]], Any]], room: types.ModuleType
) -> Callable[..., Any]:
    """The comparison's `setup`: fresh names, the case's parameters, the user's set-up, then the functions to call."""
    names = vars(room)

    def begin(params: Mapping[str, Any]) -> None:
        names.clear()
        names.update({"__name__": _ROOM, "__builtins__": __builtins__, **params})

    def finish() -> None:
        for target, made in targets.items():
            names[target] = made(names)

    def plain(self: Comparison, **params: Any) -> None:  # noqa: ARG001 - a method
        begin(params)
        exec(code, names)  # noqa: S102 - it is what the user asks for
        finish()

    async def awaiting(self: Comparison, **params: Any) -> None:  # noqa: ARG001 - a method
        begin(params)
        await eval(code, names)  # noqa: S307 - likewise
        finish()

    return awaiting if code.co_flags & inspect.CO_COROUTINE else plain


def _agrees(_: Comparison, expected: Any, actual: Any) -> bool:
    if not alike(expected, actual):
        raise AssertionError(
            f"{reprlib.repr(actual)} against {reprlib.repr(expected)}; --no-check (check=False) measures them all"
        )
    return True


def _may_differ(_: Comparison, expected: Any, actual: Any) -> bool:  # noqa: ARG001 - the signature of `agree`
    return True


def _maker(body: Reference | Carried) -> tuple[Callable[[dict[str, Any]], Any], Any, bool]:
    """What gives the function to call once the set-up has run; the function, if it is known now; is it awaited?"""
    if isinstance(body, Reference):
        function = _found(body)
        check_callable(function, body.name)
        return lambda _: function, function, inspect.iscoroutinefunction(inspect.unwrap(function))
    made = None
    with contextlib.suppress(Exception):  # it may need names of the set-up
        made = _made(body, {})  # in the host, so that its workers find the modules imported
    return lambda names: _made(body, names), made, body.is_async


def _found(body: Reference) -> Any:
    if body.file is not None:
        if not Path(body.file).is_file():
            raise DeclarationError(f"there is no file {Path(body.file).name}", remedy="name a Python file that exists")
        found: Any = imported(Path(body.file))
        place = Path(body.file).name
    else:
        place = body.module
        try:
            found = importlib.import_module(body.module)
        except (Exception, SystemExit) as error:
            if isinstance(error, ModuleNotFoundError) and f"{body.module}.".startswith(f"{error.name}."):
                raise DeclarationError(
                    f"there is no module {error.name!r}",
                    remedy="name one of the working directory or an installed one, or a file: path/to/file.py:function",
                ) from error
            raise DeclarationError(
                f"{body.module} cannot be imported ({type(error).__name__}: {error})",
                remedy="mend the module, or install what it needs",
            ) from error
    for part in body.name.split("."):
        if not hasattr(found, part):
            raise DeclarationError(f"{place} has no {body.name!r}", remedy="name a function that it defines")
        found = getattr(found, part)
    return found


def _made(body: Carried, names: Mapping[str, Any]) -> Any:
    """Make a carried function anew; its globals are its own, with the set-up's beside them."""
    own = {**names, **_brought(body)}
    file = f"<{body.name}>"
    linecache.cache[file] = (len(body.source), None, body.source.splitlines(keepends=True), file)
    # Annotations may name what only a type checker imports.
    flags = __future__.annotations.compiler_flag
    exec(compile(body.source, file, "exec", flags=flags, dont_inherit=True), own)  # noqa: S102 - the user's function
    return own[body.name]


def _brought(body: Carried) -> dict[str, Any]:
    """The modules and values that a carried function uses, by name."""
    values = pickle.loads(body.values) if body.values else {}  # noqa: S301 - written by the process that started this one
    return {**values, **{name: importlib.import_module(module) for name, module in body.modules.items()}}


def _encoded(value: object) -> str:
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()


def _body(kind: str, **fields: Any) -> Body:
    if kind == "Carried":
        return Carried(**{**fields, "values": base64.b64decode(fields["values"])})
    return Reference(**fields) if kind == "Reference" else Statement(**fields)
