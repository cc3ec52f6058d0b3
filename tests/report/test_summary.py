from __future__ import annotations

import dataclasses

from tests.report import example

from patternbench.report.summary import MOST_BYTES, step_summary


def test_the_verdict_comes_first_and_every_question_has_a_row() -> None:
    text = step_summary(example.session())
    assert text.startswith("### ☠ 1 broken variant, 5 of 6 questions answered: action needed")
    assert "| ☠ | Which class is cheapest to construct? | named&#95;tuple is fastest" in text
    assert "| ∅ | Which pool suits PostgreSQL? | not measured" in text


def test_names_are_neither_markdown_nor_markup() -> None:
    text = step_summary(example.session())
    assert "<script" not in text
    assert "&#60;script&#62;" in text
    assert "somebody" not in text


def test_a_summary_never_exceeds_what_services_take() -> None:
    many = [dataclasses.replace(example.construction(), id=f"records/Q{at}", caveat="x" * 4000) for at in range(400)]
    assert len(step_summary(example.session(*many)).encode()) <= MOST_BYTES


def test_an_empty_session_says_so() -> None:
    empty = dataclasses.replace(example.session(), comparisons=())
    assert step_summary(empty).startswith("### ∅ Nothing was measured")
