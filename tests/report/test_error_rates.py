"""A self-check in words: its sentences, its tables, its pictures, its publication."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from tests.simulated_trials import SimulatedEngine, self_check

from patternbench.report.error_rates import answer, facts, print_self_check, published, tables
from patternbench.report.figures import powers
from patternbench.report.figures.canvas import literal_colours
from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.plan import SCOPES, narrowed
from patternbench.selfcheck.units import ASYNCIO, CPU, IO, KIND_WORDS, UNITS

FULL = self_check()
QUICK = self_check(SCOPES["quick"], verify=False)
NOTHING = replace(QUICK, outcomes=(), findings=())


def cells(check: SelfCheck, kind: str) -> dict[tuple[str, ...], dict[str, str]]:
    """A table's cells by the names of their row, then by column."""
    (table,) = (each for each in tables(check) if each.kind == kind)
    return {
        row[: table.names]: dict(zip(table.columns[table.names :], row[table.names :], strict=True))
        for row in table.rows
    }


def printed(check: SelfCheck, *, verbose: bool = False, width: int = 100) -> str:
    stream = io.StringIO()
    print_self_check(check, Console(file=stream, width=width, highlight=False), verbose=verbose)
    return stream.getvalue()


def test_the_answer_states_alarms_with_their_bound_what_is_seen_and_the_seconds() -> None:
    said = answer(FULL)
    assert re.match(r"(No|\d) false alarms? in 306 decisions on identical code, which bounds their rate at \d", said)
    assert "% in computing units (idle machine)" in said
    assert "A decision takes" in said


def test_an_answer_without_decisions_claims_nothing() -> None:
    assert answer(NOTHING) == "Nothing was decided."
    assert tables(NOTHING) == tables(replace(NOTHING, findings=()))
    assert "Nothing was decided." in printed(NOTHING)


def test_counts_by_size_are_those_of_the_decisions() -> None:
    row = cells(FULL, "power")["computing", "idle"]
    found = FULL.finding(cap_s=10.0, kind=CPU, condition="idle")
    assert found is not None
    assert row["0 %"] == f"{found.false_alarms.count}/51"
    assert row["1 %"] == f"{found.power[0].found.count}/18"
    assert row["20 %"] == "9/9"


def test_sizes_at_either_end_are_said_to_be_ends() -> None:
    sharp = self_check(engine=SimulatedEngine(dict.fromkeys((CPU, ASYNCIO, IO), 0.0005)), verify=False)
    blunt = self_check(engine=SimulatedEngine(dict.fromkeys((CPU, ASYNCIO, IO), 0.3)), verify=False)
    assert cells(sharp, "power")["computing", "idle"]["9 in 10"] == "≤ 1 %"
    assert cells(blunt, "power")["computing", "idle"]["9 in 10"] == "> 20 %"
    assert cells(blunt, "power")["computing", "idle"]["bounds"] == "[…, …]"


def test_promises_that_were_not_measured_are_counted_and_left_out() -> None:
    (table,) = (each for each in tables(QUICK) if each.kind == "promises")
    assert not any("not measured" in cell for row in table.rows for cell in row)
    assert re.search(r"\d+ more promises were not measured here", table.caption)


def test_one_condition_alone_is_not_told_twice() -> None:
    assert ("all", "all") not in cells(QUICK, "power")
    assert ("all", "all") in cells(FULL, "power")


def test_units_and_planted_sizes_have_a_row_each() -> None:
    assert set(cells(FULL, "units")) == {(each.name, KIND_WORDS[each.kind]) for each in UNITS.values()}
    assert cells(FULL, "planting")[("sort",)]["20 %"] == "19.997 %"


def test_a_table_that_holds_nothing_is_left_out() -> None:
    assert {each.kind for each in tables(QUICK)} == {"promises", "power", "errors", "units"}


def test_the_terminal_shows_promises_and_power_and_all_when_asked() -> None:
    assert "Found, by unit" not in printed(FULL)
    assert "Found, by unit" in printed(FULL, verbose=True)
    assert "not verified by instruction counts: no tool" in printed(QUICK)


@pytest.mark.parametrize("width", [60, 100, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in printed(FULL, verbose=True, width=width).splitlines()) <= width


def test_where_and_when_it_was_measured_is_said() -> None:
    said = dict(facts(FULL))
    assert said["Machine"] == "Imagined CPU, 2 cores, 8.59 GB"
    assert said["Decisions"] == "828 of 828 planned"
    assert "idle machine, one busy neighbour, two busy neighbours" in said["Conditions"]


def test_a_picture_by_kind_and_one_by_condition() -> None:
    kinds, conditions = powers(FULL)
    assert (kinds.kind, conditions.kind) == ("kinds", "conditions")
    assert kinds.title.startswith("Found nine times in ten: computing from")
    assert len(kinds.rows) == 3 * 7
    for figure in (kinds, conditions):
        assert literal_colours(figure.svg) == []
        assert "NaN" not in figure.svg


def test_one_condition_needs_no_picture_of_its_own() -> None:
    assert [each.kind for each in powers(QUICK)] == ["kinds"]


def test_without_anything_planted_there_is_no_picture() -> None:
    assert powers(self_check(narrowed(SCOPES["quick"], percents=(0,)), verify=False)) == ()


def test_the_picture_of_the_same_self_check_has_the_same_bytes() -> None:
    assert powers(FULL)[0].svg == powers(FULL)[0].svg


def test_the_publication_is_text_data_and_pictures_that_stand_by_themselves() -> None:
    contents = published(FULL)
    assert set(contents) == {"self-check.md", "selfcheck.json", "self-check-kinds.svg", "self-check-conditions.svg"}
    for name, content in contents.items():
        if name.endswith(".svg"):
            root = ET.fromstring(content)  # noqa: S314 - ours
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
            assert set(re.findall(r"var\((--[\w]+)\)", content)) <= set(re.findall(r"(--[\w]+):", content))
    text = contents["self-check.md"]
    assert text.startswith("# Self-check of patternbench 0.1.0\n")
    assert all(f"]({name})" in text for name in contents if name != "self-check.md")


def test_the_tables_of_the_publication_are_whole() -> None:
    blocks = re.findall(r"(?:^\|.*\|\n)+", published(FULL)["self-check.md"], flags=re.MULTILINE)
    assert len(blocks) == len(tables(FULL))
    for block in blocks:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1
