from __future__ import annotations

import dataclasses
import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.report import example

from patternbench.report.terminal import print_session
from patternbench.session import Session
from patternbench.statistics.standing import suite_means


def printed(width: int = 100, *, encoding: str = "utf-8", session: Session | None = None, **options: bool) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    print_session(session or example.session(), Console(file=stream, width=width, force_terminal=False), **options)
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal_or_a_hundred_columns(width: int) -> None:
    assert max(cell_len(line) for line in printed(width).splitlines()) <= min(width, 100)


def test_a_row_holds_rank_median_ratio_memory_and_words() -> None:
    row = next(line for line in printed().splitlines() if "named_tuple" in line)
    assert row.split() == [
        "1",
        "named_tuple",
        "60.0",
        "ns",
        "▼",
        "×0.26",
        "[0.25,",
        "0.27]",
        "64",
        "B",
        "▼",
        "3.8×",
        "faster",
    ]


def test_a_narrow_terminal_keeps_the_words_and_moves_memory_below() -> None:
    text = printed(80)
    row = next(line for line in text.splitlines() if "named_tuple" in line)
    assert "3.8× faster" in row
    assert " B " not in row
    assert "least memory: slots, 56 B per object against 72 B for dataclass" in text


def test_broken_and_unmeasured_variants_say_why_once() -> None:
    text = printed()
    assert text.count("☠ segfaulting is broken: the worker died of signal 11 (SIGSEGV)") == 1
    assert "Fatal Python error" in text
    assert "∅ free_threaded was not measured: needs a free-threaded Python" in text


def test_counters_that_differ_stand_in_the_table() -> None:
    lines = printed().splitlines()
    heading = next(line for line in lines if "connections opened" in line)
    rows = {
        line.split()[1]: line
        for line in lines
        if "shared_client " in line or ("client_per_call " in line and "B" not in line)
    }
    assert "requests" not in heading
    assert " 1  28× faster" in rows["shared_client"]


def test_verbose_also_shows_counters_that_agree_and_percentiles() -> None:
    text = printed(verbose=True)
    assert "requests: shared_client 100" in text
    assert "p95" in text


def test_quiet_is_one_line_per_question() -> None:
    text = printed(200, quiet=True)
    assert "records/RecordEquality: dataclass and slots: no measurable difference" in text
    assert "median" not in text


def test_text_of_suites_is_neither_markup_nor_escape() -> None:
    text = printed()
    assert "\x1b" not in text
    assert '<script>alert("x")</script>' in text
    assert "\u202e" not in text


def test_a_stream_without_unicode_still_gets_its_table() -> None:
    assert "< x0.26 [0.25, 0.27]" in printed(encoding="ascii")


def test_noise_floor_and_self_check_are_shown() -> None:
    text = printed()
    assert "noise floor 2.1 % · same code twice ×1.00 [0.99, 1.01]" in text
    assert "self-check (same code twice) ×1.00 ±0.7 %, ok" in text
    assert "an empty body reads -0.4 ns (async +2.1 ns) after 26 ns (async 87 ns) for loop and call were taken" in text


def test_a_numeric_axis_has_its_exponents_and_crossovers_in_a_short_block() -> None:
    text = printed(session=example.session(example.searching()))
    assert "n from 2 to 500, with kind=int · time per operation ∝ n^k" in text
    assert "k: scan 0.92 [0.79, 1.05] · bisect 0.02 [-0.01, 0.05] · " in text
    assert " scan wins below n ≈ 8 [7, 9], bisect above\n" in text
    assert " hashed wins below n ≈ 240 [200, 300], backwards above\n" in text
    assert "no other pair changes places within 2 to 500" in text
    assert "n=0 left out: no logarithm" in text
    assert "Answer: scan is fastest below n ≈ 8 [7, 9]; bisect is fastest above" in text
    assert "Geometric mean" not in text


@pytest.mark.parametrize("verbose", [True, False])
@pytest.mark.parametrize("width", [40, 80])
def test_the_shape_fits_a_narrow_terminal(width: int, *, verbose: bool) -> None:
    text = printed(width, session=example.session(example.searching()), verbose=verbose)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_verbose_says_where_each_variant_leads_and_its_mean_with_its_weights() -> None:
    text = printed(200, session=example.session(example.searching()), verbose=True)
    assert "First place: scan alone in 3 of 5 (n=0, 2 and 5)" in text
    assert "Geometric mean of the ratios to scan, each case weighs the same" in " ".join(text.split())


def test_a_session_without_shapes_is_printed_as_before() -> None:
    old = dataclasses.replace(example.searching(), shapes=(), standings=())
    text = printed(session=example.session(old), verbose=True)
    assert "∝" not in text
    assert "Answer: scan is fastest up to n=5; bisect is fastest from n=50 on" in text


def test_a_suite_of_several_questions_has_a_mean_with_its_weights() -> None:
    one = example.searching()
    two = dataclasses.replace(one, id="searching/Again", name="Again")
    session = dataclasses.replace(example.session(one, two), suite_means=suite_means((one, two)))
    text = " ".join(printed(session=session).split())
    assert "searching as a whole: geometric mean of the ratios to scan; each comparison weighs the same" in text
    assert "bisect ×0.66" in text


def test_the_shape_survives_a_stream_without_unicode() -> None:
    assert "scan wins below n = 8 [7, 9], bisect above" in printed(
        encoding="ascii", session=example.session(example.searching())
    )


def test_each_meter_has_a_table_of_what_is_better_one_way() -> None:
    lines = printed(100, session=example.session(example.metered())).splitlines()
    at = next(number for number, line in enumerate(lines) if line.split() == ["instructions", "instructions"])
    assert [line.split()[:5] for line in lines[at + 1 : at + 4]] == [
        ["dataclass", "4,557"],
        ["slots", "4,601", "(+0.97", "%)"],
        ["∅", "instructions:", "frozen", "not", "measured:"],
    ]
    heading = next(number for number, line in enumerate(lines) if line.split()[:2] == ["load", "p99"])
    assert lines[heading].split() == ["load", "p99", "throughput", "per", "s", "errors", "share"]
    assert lines[heading + 1].split() == ["dataclass", "21.3", "ms", "840/s", "2.1", "%"]


def test_verbose_says_what_a_meter_reads_and_shows_all_of_it() -> None:
    text = printed(100, session=example.session(example.metered()), verbose=True)
    assert "instructions: Instructions of one operation. It cannot see the kernel." in text
    assert "calls" in text


@pytest.mark.parametrize("width", [40, 60, 100])
def test_tables_of_meters_lose_columns_before_they_grow_too_wide(width: int) -> None:
    text = printed(width, session=example.session(example.metered()), verbose=True)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "4,557" in text
    assert "\u202e" not in text
