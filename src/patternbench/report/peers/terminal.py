"""A study of tools on a terminal."""

from __future__ import annotations

from rich.console import Console

from patternbench.report.error_rates.terminal import print_line, print_table
from patternbench.report.peers.tables import (
    COMMANDS,
    FITS_ITSELF,
    SAME_FOR_ALL,
    peer_answer,
    peer_facts,
    peer_tables,
)
from patternbench.selfcheck.peers.outcome import PeerCheck


def print_peers(check: PeerCheck, console: Console, *, verbose: bool = False) -> None:
    """Print what a study found.

    Args:
        verbose: every table, not only what was found.
    """
    # The commands would be torn to pieces in a table.
    shown = [each for each in peer_tables(check) if each.kind != COMMANDS]
    for table in shown if verbose else shown[:1]:
        print_table(table, console)
    for each in check.entrants if verbose else ():
        print_line(console, f"{each.name} {each.version}: {'; '.join(each.commands)}", "dim")
        print_line(console, f"  in the budget: {' '.join(each.options) or FITS_ITSELF}", "dim")
    if verbose:
        print_line(console, SAME_FOR_ALL, "dim")
    for term, text in peer_facts(check) if verbose else peer_facts(check)[:3]:
        print_line(console, f"{term}: {text}", "dim")
    print_line(console, peer_answer(check), "bold")
