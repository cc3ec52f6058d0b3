"""Selectors, parameters and shares choose what they name, and what names nothing is answered with a suggestion."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.comparison import Case, Declaration, Variant
from patternbench.errors import SelectionError
from patternbench.experiment.selection import Chosen, chosen, shard, split


def declared(suite: str, name: str, variants: str, sizes: tuple[int, ...] = (3, 30)) -> Declaration:
    return Declaration(
        suite=suite,
        name=name,
        question="Which?",
        detail="",
        guide="",
        baseline=variants.split(maxsplit=1)[0],
        axes={"size": sizes},
        variants=tuple(Variant(each, is_async=False) for each in variants.split()),
        meters=("time",),
        timeout_s=1,
        caveat="",
        file=Path(f"{suite}.py"),
        cases=tuple(Case(number, {"size": size}, number == 0) for number, size in enumerate(sizes)),
    )


ALL = [
    declared("records", "Construction", "dataclass slots pydantic"),
    declared("records", "Comparison", "dataclass attrs"),
    declared("caching", "Hits", "plain cached", sizes=(1,)),
]


def ids(picked: list[Chosen]) -> list[str]:
    return [each.declared.id for each in picked]


def test_no_pattern_chooses_everything() -> None:
    picked = chosen(ALL, [])
    assert ids(picked) == ["records/Construction", "records/Comparison", "caching/Hits"]
    assert [len(each.cases) for each in picked] == [2, 2, 1]
    assert {each.left_out for each in picked} == {0}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("records", ["records/Construction", "records/Comparison"]),
        ("records/Construction", ["records/Construction"]),
        ("*/H*", ["caching/Hits"]),
        ("rec*/Com*", ["records/Comparison"]),
        ("*", ["records/Construction", "records/Comparison", "caching/Hits"]),
        ("*/*/slots", ["records/Construction"]),
    ],
)
def test_a_pattern_chooses_what_it_names(pattern: str, expected: list[str]) -> None:
    assert ids(chosen(ALL, [pattern])) == expected


def test_the_baseline_comes_along_and_the_order_stays() -> None:
    assert chosen(ALL, ["records/Construction/slots"])[0].variants == ("dataclass", "slots")
    both = ["records/Construction/pydantic", "records/Construction/slots"]
    assert chosen(ALL, both)[0].variants == ("dataclass", "slots", "pydantic")
    assert chosen(ALL, ["records/Construction/dataclass"])[0].variants == ("dataclass",)


def test_headlines_and_parameters_leave_cases_out_and_count_them() -> None:
    assert [(len(each.cases), each.left_out) for each in chosen(ALL, [], headline_only=True)] == [
        (1, 1),
        (1, 1),
        (1, 0),
    ]
    assert ids(chosen(ALL, [], params={"size": "30"})) == ["records/Construction", "records/Comparison"]


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("record", "did you mean records?"),
        ("records/Constrution", "did you mean records/Construction?"),
        ("records/Construction/slot", "did you mean records/Construction/slots?"),
        ("zzzzzz", "see what there is with: patternbench list"),
    ],
)
def test_a_pattern_that_names_nothing_is_answered_with_what_is_close(pattern: str, remedy: str) -> None:
    with pytest.raises(SelectionError) as refused:
        chosen(ALL, ["records", pattern])
    assert refused.value.args[0] == f"nothing matches {pattern!r}"
    assert refused.value.remedy == remedy


@pytest.mark.parametrize("params", [{"size": "4"}, {"depth": "3"}])
def test_a_parameter_that_no_case_has_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(SelectionError, match=r"no case has (size=4|depth=3): see the cases with: patternbench list"):
        chosen(ALL, [], params=params)


def test_files_and_folders_are_told_from_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suites").mkdir()
    assert split(["a/b.py", "suites", "records", "rec*/X"]) == ([Path("a/b.py"), Path("suites")], ["records", "rec*/X"])
    assert split([]) == ([], [])


@given(st.integers(1, 6), st.integers(0, 12))
def test_the_shares_together_are_the_whole_and_share_nothing(whole: int, count: int) -> None:
    picked = [Chosen(ALL[0], (), (str(number),), 0) for number in range(count)]
    shares = [shard(picked, f"{part}/{whole}") for part in range(1, whole + 1)]
    assert sorted(each.variants for each in itertools.chain(*shares)) == sorted(each.variants for each in picked)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "a/b", "1/2/3", "-1/2", "1/0"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(SelectionError, match="is not a share: write K/N"):
        shard([], text)
