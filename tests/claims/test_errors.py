"""8.1 and 8.2: exceptions that travel, and results instead of them."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import traceback
import uuid
import weakref
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from patternbench.patterns.printed import app_errors, results
from patternbench.patterns.repaired import app_errors as mended_errors
from patternbench.patterns.repaired import results as mended_results

# 8.1 Exception hierarchy


def with_own_constructor(module: Any) -> list[Exception]:
    return [
        module.ValidationError("email", "is no address"),
        module.NotFoundError("User", 1),
        module.ExternalServiceError("mail", "is down", 503),
    ]


@pytest.mark.parametrize("number", range(3))
def test_an_error_with_a_constructor_of_its_own_is_neither_pickled_nor_copied(number: int) -> None:
    printed = with_own_constructor(app_errors)[number]
    for again in (copy.copy, lambda error: pickle.loads(pickle.dumps(error))):  # noqa: S301 - made here
        with pytest.raises(TypeError, match="missing"):
            again(printed)
        mended: Any = with_own_constructor(mended_errors)[number]
        found: Any = again(mended)
        assert type(found) is type(mended)
        assert (str(found), found.to_dict()) == (str(mended), mended.to_dict())


def fail(module_name: str) -> None:
    module = app_errors if module_name == "printed" else mended_errors
    raise module.NotFoundError("User", 1)


def test_one_such_error_breaks_a_pool_of_processes() -> None:
    with ProcessPoolExecutor(1) as pool, pytest.raises(BrokenProcessPool):
        pool.submit(fail, "printed").result(timeout=60)
    with ProcessPoolExecutor(1) as pool:
        with pytest.raises(mended_errors.NotFoundError, match="User not found"):
            pool.submit(fail, "mended").result(timeout=60)
        assert pool.submit(int, "7").result(timeout=60) == 7


def test_an_answer_is_no_json() -> None:
    number = uuid.UUID(int=1)
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(app_errors.NotFoundError("User", number).to_dict())
    answer = json.loads(json.dumps(mended_errors.NotFoundError("User", number).to_dict()))
    assert answer["details"] == {"resource": "User", "id": str(number)}


@pytest.mark.parametrize("module", [app_errors, mended_errors])
def test_every_error_is_one_of_the_applications(module: Any) -> None:
    made = [
        *with_own_constructor(module),
        module.ConflictError("taken", "User"),
        module.DatabaseError("down"),
        module.AuthenticationError(),
        module.AuthorizationError(),
    ]
    assert all(isinstance(each, module.AppError) for each in made)
    assert [each.to_dict()["code"] for each in made] == [
        "VALIDATION_ERROR",
        "NOT_FOUND",
        "EXTERNAL_SERVICE_ERROR",
        "CONFLICT",
        "DatabaseError",
        "UNAUTHORIZED",
        "FORBIDDEN",
    ]


# 8.2 Results


class Big:
    """Something that a failing function holds."""


def failed(module: Any) -> tuple[Any, weakref.ref[Big]]:
    big = Big()

    def parse() -> Any:
        held = big
        try:
            return module.Ok(int("x" if held else "1"))
        except ValueError as error:
            return module.Err(error)

    return parse(), weakref.ref(big)


def test_a_kept_error_keeps_what_its_frame_held() -> None:
    printed, big = failed(results)
    gc.collect()
    assert printed.is_err()
    assert big() is not None
    mended, big = failed(mended_results)
    gc.collect()
    assert mended.is_err()
    assert big() is None


def test_each_unwrap_makes_the_traceback_longer() -> None:
    def lengths(err: Any) -> list[int]:
        found = []
        for _ in range(5):
            with pytest.raises(ValueError, match="no"):
                err.unwrap()
            found.append(len(traceback.extract_tb(err.error.__traceback__)))
        return found

    printed, mended = lengths(results.Err(ValueError("no"))), lengths(mended_results.Err(ValueError("no")))
    assert printed[-1] > printed[0]
    assert mended[-1] == mended[0]


def test_two_errors_that_say_the_same_are_not_equal() -> None:
    assert results.Err(ValueError("no")) != results.Err(ValueError("no"))
    mended = mended_results.Err(ValueError("no"))
    assert mended == mended_results.Err(ValueError("no"))
    assert hash(mended) == hash(mended_results.Err(ValueError("no")))
    assert mended != mended_results.Err(ValueError("yes"))
    assert mended != mended_results.Err(KeyError("no"))


def test_what_is_no_text_raises_instead_of_giving_an_error() -> None:
    with pytest.raises(TypeError):
        results.parse_int(None)
    assert mended_results.parse_int(None).is_err()


def test_a_result_cannot_be_asked_for() -> None:
    with pytest.raises(TypeError):
        isinstance(results.Ok(1), results.Result)
    assert isinstance(mended_results.Ok(1), mended_results.RESULT)


@pytest.mark.parametrize("module", [results, mended_results])
def test_a_chain_ends_at_its_first_error(module: Any) -> None:
    def chained(number: str) -> Any:
        return module.parse_int(number).and_then(lambda x: module.divide(100, x)).map(lambda x: round(x, 2))

    assert chained("42") == module.Ok(2.38)
    assert chained("42").unwrap_or(0) == 2.38
    assert str(chained("0").error) == "Division by zero"
    assert chained("x").unwrap_or(0) == 0
