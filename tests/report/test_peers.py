"""Where tools stand, for readers: sentences, tables, picture, document."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from tests.simulated_peers import narrow, peer_check

from patternbench.report.figures import peer_powers
from patternbench.report.figures.canvas import literal_colours
from patternbench.report.peers import peer_answer, peer_facts, peer_tables, print_peers, published_peers
from patternbench.selfcheck.peers import OURS
from patternbench.selfcheck.peers.outcome import Outcome, PeerCheck, Row

PERCENTS = (0, 1, 2, 3, 5, 10, 20)


@pytest.fixture(scope="module")
def check() -> PeerCheck:
    return peer_check(narrow(percents=PERCENTS, identical=60, repeat=20))


def test_the_answer_names_sizes_and_false_alarms_of_every_tool(check: PeerCheck) -> None:
    text = peer_answer(check)
    assert re.search(r": patternbench 1\.\d % \(0/60\); pyperf as it comes \S", text)
    assert re.search(r"asv as it comes \d+ % \(\d+/60\), tuned [\d.]+ % \(\d+/60\)\.$", text)
    pyperf = check.of("pyperf", Row.DEFAULT)[0].figures.false_alarms
    assert pyperf.count > 20
    assert f"({pyperf.count}/60), tuned " in text


def test_a_row_counts_what_was_found_at_each_size(check: PeerCheck) -> None:
    power = peer_tables(check)[0]
    assert power.columns == (
        "tool", "how", "rule", *(f"{percent} %" for percent in PERCENTS), "9 in 10", "bounds", "seconds", "to find 5 %",
    )  # fmt: skip
    assert [row[:3] for row in power.rows] == [(each.tool, str(each.row), each.rule) for each in check.scores]
    ours = power.rows[0]
    assert ours[:4] == (OURS, "as it comes", "limit", "0/60")
    assert ours[-4] == "1.4 %" or ours[-4].startswith("1.")
    assert ours[9] == "20/20"
    assert ours[-1] == "5.0 s"


def test_every_row_has_its_errors(check: PeerCheck) -> None:
    errors = next(each for each in peer_tables(check) if each.kind == "peers-errors")
    by_name = {row[:2]: dict(zip(errors.columns, row, strict=True)) for row in errors.rows}
    default, tuned = by_name["asv", "as it comes"], by_name["asv", "tuned"]
    assert default["threshold"] == default["resolution"] == ""
    assert re.fullmatch(r"[\d.]+ %, [\d.]+ %", tuned["threshold"])
    assert tuned["resolution"] == "3.3 %"
    assert default["no answer"] == "0"
    assert float(default["spread"]) == pytest.approx(4.0, rel=0.3)


def test_commands_and_options_are_told_and_that_all_meet_the_same(check: PeerCheck) -> None:
    commands = peer_tables(check)[-1]
    assert ("asv", "1.2.3", "tool --compare old new", "--measure=7") in commands.rows
    assert (OURS, "1.2.3", "tool --compare old new", "fits itself to the budget") in commands.rows
    assert "asv is spared building and installing" in commands.caption


def test_conditions_have_a_column_where_there_are_several() -> None:
    two = peer_check(narrow(conditions=("idle", "two")))
    table = peer_tables(two)[0]
    assert (table.columns[3], table.names) == ("condition", 4)
    assert {row[3] for row in table.rows} == {"idle machine", "two busy neighbours"}
    assert [each.kind for each in peer_powers(two)] == ["peers-idle", "peers-two"]


def test_facts_tell_answers_that_are_missing(check: PeerCheck) -> None:
    first = check.outcomes[0]
    failed = Outcome(first.ask, first.at, 0.0, reason="no result within 160 s")
    facts = dict(peer_facts(replace(check, outcomes=(failed, *check.outcomes[1:]))))
    assert facts["Questions"].endswith("planned, 1 of them without an answer")
    assert "10 s a decision, seed 1, order fully shuffled" in facts["Budget"]


def test_the_picture_has_each_tool_as_it_comes_dashed_and_tuned_solid_and_ours_bold(check: PeerCheck) -> None:
    (figure,) = peer_powers(check)
    root = ET.fromstring(figure.svg)  # noqa: S314 - our own picture
    styles = [each.attrib.get("style", "") for each in root.iter() if each.tag == "path"]
    lines = [
        style
        for style in styles
        if "stroke:var(--s" in style.replace(" ", "") and "fill:none" in style.replace(" ", "")
    ]
    bold = [style for style in lines if "stroke-width: 3.2" in style]
    dashed = [style for style in lines if "stroke-dasharray" in style]
    # Six curves, and a line for each tool in the legend.
    assert len(lines) == 6 + 3
    assert len(bold) == 2 + 1
    assert len(dashed) == 3
    assert literal_colours(figure.svg) == []
    assert {row[:2] for row in figure.rows} == {
        (tool, how) for tool in check.scope.tools for how in ("as it comes", "tuned")
    }
    assert "patternbench from " in figure.title


def test_nothing_answered_is_said_and_drawn_as_such() -> None:
    empty = replace(peer_check(narrow()), scores=(), outcomes=())
    assert peer_answer(empty) == "Nothing was answered."
    assert peer_powers(empty) == ()
    assert [each.kind for each in peer_tables(empty)] == ["peers-commands"]
    assert "peers.svg" not in published_peers(empty)


def test_the_publication_is_text_data_and_picture(check: PeerCheck) -> None:
    files = published_peers(check)
    assert set(files) == {"peers.json", "peers.md", "peers.svg"}
    assert json.loads(files["peers.json"])["id"] == check.id
    text = files["peers.md"]
    assert "](peers.svg)" in text
    assert "| asv | tuned | median |" in text
    assert text == published_peers(check)["peers.md"]
    ET.fromstring(files["peers.svg"])  # noqa: S314 - our own picture
    assert "--s0:" in files["peers.svg"]


def test_a_terminal_gets_the_table_and_the_answer(check: PeerCheck) -> None:
    def printed(*, verbose: bool) -> str:
        stream = io.StringIO()
        print_peers(check, Console(file=stream, width=140, highlight=False), verbose=verbose)
        return stream.getvalue()

    short, long = printed(verbose=False), printed(verbose=True)
    assert "found, by planted size" in short
    assert "tool --compare" not in short
    assert "pyperf 1.2.3: tool --compare old new" in long
    assert "in the budget: --measure=7" in long
    assert "Imagined CPU" in long
