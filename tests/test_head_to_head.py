"""`versus` in Python: what it is asked, what it answers, and how an assertion on it reads."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import patternbench
from patternbench import versus
from patternbench.errors import BrokenError, DeclarationError, HarnessError, SelectionError
from patternbench.estimate import Ratio
from patternbench.experiment.budget import budget_for
from patternbench.experiment.interpreter import INSIDE, here
from patternbench.experiment.run import ComparisonRun
from patternbench.experiment.snippet import MOST
from patternbench.head_to_head import Versus, checked, contest, fault_lines, legend_lines, measured
from patternbench.session import (
    CaseResult,
    ComparisonResult,
    Environment,
    Machine,
    Session,
    SessionInfo,
    VariantInfo,
    VariantResult,
)
from patternbench.verdict import Code, Status, Verdict

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")

HOSTILE = "<script>\u202ealert('x')</script>"
ONE = Ratio(1.0, 1.0, 1.0)


def a_variant(
    name: str, verdict: Verdict, ratio: Ratio | None, adjusted: Ratio | None = None, reason: str | None = None
) -> VariantResult:
    status = Status.BROKEN if verdict is Verdict.BROKEN else Status.NOT_MEASURED if reason else Status.OK
    return VariantResult(name, status, verdict, reason=reason, ratio=ratio, adjusted=adjusted or ratio)


def a_session(*variants: VariantResult, band: float = 0.02) -> Session:
    """The last variant is the baseline."""
    case = CaseResult({}, headline=True, status=Status.OK, variants=variants, noise_floor=0.021, band=band)
    info = tuple(VariantInfo(each.name, "", each.name, is_async=False) for each in variants)
    result = ComparisonResult(
        "versus/Snippets", "versus", "Snippets", "Which?", "", variants[-1].name, {}, info, (case,)
    )
    machine = Machine("cpu", 2, "Linux", "6", "glibc", 1, "none seen")
    environment = Environment("3.11.7", "cpython", "", {}, machine, "f")
    return Session(SessionInfo("id", "now", 1, "quick", "ok", 0), environment, (result,))


def record(ratio: Ratio, adjusted: Ratio | None = None, verdict: Verdict = Verdict.UNDECIDED) -> Versus:
    base = a_variant("old", Verdict.BASELINE, ONE)
    return checked(a_session(a_variant("new", verdict, ratio, adjusted), base))


@pytest.mark.parametrize(
    ("ratio", "adjusted", "by", "holds"),
    [
        # The upper end decides for yes.
        (Ratio(1.00, 0.98, 1.02), None, 0.03, True),
        (Ratio(1.00, 0.98, 1.03), None, 0.03, None),
        (Ratio(0.50, 0.49, 0.51), None, 0.0, True),
        # The lower end of the interval that verdicts are made from decides for no.
        (Ratio(1.10, 1.05, 1.15), None, 0.03, False),
        (Ratio(1.10, 1.04, 1.15), Ratio(1.10, 1.02, 1.20), 0.03, None),
        (Ratio(1.10, 1.03, 1.15), None, 0.03, None),
        # Equal candidates, and no room left to be equal in.
        (Ratio(1.00, 0.999, 1.001), None, 0.0, None),
        (Ratio(2.00, 1.90, 2.10), None, 0.0, False),
        (Ratio(2.00, 1.90, 2.10), None, 1.5, True),
    ],
)
def test_not_slower_is_told_by_the_ends_of_the_interval(
    ratio: Ratio,
    adjusted: Ratio | None,
    by: float,
    holds: bool | None,  # noqa: FBT001 - a parameter of a test
) -> None:
    answer = record(ratio, adjusted).not_slower(by=by)
    assert answer.holds is holds
    assert bool(answer) is (holds is True)


@pytest.mark.parametrize(
    ("ratio", "verdict", "by", "holds"),
    [
        (Ratio(0.8, 0.75, 0.85), Verdict.FASTER, 0.0, True),
        (Ratio(0.998, 0.997, 0.999), Verdict.SAME, 0.0, False),  # sure, and too little to matter
        (Ratio(1.2, 1.15, 1.25), Verdict.SLOWER, 0.0, False),
        (Ratio(0.9, 0.75, 1.05), Verdict.UNDECIDED, 0.0, None),
        (Ratio(0.8, 0.75, 0.85), Verdict.FASTER, 0.1, True),
        (Ratio(0.8, 0.75, 0.85), Verdict.FASTER, 0.2, None),
        (Ratio(0.8, 0.75, 0.85), Verdict.FASTER, 0.3, False),
    ],
)
def test_faster_is_told_by_the_verdict_or_by_a_share(
    ratio: Ratio,
    verdict: Verdict,
    by: float,
    holds: bool | None,  # noqa: FBT001 - a parameter of a test
) -> None:
    assert record(ratio, verdict=verdict).faster(by=by).holds is holds


@pytest.mark.parametrize(
    ("ratio", "within", "holds"),
    [
        (Ratio(1.0, 0.99, 1.01), None, True),  # the case's band is 2 %
        (Ratio(1.0, 0.97, 1.01), None, None),
        (Ratio(1.0, 0.97, 1.01), 0.05, True),
        (Ratio(1.1, 1.08, 1.12), 0.05, False),
        (Ratio(0.9, 0.88, 0.92), 0.05, False),
        (Ratio(1.1, 1.04, 1.12), 0.05, None),
    ],
)
def test_same_is_told_by_the_whole_interval(ratio: Ratio, within: float | None, holds: bool | None) -> None:  # noqa: FBT001 - likewise
    assert record(ratio).same(within=within).holds is holds


def test_too_few_sets_for_a_verdict_are_enough_for_a_yes_but_never_for_a_no() -> None:
    for point, holds in ((1.0, True), (2.0, None)):
        variant = dataclasses.replace(
            a_variant("new", Verdict.UNDECIDED, Ratio(point, point * 0.99, point * 1.01)), adjusted=None
        )
        one = checked(a_session(variant, a_variant("old", Verdict.BASELINE, ONE)))
        assert one.not_slower(by=0.03).holds is holds
        assert one.same(within=0.03).holds is holds
        assert one.faster(by=0.2).holds is False


def test_a_failed_assertion_says_what_was_measured() -> None:
    no = record(Ratio(1.10, 1.05, 1.15)).not_slower(by=0.03)
    assert repr(no) == "no: new takes ×1.10 [1.05, 1.15] of the time of old (95 % CI); asked for at most ×1.03"
    undecided = repr(record(Ratio(1.01, 0.95, 1.07)).not_slower(by=0.03))
    assert undecided.startswith("undecided: new takes ×1.01 [0.95, 1.07]")
    assert "differences below 2.1 % were out of reach; give it more seconds" in undecided
    assert "\n" not in undecided


@pytest.mark.parametrize("by", [-0.1, float("nan"), float("inf")])
def test_a_share_that_is_none_is_a_wrong_call(by: float) -> None:
    one = record(ONE)
    for ask in (one.not_slower, one.faster, one.same):
        with pytest.raises(ValueError, match="is no share"):
            ask(by)


def test_faster_than_nothing_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="nothing is faster by 1"):
        record(ONE).faster(by=1.0)


def test_the_first_is_held_against_the_last() -> None:
    one = checked(
        a_session(
            a_variant("first", Verdict.FASTER, Ratio(0.5, 0.4, 0.6)),
            a_variant("second", Verdict.SLOWER, Ratio(2.0, 1.9, 2.1)),
            a_variant("gone", Verdict.BROKEN, None, reason="crashed"),
            a_variant("last", Verdict.BASELINE, ONE),
        )
    )
    assert one.ratio == Ratio(0.5, 0.4, 0.6)
    assert one.verdict is Verdict.FASTER
    assert list(one.ratios) == ["first", "second"]
    assert repr(one) == (
        "<versus last: first ×0.50 [0.40, 0.60], 2.0× faster; second ×2.00 [1.90, 2.10], 2.0× slower; "
        "gone broken: crashed>"
    )
    assert dataclasses.is_dataclass(one)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.session = one.session  # type: ignore[misc]


def test_a_notebook_is_shown_a_table_in_which_nothing_is_markup() -> None:
    first = a_variant(HOSTILE, Verdict.FASTER, Ratio(0.5, 0.4, 0.6))
    one = checked(a_session(first, a_variant("<b>", Verdict.BASELINE, ONE)))
    page = one._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page + repr(one) + str(one)
    assert "×0.50 [0.40, 0.60]" in page


@pytest.mark.parametrize(
    ("first", "last", "kind", "words"),
    [
        (Verdict.BROKEN, Verdict.BASELINE, BrokenError, "new is broken: crashed"),
        (Verdict.NOT_MEASURED, Verdict.BROKEN, BrokenError, "old is broken: crashed"),
        (Verdict.NOT_MEASURED, Verdict.BASELINE, HarnessError, "new is not measured: crashed"),
    ],
)
def test_what_broke_has_no_record(first: Verdict, last: Verdict, kind: type[HarnessError], words: str) -> None:
    reason = {Verdict.BASELINE: None}
    session = a_session(
        a_variant("new", first, None, reason="crashed"),
        a_variant("old", last, ONE if last is Verdict.BASELINE else None, reason=reason.get(last, "crashed")),
    )
    with pytest.raises(kind, match=words) as caught:
        checked(session)
    assert type(caught.value) is kind


def test_a_reason_that_several_share_is_said_once() -> None:
    alike = [a_variant(name, Verdict.BROKEN, None, reason="does nothing: its body is a constant") for name in "ab"]
    (line,) = fault_lines(a_session(*alike).comparisons[0])
    assert line.startswith("a and b are broken: does nothing: its body is a constant; take its inputs from names")


@pytest.mark.parametrize(
    ("candidates", "python", "words"),
    [
        ([], (), "there is nothing to measure"),
        (["f()"], (), "one snippet alone compares nothing"),
        (["f()"], "3.11", "one snippet alone compares nothing"),
        (["f()", "g()"], ("3.11", "3.12"), "several snippets on several interpreters"),
        (["f()"] * (MOST + 1), (), "are no table that anyone reads"),
        (["f()", "g()"], "3.2", "no Python 3.2|3.2 is"),
    ],
)
def test_what_is_no_contest_is_refused(candidates: list[str], python: str | tuple[str, ...], words: str) -> None:
    with pytest.raises(SelectionError, match=words) as caught:
        contest(candidates, python=python)
    assert caught.value.remedy


def test_what_is_neither_text_nor_function_is_refused() -> None:
    with pytest.raises(DeclarationError, match="is no function but of type int"):
        contest([3, "len(x)"])  # type: ignore[list-item]


def test_the_last_is_the_baseline_of_snippets_and_of_interpreters() -> None:
    assert contest(["f()", "g()", "h()"]).baseline == "h()"
    version = here().version
    two = contest(["f()"], python=(version, version))
    assert list(two.snippets) == [f"{version} #1", f"{version} #2"]
    assert two.baseline == f"{version} #2"
    assert "f()" in two.question
    one = contest(["f()", "g()"], python=version)
    assert set(one.interpreters) == {"f()", "g()"}


def test_set_ups_follow_one_another_without_their_indentation() -> None:
    assert contest(["f()", "g()"], setup=["import os", "  x = 1\n  y = 2"]).setup == "import os\nx = 1\ny = 2"
    assert contest(["f()", "g()"], setup="x = 1").setup == "x = 1"


def test_long_texts_go_by_letters_with_a_legend() -> None:
    asked = contest(["sorted(x, key=lambda each: -each)", "x"])
    assert asked.summaries == {"a": "sorted(x, key=lambda each: -each)", "b": "x"}


def test_a_worker_that_imports_a_file_which_calls_versus_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INSIDE, "1")
    with pytest.raises(SelectionError, match="while a worker imported the file") as caught:
        versus("len('a')", "len('b')")
    assert "__main__" in caught.value.remedy


def test_what_is_given_on_demand_is_what_it_should_be() -> None:
    assert patternbench.Versus is Versus
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = patternbench.nothing


@forks
def test_functions_of_a_test_are_measured() -> None:
    data = list(range(300))

    def by_hand() -> int:
        total = 0
        for each in data:
            total += each
        return total

    one = versus(lambda: sum(data), by_hand, seconds=1, seed=1)
    assert [each.name for each in one.comparison.variants] == ["lambda: sum(data)", "by_hand"]
    assert one.session.session.seed == 1
    assert one.ratio.point < 1
    assert "lambda: sum(data)" in str(one)
    assert legend_lines(one.comparison) == []


@forks
def test_coroutine_functions_are_awaited() -> None:
    async def once() -> None:
        await asyncio.sleep(0)

    async def often() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    one = versus(once, often, seconds=1)
    assert one.ratio.point < 1
    assert all(each.is_async for each in one.comparison.variants)


@forks
def test_a_candidate_that_breaks_is_an_error_with_its_reason() -> None:
    with pytest.raises(BrokenError, match="the call raised NameError: name 'nowhere' is not defined"):
        versus("nowhere", "len('a')", seconds=1)
    with pytest.raises(BrokenError, match="does not agree with the baseline"):
        versus("x + 1", "x", setup="x = 1", seconds=1)


@forks
def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    """Its functions travel by their source, so that no worker imports the script."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            from pathlib import Path
            from patternbench import versus
            with open("ran", "a") as file:
                file.write("once ")
            data = [1, 2, 3] * 50
            def new(): return sum(data)
            def old(): return len(data) * 2
            assert versus(new, old, seconds=1).ratio.point > 0
            """
        )
    )
    path = os.pathsep.join([str(Path(patternbench.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "ran").read_text() == "once "


@forks
def test_an_interrupt_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ComparisonRun, "measure", interrupted)
    asked = contest(["len('a')", "len('b')"])
    assert measured(asked, budget_for(None, 1)).session.code == Code.INTERRUPTED
    with pytest.raises(KeyboardInterrupt):
        versus("len('a')", "len('b')")
