"""`patternbench compare`: did any variant's ratio move between two sessions?"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from patternbench.cli.stored import REPORTS, stored_session
from patternbench.report.quantity import times_with_interval
from patternbench.session import Environment
from patternbench.statistics.contrast import Move, moves
from patternbench.verdict import Code, Verdict


@click.command("compare")
@click.argument("before")
@click.argument("after", default="newest")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--force", is_flag=True, help="Compare although the environments differ.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=REPORTS, show_default=True,
              help="Folder with the sessions.")  # fmt: skip
def command(before: str, after: str, as_json: bool, force: bool, out: Path) -> int:
    """Hold session BEFORE against session AFTER, ratio by ratio; exit code 1 when one became slower.

    Only ratios to the same baseline are compared, never times. Sessions from different environments are not comparable
    (exit code 4) unless --force is given.

    \b
    Example:
      patternbench compare 20261124T030000Z newest
    """
    old, new = stored_session(before, out), stored_session(after, out)
    differing = _differing(old.environment, new.environment)
    if differing and not force:
        click.echo(f"not comparable: environment changed ({', '.join(differing)}); --force compares all the same")
        return Code.NOTHING_MEASURED
    found = moves(old, new)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=1))
    else:
        _show(found)
    if not found:
        return Code.NOTHING_MEASURED
    return Code.REGRESSED if any(each.verdict is Verdict.SLOWER for each in found) else Code.OK


def _differing(old: Environment, new: Environment) -> list[str]:
    """What differs, by name; empty where the fingerprints agree."""
    if old.fingerprint == new.fingerprint:
        return []
    names = [
        field.name
        for field in dataclasses.fields(Environment)
        if field.name not in ("fingerprint", "packages") and getattr(old, field.name) != getattr(new, field.name)
    ]
    packages = old.packages.keys() | new.packages.keys()
    names += sorted(name for name in packages if old.packages.get(name) != new.packages.get(name))
    return names or ["fingerprint"]


def _show(found: list[Move]) -> None:
    table = Table(box=None, title="ratio to the baseline, before and after", title_justify="left")
    for heading in ("", "variant", "before", "after", "change (95 % CI)"):
        table.add_column(heading)
    quiet = 0
    for each in found:
        if each.verdict in (Verdict.SAME, Verdict.UNDECIDED):
            quiet += 1
            continue
        params = ",".join(f"{axis}={value}" for axis, value in each.params.items())
        name = f"{each.comparison}[{params}]/{each.variant}" if params else f"{each.comparison}/{each.variant}"
        table.add_row(
            each.verdict.symbol,
            name,
            f"×{each.before.point:.3g}",
            f"×{each.after.point:.3g}",
            times_with_interval(each.change),
        )
    console = Console(highlight=False)
    if table.row_count:
        console.print(table)
    console.print(f"{len(found)} ratios compared, {quiet} with no change that this could tell", markup=False)
