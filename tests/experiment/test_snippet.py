"""What a text asks for, and the names that variants get."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from patternbench.errors import DeclarationError
from patternbench.experiment.snippet import (
    LONGEST_NAME,
    Body,
    Reference,
    Statement,
    asked,
    check_callable,
    legend,
    variant_names,
)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("json:dumps", Reference("json", "dumps")),
        ("my.package.module:Class.method", Reference("my.package.module", "Class.method")),
        ("some/new.py:parse", Reference("", "parse", "some/new.py")),
        ("new.py:Parser.parse", Reference("", "Parser.parse", "new.py")),
        (" sum(x) ", Statement("sum(x)")),
        ("x[1:2]", Statement("x[1:2]")),
        ("d['a.py:b']", Statement("d['a.py:b']")),
        ("lambda: f", Statement("lambda: f")),
        ("if x:\n y()", Statement("if x:\n y()")),
        ("\n    for i in x:\n        f(i)\n", Statement("for i in x:\n    f(i)")),
    ],
)
def test_a_text_is_a_function_by_name_or_else_a_statement(text: str, body: Body) -> None:
    assert asked(text).body == body


def test_short_and_different_texts_are_names() -> None:
    texts = ["sum(x)", "x ** 2", "'ä' in \"x\""]
    assert list(variant_names(texts)) == texts
    assert legend(texts, variant_names(texts)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "x" * (LONGEST_NAME + 1),
        "f()\ng()",
        "len(x)\u202e",
        "",
        # What a comparison has or is given already.
        "setup",
        "agree",
        "params",
        "addresses",
        "case_params",
        "__doc__",
    ],
)
def test_texts_that_cannot_be_names_go_by_letters_and_all_others_with_them(text: str) -> None:
    assert variant_names([text, "len(x)"]) == ("a", "b")
    assert legend([text, "len(x)"], ("a", "b"))["b"] == "len(x)"


def test_the_same_text_twice_is_told_apart() -> None:
    assert variant_names(["f()", "f()"]) == ("a", "b")


def test_no_name_and_no_legend_holds_a_path_of_the_machine() -> None:
    texts = ["open('/home/me/secret/file.txt').read()", "x"]
    assert variant_names(texts) == ("open('file.txt').read()", "x")
    assert "/home" not in str(legend(["open('/home/me/secret/file.txt').read() or None"], ["a"]))


def _function(data: Any) -> None: ...


def _generator() -> Iterator[int]:
    yield 1


async def _async_generator() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (3, "f is no function but of type int"),
        (_function, "f takes the argument 'data'"),
        (_generator, "f is a generator"),
        (_async_generator, "f is a generator"),
    ],
)
def test_what_a_call_without_arguments_would_not_run_is_refused(function: object, words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        check_callable(function, "f")


@pytest.mark.parametrize("function", [dict, functools.partial(_function, 1), print, lambda *args, key=1: None, iter])
def test_what_can_be_called_without_arguments_is_not(function: object) -> None:
    check_callable(function, "f")
