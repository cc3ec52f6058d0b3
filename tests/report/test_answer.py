from __future__ import annotations

import dataclasses

from tests.report import example

from patternbench.report.answer import answer, case_answer, clauses, stretches
from patternbench.session import VariantResult
from patternbench.verdict import Status, Verdict


def test_the_winner_is_named_with_its_factor_and_ties_are_ties() -> None:
    case = example.construction().cases[0]
    told = case_answer(case, "dataclass")
    assert told.startswith(
        "named_tuple is fastest, 3.8× faster than dataclass; slots and dataclass: no measurable difference"
    )
    assert "pydantic_model is slowest, 6.1× slower" in told


def test_a_broken_variant_and_an_unmeasured_one_say_why() -> None:
    told = answer(example.construction())
    assert "segfaulting is broken (the worker died of signal 11 (SIGSEGV))" in told
    assert "free_threaded was not measured (needs a free-threaded Python)" in told
    assert "broken" not in clauses(example.construction())[0]


def test_the_place_where_the_winner_changes_is_named() -> None:
    told = clauses(example.construction())[0]
    assert told == (
        "named_tuple is fastest up to fields=10, 3.8× faster than dataclass; "
        "slots is fastest from fields=29 on, 1.61× faster than dataclass"
    )


def test_ties_alone_never_make_a_flip() -> None:
    whole = example.construction()
    one, other = whole.cases[0], whole.cases[1]
    tied = dataclasses.replace(
        other,
        variants=tuple(dataclasses.replace(each, rank="1=") if each.rank == "2=" else each for each in other.variants),
    )
    tied = dataclasses.replace(
        tied,
        variants=tuple(dataclasses.replace(each, rank="1=") if each.rank == "1" else each for each in tied.variants),
    )
    found = stretches([one, tied])
    assert [each.winners for each in found] == [("named_tuple",)]


def test_a_complete_tie_is_one_sentence() -> None:
    assert answer(example.equality()) == "dataclass and slots: no measurable difference"


def test_noise_is_told_with_what_was_out_of_reach() -> None:
    assert answer(example.noisy()) == "too noisy to tell ttl from none (differences below 2.1 % were out of reach)"


def test_the_caveat_travels_with_the_answer() -> None:
    told = answer(example.pooling())
    assert "shared_client is fastest, 28× faster than client_per_call" in told
    assert told.endswith("caveat: the server runs on the same machine, so network latency is left out")


def test_nothing_measured_says_why() -> None:
    assert answer(example.unmeasured()) == "not measured (no PostgreSQL: set PATTERNBENCH_POSTGRES_URL)"
    assert answer(dataclasses.replace(example.unmeasured(), cases=())) == "not measured yet"


def test_a_winning_baseline_is_followed_by_the_next() -> None:
    case = example.case(
        {},
        example.base("plain", "1", 1e-6),
        example.ok("other", "2", Verdict.SLOWER, 1.5e-6, example.around(1.5)),
        example.ok("third", "3", Verdict.SLOWER, 4e-6, example.around(4.0)),
    )
    assert case_answer(case, "plain") == "plain is fastest; next is other, 1.50× slower; third is slowest, 4.0× slower"


def test_a_broken_baseline_leaves_nothing_to_compare() -> None:
    case = example.case(
        {},
        VariantResult("plain", Status.BROKEN, Verdict.BROKEN, reason="timed out"),
        example.ok("other", "1", Verdict.UNDECIDED, 1e-6, None),
    )
    assert case_answer(case, "plain") == "the baseline plain is broken (timed out), so nothing could be compared"


def test_a_leader_that_is_not_surely_faster_is_not_called_fastest() -> None:
    case = example.case(
        {}, example.base("plain", "2", 1e-6), example.ok("other", "1", Verdict.UNDECIDED, 0.99e-6, example.around(0.99))
    )
    assert "fastest" not in case_answer(case, "plain")
