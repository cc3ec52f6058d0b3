"""What `versus` is asked to hold against each other: statements, functions by name, functions carried by their source.

Nothing of a snippet is compiled, imported or run here; a worker does so.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from patternbench.comparison import Comparison
from patternbench.errors import DeclarationError
from patternbench.experiment.interpreter import Interpreter
from patternbench.places import without_paths

LONGEST_NAME = 26
"""Characters that a table gives the name of a variant; a longer statement goes by a letter, and a legend says which."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST = len(_LETTERS)

_MODULE_FUNCTION = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*(\.[^\W\d]\w*)*)")
_FILE_FUNCTION = re.compile(r"(?P<file>[^:\n]+\.py):(?P<name>[^\W\d]\w*(\.[^\W\d]\w*)*)")


@dataclass(frozen=True, slots=True)
class Statement:
    """Python text: an expression, or statements.

    Attributes:
        text: without common indentation.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A function that a worker can import.

    Attributes:
        module: its name; empty where `file` says which.
        name: qualified name inside the module.
        file: path of the module where it is not found by name.
    """

    module: str
    name: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A function that no worker can import: what makes it anew.

    Attributes:
        name: that the source binds, or that `values` has.
        source: of the function and of those that it calls and that cannot be imported either.
        modules: name in the source to the name of a module.
        values: a pickled mapping of all other names that the source uses.
        is_async: whether calling it gives a coroutine.
    """

    name: str
    source: str
    modules: Mapping[str, str] = field(default_factory=dict)
    values: bytes = b""
    is_async: bool = False


Body = Statement | Reference | Carried


@dataclass(frozen=True, slots=True)
class Snippet:
    """One thing to be measured.

    Attributes:
        text: as a reader knows it: the statement, `module:function`, the name of a function.
        body: what a worker makes the variant from.
    """

    text: str
    body: Body


@dataclass(frozen=True, slots=True)
class Contest:
    """Snippets to be held against each other, and on what terms.

    Attributes:
        question: what a reader is told that this answers.
        snippets: by the name of their variant.
        baseline: the name of one.
        setup: statements that run once per worker, outside the clock; may await.
        check: hold results against each other, where every snippet has one.
        path: folders that workers import from besides the usual ones.
        params: axis to its values; the names are bound before the set-up runs, and the cases are their product.
        interpreters: what a variant runs in, by name; all are named or none.
        summaries: what a reader should know of a variant besides its name.
        alone: measure a snippet even where its proofs leave nothing to compare it with.
    """

    question: str
    snippets: Mapping[str, Snippet]
    baseline: str
    setup: str = ""
    check: bool = True
    path: tuple[str, ...] = ()
    params: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    interpreters: Mapping[str, Interpreter] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False


def asked(text: str) -> Snippet:
    """What a text on the command line asks for: `module:function`, `file.py:function`, or else a statement."""
    text = textwrap.dedent(text).strip()
    if named := _FILE_FUNCTION.fullmatch(text):
        return Snippet(text, Reference("", named["name"], named["file"]))
    if named := _MODULE_FUNCTION.fullmatch(text):
        return Snippet(text, Reference(named["module"], named["name"]))
    return Snippet(text, Statement(text))


def variant_names(texts: Sequence[str]) -> tuple[str, ...]:
    """A name for each: the text itself where all are short, different and free to be names; else letters from `a` on.

    No path of a machine is left in a name.
    """
    shown = [without_paths(text) for text in texts]
    if len(set(shown)) == len(shown) and all(_can_be_a_name(text) for text in shown):
        return tuple(shown)
    return tuple(_LETTERS[: len(shown)])


def legend(texts: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """By name, the whole text on one line, where the name itself does not say it."""
    shown = {name: " ".join(without_paths(text).split()) for name, text in zip(names, texts, strict=True)}
    return {name: text for name, text in shown.items() if name != text}


def check_callable(function: object, name: str) -> None:
    """See that a call without arguments runs a function's body.

    Raises:
        DeclarationError: it would not.
    """
    if not callable(function):
        raise DeclarationError(f"{name} is no function but of type {type(function).__name__}", remedy="name a function")
    short = name.rpartition(".")[2]
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise DeclarationError(
            f"{name} is a generator, so a call would run none of its body",
            remedy=f"consume it, in a statement or a function such as list({short}())",
        )
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return  # some builtins have no signature; the call will tell
    for each in parameters:
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            raise DeclarationError(
                f"{name} takes the argument {each.name!r}",
                remedy=f"call it in a statement or a function of none, such as {short}(data) with data from the set-up",
            )


def _can_be_a_name(text: str) -> bool:
    taken = hasattr(Comparison, text) or text in Comparison.__annotations__ or text.startswith("__")
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and not taken
