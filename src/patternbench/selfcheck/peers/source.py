"""The code of one unit, cut out of the file of all units: what a user's own module would hold, and nothing more.

A tool that starts many processes imports its subject in each of them. Were that the file of all units, with every
library that one of them needs and with the harness itself, such a tool would pay for what none of its users pays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from patternbench.selfcheck import units


@cache
def unit_source(name: str) -> str:
    """A module that defines the generator function of a unit, and what it needs; no annotations of functions.

    Raises:
        KeyError: there is no such unit.
    """
    if name not in units.UNITS:
        raise KeyError(name)
    return cut_out(Path(units.__file__).read_text("utf-8"), name)


def cut_out(module: str, name: str) -> str:
    """The source of a function without its decorators, after everything in its module that it leads to.

    Names are followed wherever they stand, so that too much may be taken, and never too little. Statements at the level
    of the module that define nothing, such as calls, are left out.

    Args:
        module: source of a module without relative imports.
        name: of a function at its top level.
    """
    tree = _Unannotated().visit(ast.parse(module))
    defined: dict[str, ast.stmt] = {each: statement for statement in tree.body for each in _defined(statement)}
    wanted = defined[name]
    assert isinstance(wanted, ast.FunctionDef)
    wanted.decorator_list.clear()
    needed, waiting = {name}, [name]
    while waiting:
        found = {each for each in _mentioned(defined[waiting.pop()]) if each in defined} - needed
        needed |= found
        waiting += sorted(found)
    parts = ["from __future__ import annotations"]
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            aliases = [each for each in statement.names if _bound(each) in needed]
            if aliases and getattr(statement, "module", "") != "__future__":
                statement.names = aliases
                parts.append(ast.unparse(statement))
        elif needed.intersection(_defined(statement)):
            parts.append(ast.unparse(statement))
    return "\n\n".join(parts) + "\n"


class _Unannotated(ast.NodeTransformer):
    """Takes annotations off functions and their variables, so that nothing is imported for them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._without(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._without(node)

    def _without(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        arguments = node.args
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            each.annotation = None
        node.body = [_assigned(each) for each in node.body]
        return self.generic_visit(node)


def _assigned(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.copy_location(ast.Assign([statement.target], statement.value), statement)
    return statement


def _defined(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a meaning to."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            yield from map(_bound, statement.names)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign():
            targets = (each for target in statement.targets for each in ast.walk(target))
            yield from (each.id for each in targets if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _mentioned(node: ast.AST) -> Iterator[str]:
    """Every name in a statement that is no import, but for annotations, which nobody evaluates."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.Name):
        yield node.id
    for each in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.AnnAssign) and each is node.annotation):
            yield from _mentioned(each)
