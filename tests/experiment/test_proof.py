"""Before any clock starts a variant must show that it does what it claims."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

import pytest

from patternbench import Comparison, NotMeasured, variant
from patternbench.comparison import declaration
from patternbench.experiment.proof import Proof, proved


async def _answer() -> int:
    return 3


class Promises(Comparison):
    """Which keeps what it promises?"""

    baseline = "plain"

    def setup(self) -> None:
        self.opened = 0
        self.answer = 3

    def counters(self) -> dict[str, int | float | str]:
        return {"opened": self.opened}

    @variant
    def plain(self) -> int:
        return self.answer

    @variant
    def other(self) -> int:
        return self.answer + 1

    @variant
    def long(self) -> str:
        return str(self.answer) * 500

    @variant
    def unprintable(self) -> object:
        class Odd:
            def __repr__(self) -> str:
                raise ValueError("no repr")

        return Odd()

    @variant
    async def awaited(self) -> int:
        return await _answer()

    @variant
    async def forgetful(self) -> int:
        _answer()  # type: ignore[unused-coroutine] # noqa: RUF100
        return self.answer

    @variant
    async def hands_on(self) -> Any:
        return _answer()

    @variant
    def never_awaited(self) -> Any:
        return _answer()

    @variant
    def future(self) -> Any:
        return asyncio.Future(loop=asyncio.new_event_loop())

    @variant
    def nothing(self) -> None:
        pass

    @variant
    async def nothing_awaited(self) -> None:
        pass

    @variant
    def documented(self) -> None:
        """Say much, do nothing."""

    @variant
    def constant(self) -> tuple[int, ...]:
        return (1, 2, 3)

    @variant
    def folded(self) -> int:
        return 2 * 3 + 4

    @variant
    def raises(self) -> int:
        raise KeyError(self.answer)

    @variant
    def leaves(self) -> int:
        raise SystemExit(self.answer)

    @variant
    def interrupts(self) -> int:
        raise KeyboardInterrupt

    @variant
    def absent(self) -> int:
        raise NotMeasured(f"needs {self.answer} cores")

    @variant(holds={"opened": 1})
    def kept(self) -> int:
        self.opened += 1
        return self.answer

    @variant(holds={"opened": lambda self: self.answer - 1})
    def kept_by_function(self) -> int:
        self.opened += 2
        return self.answer

    @variant(holds={"opened": 0})
    def unkept(self) -> int:
        self.opened += 1
        return self.answer

    @variant(holds={"closed": 0})
    def unknown(self) -> int:
        return self.answer


def proof_of(name: str, cls: type[Comparison] = Promises) -> Proof:
    declared = declaration(cls)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        proof = proved(cls, declared, declared.cases[0], name, {})
        gc.collect()
    return proof


@pytest.mark.parametrize("name", ["plain", "awaited", "kept", "kept_by_function"])
def test_what_keeps_its_promises_is_proved(name: str) -> None:
    proof = proof_of(name)
    assert (proof.status, proof.reason) == ("ok", None)


@pytest.mark.parametrize("name", ["nothing", "nothing_awaited", "documented", "constant", "folded"])
def test_a_body_that_is_a_constant_does_nothing(name: str) -> None:
    assert proof_of(name) == Proof("broken", "does nothing: its body is a constant")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("other", "returns 4 where the baseline plain returns 3"),
        ("never_awaited", "returns the coroutine '_answer' un-awaited"),
        ("hands_on", "returns the coroutine '_answer' un-awaited"),
        ("future", "returns Future un-awaited"),
        ("forgetful", "leaves a coroutine un-awaited (coroutine '_answer' was never awaited)"),
        ("raises", "the call raised KeyError: 3"),
        ("leaves", "the call raised SystemExit: 3"),
        ("interrupts", "the call raised KeyboardInterrupt"),
        ("unkept", "promises opened = 0, but one call made it 1"),
        ("unknown", "promises the counter 'closed', which counters() does not give"),
    ],
)
def test_what_does_not_is_broken_with_its_reason(name: str, reason: str) -> None:
    proof = proof_of(name)
    assert (proof.status, proof.reason) == ("broken", reason)


def test_a_long_or_hostile_result_is_shown_short() -> None:
    reason = proof_of("long").reason or ""
    assert "…" in reason
    assert len(reason) < 200
    assert "returns <Odd> where" in (proof_of("unprintable").reason or "")


def test_what_cannot_be_measured_here_is_no_fault() -> None:
    assert proof_of("absent") == Proof("not measured", "needs 3 cores")


def test_the_counters_of_one_call_are_kept_even_where_a_promise_is_not() -> None:
    assert proof_of("kept").counters == {"opened": 1}
    assert proof_of("unkept").counters == {"opened": 1}
    assert proof_of("plain").counters == {"opened": 0}


@pytest.mark.parametrize("stage", ["setup", "counters", "agree", "teardown"])
def test_an_exception_is_named_with_the_stage_that_raised_it(stage: str) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("no luck")

    made: type[Comparison] = type("Failing", (Promises,), {"__doc__": "Which?", stage: fail})
    proof = proof_of("kept", made)
    assert (proof.status, proof.reason) == ("broken", f"{stage} raised ValueError: no luck")


def test_a_set_up_that_cannot_be_done_here_says_why() -> None:
    class Elsewhere(Promises):
        """Which?"""

        def setup(self) -> None:
            raise NotMeasured("needs a server")

    assert proof_of("plain", Elsewhere) == Proof("not measured", "needs a server")


def test_a_suite_decides_what_agrees() -> None:
    class Lenient(Promises):
        """Which?"""

        def agree(self, expected: Any, actual: Any) -> bool:
            return bool(abs(expected - actual) <= 1)

    class Strict(Promises):
        """Which?"""

        def agree(self, expected: Any, actual: Any) -> bool:
            if expected != actual:
                raise AssertionError("\noff by one\n with much detail")
            return True

    assert proof_of("other", Lenient).status == "ok"
    assert proof_of("other", Strict).reason == "does not agree with the baseline plain: off by one"


def test_a_broken_baseline_is_not_held_against_the_others() -> None:
    class Absent(Promises):
        """Which?"""

        baseline = "absent"

    class Forgetful(Promises):
        """Which?"""

        baseline = "never_awaited"

    assert proof_of("plain", Absent).status == "ok"
    assert proof_of("plain", Forgetful).status == "ok"
    assert proof_of("never_awaited", Forgetful).reason == "returns the coroutine '_answer' un-awaited"


def test_a_baseline_that_raises_is_not_held_against_the_others() -> None:
    class Raising(Promises):
        """Which?"""

        baseline = "raises"

    assert proof_of("plain", Raising).status == "ok"
    assert proof_of("kept", Raising).status == "ok"
    assert proof_of("raises", Raising).reason == "the call raised KeyError: 3"
