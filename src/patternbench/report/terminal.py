"""The verdict of a session on a terminal: a table per case, the answer, what is broken, what could not be seen.

At most 100 columns; on a narrower terminal the memory column, then the words, move out of the table. Text from suites
is never read as markup. Colour follows the console (`NO_COLOR`, `TERM=dumb`), and a symbol says the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from patternbench.places import without_paths
from patternbench.reading import MeterInfo
from patternbench.report import quantity, wording
from patternbench.report.answer import case_answer, finding
from patternbench.report.plain_text import for_encoding, visible
from patternbench.report.ranking import case_title, differing_counters, in_order, measured
from patternbench.report.readings import ReadingTable, reading_tables
from patternbench.report.shape import (
    growth_words,
    headline_shapes,
    pair_words,
    rest_of_pairs,
    shape_title,
    skipped,
    told_growths,
    told_pairs,
)
from patternbench.report.standing import suite_lines, table_lines
from patternbench.session import CaseResult, ComparisonResult, Session, VariantResult
from patternbench.verdict import Status, Verdict

MOST_COLUMNS = 100
MOST_TABLES = 6
"""Measured cases of one comparison that are all shown as tables; beyond that the headline ones are, unless verbose."""

MOST_GROWTHS = 6
"""Exponents of one shape that are shown unless verbose."""

MOST_PAIRS = 4
"""Pairs of one shape that exchange places and are shown unless verbose."""

MOST_MEANS = 5
"""Variants of a suite's summary that are shown unless verbose."""

LOG_LINES = 5
_LONGEST_NAME = 26
_GAP = "  "
_STYLES = {
    Verdict.FASTER: "cyan",
    Verdict.SLOWER: "yellow",
    Verdict.BROKEN: "bold red",
    Verdict.UNDECIDED: "dim",
    Verdict.NOT_MEASURED: "dim",
}


def print_session(session: Session, console: Console, *, verbose: bool = False, quiet: bool = False) -> None:
    """Print what a session found.

    Args:
        verbose: also percentiles, counters that do not differ, allocations, notes on effort, every case's table.
        quiet: one line per question and nothing else.
    """
    page = _Page(console)
    if quiet:
        for comparison in session.comparisons:
            page.line(f"{visible(comparison.id)}: {finding(comparison)}")
        return
    if not session.comparisons:
        page.line("nothing was measured: no case was selected", "dim")
    for comparison in session.comparisons:
        _comparison(page, comparison, session.meters, verbose=verbose)
    summaries = suite_lines(session.suite_means, None if verbose else MOST_MEANS)
    for line in summaries:
        page.line(line, hang=2)
    if summaries:
        page.blank()
    _footer(page, session, verbose=verbose)


class _Page:
    """A console seen as lines of bounded width."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = min(console.width, MOST_COLUMNS)

    def text(self, text: str, style: str = "") -> Text:
        return Text(for_encoding(text, self._console.encoding), style=style)

    def line(self, text: str, style: str = "", *, indent: int = 0, hang: int = 0) -> None:
        """One paragraph, folded at the width; further lines are indented by `hang` more."""
        self.rich(self.text(text, style), indent=indent, hang=hang)

    def rich(self, text: Text, *, indent: int = 0, hang: int = 0) -> None:
        room = max(20, self.width - indent)
        if text.cell_len <= room or not hang:
            self._print(Padding(text, (0, 0, 0, indent), expand=False))
            return
        lines = list(text.wrap(self._console, max(20, room - hang)))
        for at, each in enumerate(lines):
            self._print(Padding(each, (0, 0, 0, indent + (hang if at else 0)), expand=False))

    def row(self, text: Text) -> None:
        """A line of a table, cut rather than folded."""
        text.truncate(self.width, overflow="ellipsis")
        self._print(text)

    def blank(self) -> None:
        self._console.print()

    def _print(self, what: Padding | Text) -> None:
        self._console.print(what, width=self.width, highlight=False, soft_wrap=False)


def _comparison(page: _Page, comparison: ComparisonResult, meters: Sequence[MeterInfo], *, verbose: bool) -> None:
    cases = measured(comparison)
    guide = f" (guide {visible(comparison.guide)})" if comparison.guide else ""
    page.line(f"{visible(comparison.id)} · {visible(comparison.question)}{guide}", "bold", hang=2)
    told = cases if verbose or len(cases) <= MOST_TABLES else [case for case in cases if case.headline] or cases[:1]
    said: set[tuple[str, ...]] = set()
    for at, case in enumerate(told):
        if at:
            page.blank()
        _case(page, case, comparison, said, verbose=verbose)
        for table in reading_tables(case, comparison.baseline, meters, brief=not verbose):
            _readings(page, table, said, verbose=verbose)
    for case in comparison.cases:
        if case not in told:
            symbol = "" if case in cases else f"{Verdict.NOT_MEASURED.symbol} "
            title = case_title(case.params) or "the only case"
            page.line(f"{symbol}{title}: {case_answer(case, comparison.baseline)}", "dim", indent=1, hang=2)
    _shapes(page, comparison, verbose=verbose)
    if verbose:
        for line in table_lines(comparison):
            page.line(line, "dim", indent=1, hang=2)
    answer = page.text("Answer: ", "bold")
    answer.append(page.text(finding(comparison), "bold" if cases else ""))
    page.rich(answer, indent=1, hang=2)
    if comparison.caveat:
        page.line(f"⚠ caveat: {visible(comparison.caveat)}", indent=1, hang=2)
    if comparison.left_out:
        page.line(f"{comparison.left_out} more cases were not asked for by this run", "dim", indent=1, hang=2)
    page.blank()


def _shapes(page: _Page, comparison: ComparisonResult, *, verbose: bool) -> None:
    """How cost depends on a numeric axis: exponents, and who exchanges places; the headline's alone unless verbose."""
    told = list(comparison.shapes) if verbose else headline_shapes(comparison)
    for shape in told:
        page.line(f"{shape_title(shape)} · time per operation ∝ {visible(shape.axis)}^k", "dim", indent=1, hang=2)
        growths = told_growths(shape, comparison, None if verbose else MOST_GROWTHS)
        if growths:
            more = len(shape.growths) - len(growths)
            texts = [f"{visible(each.variant)} {growth_words(each)}" for each in growths]
            page.line("k: " + " · ".join(texts) + (f" · {more} more" if more else ""), indent=1, hang=3)
        pairs = told_pairs(shape, comparison)
        first = pairs if verbose else pairs[:MOST_PAIRS]
        for pair in first:
            page.line(pair_words(pair, shape), indent=1, hang=3)
        page.line(rest_of_pairs(shape, len(first)), "dim", indent=1, hang=3)
        if text := skipped(shape):
            page.line(text, "dim", indent=1, hang=3)
    if more := len(comparison.shapes) - len(told):
        page.line(f"{more} more along other values of the axes: with -v, on the page", "dim", indent=1, hang=2)


def _case(
    page: _Page, case: CaseResult, comparison: ComparisonResult, said: set[tuple[str, ...]], *, verbose: bool
) -> None:
    """One case; remarks that an earlier case of the comparison made word for word (`said`) are not repeated."""
    baseline = comparison.baseline
    title = case_title(case.params)
    lead = f"{title} · " if title else ""
    page.line(f"{lead}time per operation, lower is better · ratio to {visible(baseline)} (95 % CI)", "dim", indent=1)
    kind = wording.memory_kind(case)
    counters = differing_counters(case)
    columns, memory_shown, counters_shown = _layout(page, case, baseline, kind, counters)
    for row, style in _rows(columns):
        page.row(_joined(row, style, columns, page))
    for each in in_order(case):
        _remarks(page, each, said, verbose=verbose)
    if kind and not memory_shown and (note := wording.memory_note(case, baseline)):
        page.line(note, indent=1, hang=2)
    shown = counters if not counters_shown else []
    if verbose:
        shown = list(dict.fromkeys(name for each in case.variants for name in each.counters))
    for name in shown:
        page.line(_counter_line(case, name), indent=1, hang=2)
    if verbose:
        _details(page, case)
    if precision := wording.precision(case):
        page.line(f"{precision} · {wording.effort(case)}" if verbose else precision, "dim", indent=1, hang=2)


def _readings(page: _Page, table: ReadingTable, said: set[tuple[str, ...]], *, verbose: bool) -> None:
    """The figures of one meter: a row per variant, and as many columns as fit."""
    if verbose and table.summary and (table.meter, table.summary) not in said:
        said.add((table.meter, table.summary))
        page.line(f"{table.meter}: {table.summary}", "dim", indent=1, hang=2)
    if table.rows:
        columns = [_Column(table.meter, [_short(name) for name, _ in table.rows])]
        for at, (heading, _) in enumerate(table.columns):
            columns.append(_Column(heading, [cells[at] for _, cells in table.rows], right=True))
        while len(columns) > 2 and sum(each.width + len(_GAP) for each in columns) > page.width:
            columns.pop()
        for at in range(-1, len(table.rows)):
            row = [each.heading if at < 0 else each.cells[at] for each in columns]
            page.row(_joined(row, "dim" if at < 0 else "", columns, page))
    for sentence in table.missing:
        if (table.meter, sentence) not in said:
            said.add((table.meter, sentence))
            page.line(f"∅ {table.meter}: {sentence}", "dim", indent=1, hang=2)


class _Column:
    """One column of the verdict table: its heading, its cells, whether it is set to the right."""

    def __init__(self, heading: str, cells: Sequence[str], *, right: bool = False) -> None:
        self.heading = heading
        self.cells = list(cells)
        self.right = right

    @property
    def width(self) -> int:
        return max(cell_len(each) for each in (self.heading, *self.cells))


def _layout(
    page: _Page, case: CaseResult, baseline: str, kind: str | None, counters: list[str]
) -> tuple[list[_Column], bool, bool]:
    """The widest set of columns that fits, and whether it holds memory and counters."""
    order = in_order(case)
    core = [
        _Column("#", [_rank(each) for each in order]),
        _Column("variant", [_short(visible(each.name)) for each in order]),
        _Column("median", [quantity.duration(each.time.median_s) if each.time else "" for each in order], right=True),
        _Column("ratio", [_ratio(each) for each in order]),
    ]
    words = [_Column("", ["" if each.verdict is Verdict.BASELINE else wording.verdict_words(each) for each in order])]
    memory = []
    if kind:
        cells = [_memory(each, case, baseline, kind) for each in order]
        memory = [_Column("B/object" if kind == "per object" else "peak mem", cells, right=True)]
    counted = [
        _Column(_short(visible(name)), [_counter(each, name) for each in order], right=True) for name in counters[:2]
    ]
    if len(counters) > 2:
        counted = []
    choices = (
        [*core, *memory, *counted, *words],
        [*core, *counted, *words],
        [*core, *memory, *words],
        [*core, *words],
        core,
    )
    for columns in choices:
        if sum(each.width for each in columns) + len(_GAP) * len(columns) <= page.width:
            break
    has_memory = bool(memory) and memory[0] in columns
    has_counters = bool(counted) and counted[0] in columns
    return columns, has_memory, has_counters


def _rows(columns: list[_Column]) -> list[tuple[list[str], str]]:
    rows = [([column.heading for column in columns], "dim")]
    ratios = columns[3].cells
    by_symbol = {verdict.symbol: style for verdict, style in _STYLES.items()}
    rows += [([column.cells[at] for column in columns], by_symbol.get(ratios[at][:1], "")) for at in range(len(ratios))]
    return rows


def _joined(row: list[str], style: str, columns: list[_Column], page: _Page) -> Text:
    text = page.text(" ")
    for at, (cell, column) in enumerate(zip(row, columns, strict=True)):
        pad = " " * (column.width - cell_len(cell))
        padded = pad + cell if column.right else cell + pad
        styled = style if style == "dim" or at > 2 or style == "bold red" else ""
        text.append(page.text(padded + (_GAP if at < len(row) - 1 else ""), styled))
    text.rstrip()
    return text


def _rank(variant: VariantResult) -> str:
    return variant.rank or ("☠" if variant.verdict is Verdict.BROKEN else "")


def _ratio(variant: VariantResult) -> str:
    if variant.verdict is Verdict.BASELINE:
        return "  baseline"
    if variant.ratio is None:
        return variant.verdict.symbol
    return f"{variant.verdict.symbol} {quantity.times_with_interval(variant.ratio)}"


def _memory(variant: VariantResult, case: CaseResult, baseline: str, kind: str) -> str:
    amount = wording.memory_of(variant, kind)
    if amount is None:
        return ""
    return f"{quantity.size(amount)} {wording.memory_symbol(variant, case, baseline, kind) or ' '}"


def _counter(variant: VariantResult, name: str) -> str:
    value = variant.counters.get(name)
    return "" if value is None else visible(quantity.count(value))


def _counter_line(case: CaseResult, name: str) -> str:
    told = [
        f"{visible(each.name)} {_counter(each, name)}" for each in in_order(case) if each.counters.get(name) is not None
    ]
    return f"{visible(name)}: {' · '.join(told)}"


def _remarks(page: _Page, variant: VariantResult, said: set[tuple[str, ...]], *, verbose: bool) -> None:
    """Why a variant is broken or was not measured, its last log lines, and its notes."""
    name = visible(variant.name)
    reason = wording.why(variant)
    if reason and (name, reason) not in said:
        said.add((name, reason))
        style = "red" if variant.verdict is Verdict.BROKEN else "dim"
        page.line(f"{variant.verdict.symbol} {name} {_is(variant)} {reason}", style, indent=1, hang=2)
        for line in variant.log if verbose else variant.log[-LOG_LINES:]:
            page.line(f"| {visible(line)}", "dim", indent=3, hang=4)
    for note in variant.notes:
        if (name, note) in said:
            continue
        said.add((name, note))
        page.line(f"⚠ {name}: {visible(note)}", indent=1, hang=2)


def _is(variant: VariantResult) -> str:
    return "is" if variant.verdict is Verdict.BROKEN else "was"


def _details(page: _Page, case: CaseResult) -> None:
    for each in in_order(case):
        if each.status is not Status.OK or each.time is None:
            continue
        time = each.time
        parts = [
            f"p50 {quantity.duration(time.p50_s)}",
            f"p95 {quantity.duration(time.p95_s)}",
            f"p99 {quantity.duration(time.p99_s)}",
            f"CPU {quantity.percent(time.cpu_share)} of wall",
            f"{time.calls_per_block:,} calls per block",
            f"{time.processes} processes",
        ]
        if each.memory and each.memory.not_measured:
            parts.append(f"memory not measured: {visible(each.memory.not_measured)}")
        elif each.memory and each.memory.allocations is not None:
            parts.append(f"{each.memory.allocations:,} allocations")
        page.line(f"{visible(each.name)}: {' · '.join(parts)}", "dim", indent=1, hang=4)


def _footer(page: _Page, session: Session, *, verbose: bool) -> None:
    info, environment = session.session, session.environment
    broken = sum(
        each.verdict is Verdict.BROKEN
        for comparison in session.comparisons
        for case in comparison.cases
        for each in case.variants
    )
    parts = [f"{len(session.comparisons)} {'question' if len(session.comparisons) == 1 else 'questions'}"]
    if broken:
        parts.append(f"{broken} ☠ broken {'result' if broken == 1 else 'results'}")
    parts += [f"budget {visible(info.budget)}", f"took {quantity.elapsed(info.seconds)}"]
    if info.load_before is not None:
        parts.append(f"load {info.load_before:.1f}")
    page.line(" · ".join(parts), "dim", hang=2)
    if check := wording.self_check(info):
        page.line(check, "" if wording.self_check_passed(info) else "yellow", hang=2)
    if cost := wording.overhead(info):
        page.line(cost, "dim", hang=2)
    page.line(
        f"{visible(environment.implementation)} {visible(environment.python)} · {visible(environment.machine.cpu)}"
        f" · seed {info.seed}",
        "dim",
        hang=2,
    )
    page.line("▼ faster  ▲ slower  ≈ no measurable difference  ? too noisy to tell  ☠ broken  ∅ not measured", "dim")
    if verbose:
        packages = ", ".join(f"{visible(name)} {visible(version)}" for name, version in environment.packages.items())
        page.line(f"packages: {without_paths(packages)}", "dim", hang=2)


def _short(name: str) -> str:
    return name if cell_len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
