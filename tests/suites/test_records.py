from __future__ import annotations

import sys
from pathlib import Path

import pytest

from patternbench.comparison import Case, Comparison, Declaration
from patternbench.experiment.proof import Proof, proved
from patternbench.experiment.suite_file import comparisons
from patternbench.optional import AbsentLibrary

_FOUND = comparisons(Path(__file__).parents[2] / "benchmarks" / "records.py")
suite = sys.modules[_FOUND[0][0].__module__]
SUITE = {declared.name: (cls, declared) for cls, declared in _FOUND}
CASES = [(cls, declared, case) for cls, declared in SUITE.values() for case in declared.cases]
_NO_REASON_TO_BE_LEFT_OUT = {"ThreeFields", "Construction", "Reading", "ToDict"}


def proof(comparison: str, variant: str, **params: object) -> Proof:
    cls, declared = SUITE[comparison]
    case = next(case for case in declared.cases if case.params == params)
    return proved(cls, declared, case, variant, {})


@pytest.mark.parametrize(("cls", "declared", "case"), CASES, ids=[f"{d.name}[{c.key}]" for _, d, c in CASES])
def test_every_variant_of_every_case_agrees_with_the_baseline(
    cls: type[Comparison], declared: Declaration, case: Case
) -> None:
    proofs = {each.name: proved(cls, declared, case, each.name, {}) for each in declared.variants}
    assert {name: each.reason for name, each in proofs.items() if each.status == "broken"} == {}
    assert {name: each.notes for name, each in proofs.items() if each.notes} == {}
    left_out = {name: each.reason for name, each in proofs.items() if each.status == "not measured"}
    if declared.name in _NO_REASON_TO_BE_LEFT_OUT:
        assert left_out == {}
    assert declared.baseline not in left_out


def test_each_comparison_has_one_headline_case_of_at_most_eleven_variants() -> None:
    for _, declared in SUITE.values():
        assert sum(case.headline for case in declared.cases) == 1
        assert len(declared.variants) <= 11


def test_only_a_point_of_two_fields_is_the_guides() -> None:
    assert proof("Identity", "guide_point", operation="hash", fields=2).status == "ok"
    assert proof("Identity", "guide_point", operation="hash", fields=3).status == "not measured"


def test_a_mutable_dataclass_is_compared_and_not_hashed() -> None:
    assert proof("Identity", "mutable", operation="equal", fields=3).status == "ok"
    assert "no hash" in str(proof("Identity", "mutable", operation="hash", fields=3).reason)


def test_a_missing_library_leaves_out_its_variants_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "attrs", AbsentLibrary("attrs"))
    missing = proof("Construction", "attrs_define", fields=3)
    assert (missing.status, missing.reason) == ("not measured", "attrs is not installed")
    assert proof("Construction", "msgspec_struct", fields=3).status == "ok"
    assert proof("ToDict", "attrs_asdict", fields=3, content="int").status == "not measured"
    assert proof("Reading", "attrs_define", fields=3).status == "not measured"


def test_a_class_that_mixes_its_fields_up_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    straight = suite._attrs
    monkeypatch.setattr(
        suite, "_attrs", lambda fields, **options: lambda *values: straight(fields, **options)(*reversed(values))
    )
    assert proof("Construction", "attrs_define", fields=3).status == "broken"


def test_names_are_interned_as_the_compiler_has_them() -> None:
    names = suite._names(64)
    assert len(set(names)) == 64
    assert all(name is sys.intern("".join(list(name))) for name in names)


def test_values_are_equal_and_not_the_same_objects() -> None:
    one, other = suite._values(10), suite._values(10)
    assert one == other
    assert not any(a is b for a, b in zip(one, other, strict=True))
    assert len(set(one)) == 10
