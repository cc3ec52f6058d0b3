from __future__ import annotations

import dataclasses
import re
from xml.etree import ElementTree as ET

import pytest
from tests.report import example

from patternbench.report.figures import Figure, distribution, process_medians, ratio_intervals, scaling, time_memory
from patternbench.report.figures.canvas import MOST_SERIES, literal_colours, looks
from patternbench.report.ranking import headline_case, ranked
from patternbench.session import ComparisonResult
from patternbench.verdict import Verdict


def drawn(comparison: ComparisonResult) -> list[Figure]:
    case = headline_case(comparison)
    assert case is not None
    look = looks([each.name for each in ranked(case)], comparison.baseline)
    made = (
        ratio_intervals(case, comparison.baseline, "r"),
        scaling(comparison, look, "s"),
        time_memory(case, look, "m"),
        distribution(case, look, "d"),
        process_medians(case, look, "p"),
    )
    return [each for each in made if each is not None]


@pytest.mark.parametrize(
    "make", [example.construction, example.equality, example.hostile, example.pooling, example.searching]
)
def test_every_colour_follows_the_theme_and_every_id_is_the_figures_own(make: object) -> None:
    figures = drawn(make())  # type: ignore[operator]
    assert figures
    for figure in figures:
        assert not literal_colours(figure.svg)
        assert not re.search(r"#fe0[12]", figure.svg)
        ids = re.findall(r'\bid="([^"]+)"', figure.svg)
        assert len(ids) == len(set(ids))
        assert {each[0] for each in ids} <= set("rsmdp")
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', figure.svg)) <= set(ids)
        ET.fromstring(figure.svg)  # noqa: S314 - our own picture


def test_the_gate_sees_a_literal_colour() -> None:
    assert literal_colours('<path style="fill: #000"/>')
    assert literal_colours('<path style="stroke:red;fill: var(--ink)"/>')


def test_the_same_records_give_the_same_bytes() -> None:
    assert [each.svg for each in drawn(example.construction())] == [each.svg for each in drawn(example.construction())]


def test_titles_state_findings() -> None:
    titles = {each.kind: each.title for each in drawn(example.construction())}
    assert titles["ratios"] == "named_tuple is fastest, 3.8× faster than dataclass"
    assert titles["scaling"] == "The winner changes between fields=10 and 29: named_tuple → slots"
    assert "named_tuple and slots" in titles["memory"]


def test_the_change_of_the_winner_is_marked_with_its_interval_and_named_in_the_title() -> None:
    figure = next(each for each in drawn(example.searching()) if each.kind == "scaling")
    assert figure.title == "scan is fastest below n ≈ 8 [7, 9], bisect above"
    assert figure.caption.startswith("Dashed, shaded: where the winner changes, with its 95 % interval. ")
    old = dataclasses.replace(example.searching(), shapes=())
    without = next(each for each in drawn(old) if each.kind == "scaling")
    assert without.title == "The winner changes between n=5 and 50: scan → bisect"
    assert without.caption.startswith("Shaded: between these values the winner changes. ")
    assert without.svg.count("stroke-dasharray") == figure.svg.count("stroke-dasharray") - 1


def test_figures_carry_their_numbers() -> None:
    ratios = drawn(example.construction())[0]
    name, point, low, high, words = ratios.rows[0]
    assert (name, point, words) == ("named_tuple", 0.26, "3.8× faster")
    assert [low, high] == pytest.approx([0.2522, 0.2678])
    assert ratios.csv.splitlines()[0] == "variant,ratio,low,high,verdict"


def test_text_is_never_a_formula_of_a_spreadsheet() -> None:
    assert Figure("k", "t", "c", "", ("=a",), (("@b", 1.0),)).csv == "'=a\r\n'@b,1.0\r\n"


def test_names_are_text_not_markup_nor_mathematics() -> None:
    pictures = "".join(each.svg for each in drawn(example.hostile()))
    assert "<script" not in pictures
    assert "$x_1$" in pictures


def test_at_most_seven_series_share_a_pair_of_axes() -> None:
    names = [f"v{at}" for at in range(12)]
    case = example.case(
        {},
        *(
            example.ok(name, str(at + 1), Verdict.SLOWER, 1e-6 * (at + 1), example.around(at + 1.0))
            for at, name in enumerate(names)
        ),
    )
    look = looks(names, "v11")
    figure = distribution(case, look, "d")
    assert figure is not None
    assert len(look) == MOST_SERIES
    assert "v11" in look
    assert len(figure.rows) == 12
    assert "7 of 12 variants" in figure.caption


def test_every_point_of_time_against_memory_is_labelled_inside_the_picture() -> None:
    picture = next(each for each in drawn(example.hostile()) if each.kind == "memory").svg
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    label = re.search(r'<text [^>]*?x="([\d.]+)" y="([\d.]+)"[^>]*>\$x_1\$</text>', picture)
    assert box is not None
    assert label is not None
    assert 0 < float(label.group(1)) < float(box.group(1))
    assert 0 < float(label.group(2)) < float(box.group(2))
