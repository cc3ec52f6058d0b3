"""Functions that no worker can import travel with all that they use, or are refused with the name at fault."""

from __future__ import annotations

import asyncio
import functools
import json
import math
import pickle
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patternbench.errors import DeclarationError
from patternbench.experiment.carried import snippet_for
from patternbench.experiment.snippet import Carried, Reference

LIMIT = 10


def module_from(text: str, folder: Path, name: str = "__main__") -> Any:
    """A module that no other process finds by its name, as a script, a notebook or a test may be."""
    path = folder / "unfindable.py"
    path.write_text(text)
    module = types.ModuleType(name)
    module.__file__ = str(path)
    exec(compile(text, str(path), "exec"), vars(module))  # noqa: S102 - what a script does
    return module


def carried(function: Callable[..., Any]) -> Carried:
    body = snippet_for(function).body
    assert isinstance(body, Carried)
    return body


def values(body: Carried) -> Any:
    return pickle.loads(body.values) if body.values else {}  # noqa: S301 - made here


@pytest.mark.parametrize(
    ("function", "module", "name"),
    [
        (dict, "builtins", "dict"),
        (json.JSONDecoder, "json.decoder", "JSONDecoder"),
        (sys.getrecursionlimit, "sys", "getrecursionlimit"),
        (threading.active_count, "threading", "active_count"),
        (asyncio.new_event_loop, "asyncio.events", "new_event_loop"),
    ],
)
def test_what_can_be_imported_is(function: Callable[[], object], module: str, name: str) -> None:
    snippet = snippet_for(function)
    assert snippet.body == Reference(module, name)
    assert snippet.text == name


def test_a_function_of_a_script_brings_modules_values_and_functions(tmp_path: Path) -> None:
    script = module_from(
        "import math as m\nimport os.path\n"
        "data = [1, 2]\nsame = data\nunused = open\n"
        "def helper(x):\n    return f(x - 1) if x else m.pi + len(same)\n"
        "def f(x=len(data)):\n    return helper(x) + len(data) + len(os.path.sep)\n",
        tmp_path,
    )
    body = carried(script.f)
    assert body.name == "f"
    assert body.modules == {"m": "math", "os": "os"}
    brought = values(body)
    assert set(brought) == {"data", "same"}
    assert brought["data"] is brought["same"]
    own: dict[str, Any] = {"m": math, "os": __import__("os"), **brought}
    exec(body.source, own)  # noqa: S102 - what a worker does
    assert own["f"]() == script.f()


def test_a_closure_brings_what_it_holds() -> None:
    k = [5]

    def inner() -> int:
        return k[0] + LIMIT

    assert values(carried(inner)) == {"k": [5], "LIMIT": 10}


def test_two_lambdas_in_one_line_are_told_apart() -> None:
    k, j = 1, 2
    # fmt: off
    one, two = (lambda: k + 1), (lambda: [j, lambda: 2])
    # fmt: on
    assert [snippet_for(each).text for each in (one, two)] == ["lambda: k + 1", "lambda: [j, lambda: 2]"]
    assert values(carried(one)) == {"k": 1}
    assert values(carried(two)) == {"j": 2}


def test_a_lambda_over_several_lines_is_whole() -> None:
    k = 1
    found = carried(
        lambda: (
            k,
            "a\n  b",
        ),
    )
    own = values(found)
    exec(found.source, own)  # noqa: S102 - what a worker does
    assert own[found.name]() == (1, "a\n  b")


def test_texts_of_several_lines_inside_a_nested_function_keep_their_indentation() -> None:
    def inner() -> str:
        return """
            one
          two"""

    found = carried(inner)
    own: dict[str, Any] = {}
    exec(found.source, own)  # noqa: S102 - what a worker does
    assert own["inner"]() == inner()


def test_a_decorated_function_keeps_its_decorator(tmp_path: Path) -> None:
    script = module_from(
        "import functools\n@functools.lru_cache(maxsize=None)\ndef f():\n    return 3\n",
        tmp_path,
    )
    found = carried(script.f)
    assert "lru_cache" in found.source
    assert found.modules == {"functools": "functools"}


def test_a_coroutine_function_is_known_as_one() -> None:
    async def later() -> None:
        await asyncio.sleep(0)

    assert carried(later).is_async
    assert not carried(lambda: [later()]).is_async


@pytest.mark.parametrize("function", [functools.partial(sorted, [2, 1]), [1].copy], ids=["partial", "method"])
def test_other_callables_are_pickled(function: Callable[[], object]) -> None:
    found = carried(function)
    assert values(found)[found.name]() == function()


class OnlyHere:
    def method(self) -> None: ...


LOCAL = OnlyHere()
LOCK = threading.Lock()
LOCAL.__class__.__module__ = "__main__"  # as in a notebook


def _numbers() -> Any:
    yield 1


def counter() -> Callable[[], int]:
    n = 0

    def inner() -> int:
        nonlocal n
        n += 1
        return n

    return inner


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: LOCAL, "uses 'LOCAL', and the class OnlyHere cannot be imported by a worker"),
        (lambda: [LOCK], "uses 'LOCK', which cannot be sent to a worker"),
        (LOCAL.method, "the class OnlyHere cannot be imported by a worker"),
        (lambda x: x, "takes the argument 'x'"),
        (_numbers, "_numbers is a generator"),
        (counter(), "inner cannot be taken out of its place"),
        (
            eval("lambda: 1"),  # noqa: S307 - the point is that it stands nowhere
            "the source of <lambda> cannot be read",
        ),
    ],
)
def test_what_cannot_travel_is_refused_by_name(function: Callable[[], object], words: str) -> None:
    with pytest.raises(DeclarationError, match=words) as caught:
        snippet_for(function)
    assert caught.value.remedy


def test_one_name_for_two_things_is_refused(tmp_path: Path) -> None:
    one = module_from("n = 1\ndef f():\n    return n\n", tmp_path)
    n = 2
    g = one.f
    with pytest.raises(DeclarationError, match="defined by another name"):
        snippet_for(lambda: [g()])
    f = one.f
    with pytest.raises(DeclarationError, match="mean two things by 'n'"):
        snippet_for(lambda: f() + n)
