"""A self-check on a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from patternbench.report.error_rates.tables import Table, answer, facts, tables
from patternbench.report.plain_text import for_encoding
from patternbench.selfcheck.outcome import SelfCheck

_ALWAYS = ("promises", "power")


def print_self_check(check: SelfCheck, console: Console, *, verbose: bool = False) -> None:
    """Print what a self-check found.

    Args:
        verbose: every table, not only promises and power.
    """
    for table in tables(check):
        if verbose or table.kind in _ALWAYS:
            print_table(table, console)
    if check.verification.not_counted:
        print_line(
            console, f"What was planted was not verified by instruction counts: {check.verification.not_counted}."
        )
    wanted = facts(check) if verbose else facts(check)[:3]
    for term, text in wanted:
        print_line(console, f"{term}: {text}", "dim")
    print_line(console, answer(check), "bold")


def print_table(table: Table, console: Console) -> None:
    """Print a table, its title above and how to read it below."""
    print_line(console, table.title, "bold")
    laid_out = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="dim")
    for at, column in enumerate(table.columns):
        text = Text(_plain(console, column))
        named = at < table.names
        laid_out.add_column(text, justify="left" if named else "right", no_wrap=named, overflow="fold")
    for row in table.rows:
        laid_out.add_row(*(Text(_plain(console, cell)) for cell in row))
    console.print(laid_out)
    if table.caption:
        print_line(console, table.caption, "dim")
    console.print()


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print a sentence as the console can show it."""
    console.print(Text(_plain(console, text), style=style))


def _plain(console: Console, text: str) -> str:
    return for_encoding(text, console.encoding)
