"""Statements become methods: whatever stands in them, and nothing else."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import sys
import textwrap
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patternbench.comparison import Comparison, Declaration, declaration
from patternbench.errors import DeclarationError
from patternbench.experiment.carried import snippet_for
from patternbench.experiment.proof import proved
from patternbench.experiment.snippet import Body, Carried, Reference, Statement
from patternbench.experiment.snippet_comparison import Order, comparison_of
from patternbench.experiment.subject import Subject

HOSTILE = (
    "'''",
    '"""',
    "\\",
    "\\n",
    "'); raise SystemExit('",
    "\u202eäöü\N{SNOWMAN}\N{GRINNING FACE}",
    "</script>",
    "{x} %s $(rm -rf) `ls`",
)


@pytest.fixture(autouse=True)
def _same_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("__snippets__", None)


def order(*bodies: Body | str, setup: str = "", check: bool = True, **params: tuple[object, ...]) -> Order:
    """Variants `a`, `b` and so on, the last of them the baseline."""
    snippets = {
        name: Statement(body) if isinstance(body, str) else body for name, body in zip("abcdefgh", bodies, strict=False)
    }
    return Order("Which?", list(snippets)[-1], setup, check, (), params, snippets)


def made(given: Order) -> tuple[type[Comparison], Declaration]:
    cls = comparison_of(Order.from_json(given.as_json()), __name__)
    return cls, declaration(cls)


def results(given: Order, calls: int = 1, case: int = 0) -> list[list[Any]]:
    """By variant, what each of so many calls in a fresh instance gives."""
    cls, declared = made(given)
    found = []
    for each in declared.variants:
        with Subject(cls, declared, declared.cases[case], each.name) as subject:
            found.append([subject.call() for _ in range(calls)])
    return found


def reason(given: Order, variant: str = "a") -> str | None:
    cls, declared = made(given)
    return proved(cls, declared, declared.cases[0], variant, {}).reason


def test_an_expression_gives_its_value_and_statements_give_none() -> None:
    assert results(order("x + 1", "y = x + 1", "x;x", "# nothing", setup="x = 1")) == [[2], [None], [None], [None]]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_come_through_as_they_are(text: str) -> None:
    assert results(order(repr(text), f"x + {text!r}", setup=f"x = {text!r}")) == [[text], [text + text]]


def test_a_text_of_several_lines_inside_a_snippet_keeps_them() -> None:
    assert results(order("f('''one\n  two\n''')", setup="def f(a):\n    return a")) == [["one\n  two\n"]]


@pytest.mark.parametrize("text", ["'", "(", "x = ", "return 1", "yield 1", "await", "break", "nonlocal x", "\0"])
def test_what_is_not_python_is_refused_with_the_line(text: str) -> None:
    for given in (order(text, "1"), order("1", f"x\n{text}"), order("1", setup=text)):
        with pytest.raises(DeclarationError, match="is not Python") as caught:
            comparison_of(given, __name__)
        assert "Traceback" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_what_is_no_body_of_a_function_is_refused() -> None:
    with pytest.raises(DeclarationError, match="'from os import \\*' is not Python, or not for a body of a function"):
        comparison_of(order("from os import *"), __name__)


def test_names_of_the_set_up_are_shared_and_names_of_a_statement_are_its_own() -> None:
    counting = order("n += 1; seen.append(n)", "m = 1; m += 1; seen.append(m)", setup="n = 0; seen = []", check=False)
    cls, declared = made(counting)
    for name, expected in (("a", [1, 2, 3]), ("b", [2, 2, 2])):
        with Subject(cls, declared, declared.cases[0], name) as subject:
            for _ in range(3):
                subject.call()
            assert sys.modules["__snippets__"].seen == expected


def test_a_function_of_the_set_up_sees_what_a_statement_rebinds() -> None:
    setup = "n = 0\ndef look():\n    return n\ndef bump():\n    global k\n    k = 5\n"
    assert results(order("n = 7; seen = look(); [seen]", "bump(); k", setup=setup)) == [[None], [None]]
    cls, declared = made(order("n = 7", setup=setup))
    with Subject(cls, declared, declared.cases[0], "a") as subject:
        subject.call()
        assert sys.modules["__snippets__"].look() == 7


def test_every_instance_begins_with_fresh_names() -> None:
    given = order("x.append(1) or len(x)", setup="x = []")
    assert results(given, calls=2) == [[1, 2]]
    assert results(given, calls=2) == [[1, 2]]


def test_await_makes_a_snippet_async_and_only_that() -> None:
    given = order(
        "await asyncio.sleep(0, 3)",
        "async with lock: pass",
        "[each async for each in numbers()]",
        "len('abc')",
        "f = lambda: 1",
        setup="import asyncio\nlock = asyncio.Lock()\nasync def numbers():\n    yield 1\n    yield 2",
        check=False,
    )
    _, declared = made(given)
    assert [each.is_async for each in declared.variants] == [True, True, True, False, False]
    assert results(given) == [[3], [None], [[1, 2]], [3], [None]]


def test_a_set_up_may_await() -> None:
    given = order("x", "await f()", setup="import asyncio\nx = await asyncio.sleep(0, 4)\nasync def f():\n    return x")
    assert results(given) == [[4], [4]]


def test_our_own_future_imports_are_not_the_snippets() -> None:
    assert results(order("f.__annotations__", setup="def f(x: int): pass")) == [[{"x": int}]]


def test_parameters_are_names() -> None:
    given = order("x", "len(x) and x", setup="x = list(range(n))", n=(1, 3))
    assert results(given, case=0) == [[[0]], [[0]]]
    assert results(given, case=1) == [[[0, 1, 2]], [[0, 1, 2]]]


def test_classes_of_the_set_up_can_be_pickled() -> None:
    given = order("pickle.loads(pickle.dumps(C())).x", setup="import pickle\nclass C:\n    x = 3\n")
    assert results(given) == [[3]]


def test_a_traceback_shows_the_line_of_the_snippet() -> None:
    cls, declared = made(order("if True:\n    nowhere()"))
    with Subject(cls, declared, declared.cases[0], "a") as subject, pytest.raises(NameError) as caught:
        subject.call()
    said = "".join(traceback.format_exception(caught.value))
    assert 'File "<a>", line 2' in said
    assert "nowhere()" in said


@pytest.mark.parametrize("text", ["1 + 1", "2", "'a' 'b'", "pass", "# nothing", "...", "(1, 2)", "None"])
def test_what_was_folded_into_a_constant_does_nothing(text: str) -> None:
    assert (reason(order(text, "len('a')", check=False)) or "").startswith("does nothing")


def test_values_that_differ_are_refused_and_the_way_out_is_named() -> None:
    said = reason(order("x + 1", "x", setup="x = 1"))
    assert said is not None
    assert "2 against 1" in said
    assert "--no-check" in said
    assert reason(order("x + 1", "x", setup="x = 1", check=False)) is None
    assert reason(order("sum([x] * 3)", "x * 3", setup="x = 0.1")) is None


def test_statements_have_no_values_to_differ() -> None:
    assert reason(order("x.sort()", "y = sorted(x)", setup="x = [2, 1]")) is None


def test_a_set_up_that_fails_says_how() -> None:
    assert reason(order("x", setup="x = nowhere")) == "setup raised NameError: name 'nowhere' is not defined"


def test_a_module_that_the_set_up_imports_is_missed_in_the_set_up_only() -> None:
    assert "No module named 'nowhere_to_be_found'" in (reason(order("x", setup="import nowhere_to_be_found")) or "")


def a_module(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(text))
    return path


def test_functions_are_called_and_awaited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_module(
        tmp_path,
        """
        class C:
            @staticmethod
            def plain():
                return len("abc")
        async def later():
            return len("abc")
        """,
        "functions_to_call",
    )
    monkeypatch.syspath_prepend(tmp_path)
    given = order(
        Reference("functions_to_call", "C.plain"),
        Reference("functions_to_call", "later"),
        Reference("", "later", str(path)),
    )
    assert results(given) == [[3], [3], [3]]
    assert [each.is_async for each in made(given)[1].variants] == [False, True, True]
    assert reason(given, "a") is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (Reference("no_such_module", "f"), "there is no module 'no_such_module': name one of the working directory"),
        (Reference("json.no_such_module", "f"), "there is no module 'json.no_such_module'"),
        (Reference("json", "no_such"), "json has no 'no_such'"),
        (Reference("json", "dumps"), "dumps takes the argument 'obj'"),
        (Reference("sys", "path"), "path is no function but of type list"),
        (Reference("", "f", "no/such/file.py"), "there is no file file.py"),
    ],
)
def test_a_function_that_is_not_there_is_one_sentence(body: Reference, words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        comparison_of(order(body), __name__)


def test_a_module_that_cannot_be_imported_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_module(tmp_path, "import not_installed_anywhere\ndef f(): pass", "needs_more")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError, match=r"needs_more cannot be imported \(ModuleNotFoundError"):
        comparison_of(order(Reference("needs_more", "f")), __name__)


def test_an_empty_function_does_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_module(tmp_path, "def f():\n    pass\ndef g():\n    return len('abc')\n", "does_nothing_much")
    monkeypatch.syspath_prepend(tmp_path)
    given = order(Reference("does_nothing_much", "f"), Reference("does_nothing_much", "g"), check=False)
    assert (reason(given, "a") or "").startswith("does nothing")
    assert reason(given, "b") is None


def test_carried_functions_have_their_own_names_and_the_set_ups_beside_them() -> None:
    one = Carried("f", "def f():\n    return k + n\n", values=pickle.dumps({"k": 1}))
    two = Carried("f", "def f():\n    return k + math.floor(n)\n", {"math": "math"}, pickle.dumps({"k": 2}))
    assert results(order(one, two, setup="n = 10; k = 100")) == [[11], [12]]


def test_annotations_of_a_carried_function_are_not_evaluated() -> None:
    assert results(order(Carried("f", "def f() -> OnlyForTypeCheckers:\n    return 3\n"))) == [[3]]


def test_a_function_of_this_test_arrives_whole() -> None:
    k = [5]

    async def later() -> int:
        await asyncio.sleep(0)
        return k[0]

    assert inspect.iscoroutinefunction(later)
    assert results(order(snippet_for(later).body, snippet_for(lambda: k[0] + 1).body, check=False)) == [[5], [6]]
