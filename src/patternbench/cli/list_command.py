"""`patternbench list`: what there is to measure."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from patternbench.cli.suites import found
from patternbench.experiment.selection import Chosen, chosen


@click.command("list")
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--headline", is_flag=True, help="Only the cases that the quick run measures.")
def command(selectors: tuple[str, ...], as_json: bool, headline: bool) -> int:
    """Name the comparisons, cases and variants that there are.

    \b
    Example:
      patternbench list records
      patternbench list --json
    """
    declarations, patterns = found(selectors)
    picked = chosen(declarations, patterns, headline_only=headline)
    click.echo(json.dumps({"comparisons": [_plain(each) for each in picked]}, indent=1) if as_json else listing(picked))
    return 0


def _plain(picked: Chosen) -> dict[str, object]:
    declared = picked.declared
    return {
        "id": declared.id,
        "question": declared.question,
        "guide": declared.guide,
        "baseline": declared.baseline,
        "meters": list(declared.meters),
        "variants": list(picked.variants),
        "cases": [
            {"id": f"{declared.id}[{case.key}]", "params": case.labels, "headline": case.headline}
            for case in picked.cases
        ],
    }


def listing(picked: Sequence[Chosen]) -> str:
    """The chosen comparisons with their variants and cases, for a reader."""
    lines = []
    for each in picked:
        lines.append(f"{each.declared.id} — {each.declared.question}")
        names = (f"{name} (baseline)" if name == each.declared.baseline else name for name in each.variants)
        lines.append(f"  variants: {', '.join(names)}")
        lines += [f"  case: {case.key or 'the only one'}{' *' if case.headline else ''}" for case in each.cases]
    cases = sum(len(each.cases) for each in picked)
    lines.append(f"{len(picked)} comparisons, {cases} cases; * is measured by the quick run")
    return "\n".join(lines)
