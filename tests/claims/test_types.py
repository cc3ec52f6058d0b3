"""2.1 to 2.7: what annotations promise, and what holds at run time."""

from __future__ import annotations

import inspect
import logging
import math
import pickle
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pydantic
import pytest

from patternbench.patterns.printed import (
    aliases,
    basic_types,
    callables,
    generics,
    literals,
    protocols,
    unions,
)
from patternbench.patterns.repaired import aliases as mended_aliases
from patternbench.patterns.repaired import basic_types as mended_basic_types
from patternbench.patterns.repaired import callables as mended_callables
from patternbench.patterns.repaired import generics as mended_generics
from patternbench.patterns.repaired import literals as mended_literals
from patternbench.patterns.repaired import unions as mended_unions

KINDS = ("printed", "repaired")

# 2.1 Basic types


def test_a_lone_string_is_a_sequence_of_strings() -> None:
    assert basic_types.process_sequence("abc") == ["A", "B", "C"]
    with pytest.raises(TypeError, match="not one string"):
        mended_basic_types.process_sequence("abc")


@pytest.mark.parametrize("module", [basic_types, mended_basic_types], ids=KINDS)
def test_any_other_sequence_will_do(module: Any) -> None:
    upper = module.process_sequence
    assert upper(("a", "b")) == upper(["a", "b"]) == ["A", "B"]


def test_an_abstract_mapping_may_be_any_mapping() -> None:
    assert basic_types.lookup({"a": 1}, "a") == 1
    assert basic_types.lookup(pydantic.RootModel[dict[str, int]]({"a": 1}).root, "b") is None


# 2.2 Unions


@pytest.mark.parametrize(
    ("data", "wrong"),
    [(1.5, "not iterable"), (None, "not iterable")],
)
def test_the_last_branch_takes_what_the_type_excludes(data: Any, wrong: str) -> None:
    with pytest.raises(TypeError, match=wrong):
        unions.process(data)
    with pytest.raises(TypeError, match="give an integer, a string or a list"):
        mended_unions.process(data)


def test_a_dict_gives_its_keys_and_true_is_an_integer() -> None:
    assert unions.process({1: 2}) == "1"
    assert unions.process(True) == "True"  # noqa: FBT003
    for data in ({1: 2}, True):
        with pytest.raises(TypeError, match=r"not (dict|bool)"):
            mended_unions.process(data)


@pytest.mark.parametrize("module", [unions, mended_unions], ids=KINDS)
def test_what_the_type_names_is_taken(module: Any) -> None:
    process = module.process
    assert (process(7), process("seven"), process([7, 8])) == ("7", "seven", "7, 8")


# 2.3 Generics


def stacked(stack: Any) -> Any:
    for number in (1, 2, 3):
        stack.push(number)
    return stack


def test_a_stack_is_iterated_from_the_end_that_is_popped_last() -> None:
    assert list(stacked(generics.Stack())) == [1, 2, 3]
    assert list(stacked(mended_generics.Stack())) == [3, 2, 1]
    for stack in (stacked(generics.Stack()), stacked(mended_generics.Stack())):
        assert [stack.pop() for _ in range(3)] == [3, 2, 1]


def test_peek_cannot_tell_nothing_from_none_on_top() -> None:
    with_none: generics.Stack[None] = generics.Stack()
    with_none.push(None)
    empty: generics.Stack[None] = generics.Stack()
    assert with_none.peek() is empty.peek() is None
    with pytest.raises(IndexError):
        mended_generics.Stack[None]().peek()


def test_a_nan_is_the_larger_one_or_not_as_it_stands() -> None:
    assert generics.maximum(math.nan, 1.0) == 1.0
    assert math.isnan(generics.maximum(1.0, math.nan))
    assert math.isnan(mended_generics.maximum(math.nan, 1.0))
    assert math.isnan(mended_generics.maximum(1.0, math.nan))
    assert mended_generics.maximum(1, 2) == mended_generics.maximum(2, 1) == 2


def test_a_bound_may_name_what_does_not_exist() -> None:
    bound: Any = generics.Comparable.__bound__
    assert not hasattr(generics, bound.__forward_arg__)
    assert mended_generics.Comparable.__bound__ is mended_generics.SupportsLessThan


# 2.4 Callables


def test_the_printed_decorator_preserves_no_signature() -> None:
    assert callables.add.__name__ == "wrapper"
    assert callables.add.__doc__ is None
    assert list(inspect.signature(callables.add).parameters) == ["args", "kwargs"]
    assert not hasattr(callables.add, "__wrapped__")
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(callables.add)


def test_the_repaired_decorator_preserves_all_of_it() -> None:
    assert mended_callables.add.__name__ == "add"
    assert list(inspect.signature(mended_callables.add).parameters) == ["a", "b"]
    assert pickle.loads(pickle.dumps(mended_callables.add)) is mended_callables.add  # noqa: S301 - made here


def test_a_coroutine_function_stays_one_only_when_repaired(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def answer() -> int:
        return 42

    printed_one = callables.logged(answer)
    assert not inspect.iscoroutinefunction(printed_one)
    coroutine = printed_one()
    assert "Result: <coroutine object" in capsys.readouterr().out
    coroutine.close()

    mended = mended_callables.logged(answer)
    assert inspect.iscoroutinefunction(mended)
    with caplog.at_level(logging.DEBUG, mended_callables.__name__):
        running = mended()
        with pytest.raises(StopIteration) as stopped:
            running.send(None)
    assert stopped.value.value == 42
    assert "answer gave 42" in caplog.text


def test_a_context_is_given_first_and_no_longer_asked_for() -> None:
    context = mended_callables.Context()
    mended_callables.set_current_context(context)

    def named(ctx: mended_callables.Context, name: str) -> tuple[mended_callables.Context, str]:
        return ctx, name

    with_context = mended_callables.with_context(named)
    assert with_context("a") == (context, "a")
    assert list(inspect.signature(with_context).parameters) == ["name"]
    printed_one = callables.with_context(lambda ctx, name: (ctx, name))
    assert printed_one("a") == (callables.get_current_context(), "a")


# 2.5 Protocols


class Sized:
    def __len__(self) -> int:
        return 0


class WrongArity:
    def __len__(self, unit: str) -> int:  # noqa: PLE0302 - what is tested
        return 0


class Delegating:
    """Has a length only through `__getattr__`."""

    def __getattr__(self, name: str) -> Any:
        return lambda: 0


def test_a_runtime_check_looks_for_names_alone() -> None:
    assert isinstance(Sized(), protocols.SupportsLen)
    assert isinstance(WrongArity(), protocols.SupportsLen)
    assert isinstance(list, protocols.SupportsLen)
    assert not isinstance(7, protocols.SupportsLen)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="3.11 asks the object itself")
def test_what_is_served_by_getattr_is_not_seen_from_3_12_on() -> None:
    assert not isinstance(Delegating(), protocols.SupportsLen)
    assert not isinstance(Mock(), protocols.SupportsLen)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="3.12 looks at the classes, without asking the object")
def test_what_is_served_by_getattr_is_seen_on_3_11() -> None:
    assert isinstance(Delegating(), protocols.SupportsLen)


def test_a_protocol_that_was_not_made_for_it_is_no_runtime_check() -> None:
    with pytest.raises(TypeError, match="runtime"):
        isinstance(Sized(), protocols.Closeable)


# 2.6 Aliases and NewType


def test_a_new_type_is_no_type_at_run_time() -> None:
    assert type(aliases.UserId(42)) is int
    assert aliases.UserId("x") == "x"
    assert aliases.UserId(42) == aliases.OrderId(42)
    assert aliases.get_user(aliases.OrderId(42)) == {"user": 42}
    with pytest.raises(TypeError):
        isinstance(1, aliases.UserId)


def test_the_repaired_ids_are_types() -> None:
    assert mended_aliases.UserId(42) == mended_aliases.UserId(42)
    assert mended_aliases.UserId(42) != mended_aliases.OrderId(42)
    assert mended_aliases.get_user(mended_aliases.UserId(42)) == {"user": 42}
    for wrong in (mended_aliases.OrderId(42), 42):
        with pytest.raises(TypeError, match="give a UserId"):
            mended_aliases.get_user(wrong)
    with pytest.raises(TypeError, match="an id is an integer"):
        mended_aliases.UserId("x")


def test_a_recursive_alias_without_a_name_of_its_own_cannot_be_checked() -> None:
    with pytest.raises((RecursionError, pydantic.errors.PydanticUserError)):
        pydantic.TypeAdapter(aliases.JsonValue).validate_python({"a": [1]})
    JsonValue = aliases.JsonValue  # noqa: N806 - the name that the alias asks for
    assert JsonValue is not None
    with pytest.raises((RecursionError, pydantic.errors.PydanticUserError)):
        pydantic.TypeAdapter(JsonValue).validate_python({"a": [1]})
    checked = pydantic.TypeAdapter(mended_aliases.JsonValue).validate_python({"a": [1, None, {"b": "c"}]})
    assert checked == {"a": [1, None, {"b": "c"}]}
    with pytest.raises(pydantic.ValidationError):
        pydantic.TypeAdapter(mended_aliases.JsonValue).validate_python({"a": object()})


# 2.7 Literal and Final


def test_a_literal_is_not_checked_at_run_time() -> None:
    assert literals.set_status(1, "lost") == (1, "lost")
    with pytest.raises(ValueError, match="there is no status 'lost': choose from active, completed, failed, pending"):
        mended_literals.set_status(1, "lost")
    assert mended_literals.set_status(1, "active") == (1, "active")


def test_a_mode_is_not_checked_before_the_file_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ä", encoding="utf-8")
    with literals.open_file(str(path), "r+") as file:
        assert file.mode == "r+"
    with pytest.raises(ValueError, match="there is no mode"):
        mended_literals.open_file(str(path), "r+")
    with mended_literals.open_file(str(path)) as file:
        assert file.read() == "ä"


def test_a_final_class_can_be_subclassed_and_gives_its_parent_then() -> None:
    first = literals.Singleton()

    class Sub(literals.Singleton):
        pass

    assert literals.Singleton() is first
    assert type(Sub()) is literals.Singleton
    with pytest.raises(TypeError, match="Singleton is final"):
        type("Sub", (mended_literals.Singleton,), {})


def test_threads_can_make_two_singletons() -> None:
    """Two threads stand between the check and the assignment, held there until both have come."""
    together = threading.Barrier(2)

    class Waiting:
        def __new__(cls) -> Any:
            together.wait(10)
            return object.__new__(cls)

    class Slow(literals.Singleton, Waiting):
        _instance = None  # its own, so that the check finds none; `__new__` is the printed one

    assert len(made_by_two(Slow)) == 2
    assert len(made_by_two(mended_literals.Singleton)) == 1


def made_by_two(make: Callable[[], object]) -> set[int]:
    made: list[object] = []
    threads = [threading.Thread(target=lambda: made.append(make())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {id(each) for each in made}
