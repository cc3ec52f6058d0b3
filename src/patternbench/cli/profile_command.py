"""`patternbench profile`: where a variant spends its time and its memory."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from patternbench.cli.stored import REPORTS
from patternbench.cli.suites import found, parameters
from patternbench.errors import SelectionError
from patternbench.experiment import profile_process
from patternbench.experiment.cores import Cores
from patternbench.experiment.run import held_backends
from patternbench.experiment.selection import Chosen, chosen
from patternbench.profilers import cpu, memory
from patternbench.report.quantity import percent, size
from patternbench.verdict import Code

_ROWS = 15
_LEAST_SAMPLES = 100
"""With fewer samples a share of a tenth is known no better than plus or minus six points."""
_START_S = 60.0
"""The process outlasts its recording, however long its start takes; py-spy ends it."""


@click.command("profile")
@click.argument("selector")
@click.option("--cpu/--no-cpu", "with_cpu", default=True, help="Sample the CPU with py-spy.")
@click.option("--memory/--no-memory", "with_memory", default=True, help="Trace allocations with memray.")
@click.option(
    "--seconds", type=click.FloatRange(1, 600), default=5.0, show_default=True, help="Length of a CPU profile."
)
@click.option("--calls", type=click.IntRange(1), default=200, show_default=True, help="Calls under memray.")
@click.option("--rate", type=click.IntRange(10, 2000), default=400, show_default=True, help="Samples a second.")
@click.option("--params", "pairs", multiple=True, metavar="AXIS=VALUE", help="The case; repeatable.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=REPORTS, show_default=True)
@click.option("--open", "show", is_flag=True, help="Open the flame graph in a browser.")
def command(
    selector: str,
    with_cpu: bool,
    with_memory: bool,
    seconds: float,
    calls: int,
    rate: int,
    pairs: tuple[str, ...],
    out: Path,
    show: bool,
) -> int:
    """Profile one variant, `suite/Comparison/variant`; nothing is timed meanwhile.

    The files (speedscope JSON, SVG, memray's HTML) go to reports/profiles.

    \b
    Example:
      patternbench profile http_pooling/Construction/httpx_default
    """
    picked, variant = _one(selector, parameters(pairs))
    case = picked.cases[0]
    declared = picked.declared
    folder = out / "profiles" / f"{declared.suite}-{declared.name}-{case.index}-{variant}"
    console = Console(highlight=False)
    console.print(f"{declared.id}/{variant} {case.key}", markup=False)
    with held_backends(declared, Cores.here(), seed=0) as (addresses, fault):
        if fault is not None:
            console.print(f"{fault.status}: {fault.reason}", markup=False)
            return Code.NOTHING_MEASURED

        def process(seconds: float = 0.0, calls: int = 0) -> list[str]:
            return profile_process.command(
                declared.file,
                declared.name,
                case.index,
                variant,
                addresses=addresses,
                seconds=seconds,
                calls=calls,
            )

        if with_cpu:
            taken = cpu.record(process(seconds=seconds + _START_S), seconds, rate, folder)
            _show_cpu(console, taken)
            if show:
                webbrowser.open(taken.flamegraph.resolve().as_uri())
        if with_memory:
            _show_memory(console, memory.record(process(calls=calls), folder))
    return 0


def _show_cpu(console: Console, taken: cpu.CpuProfile) -> None:
    few = "" if taken.samples >= _LEAST_SAMPLES else "; too few to trust, profile for longer"
    _table(
        console,
        f"CPU, {taken.samples} samples by py-spy{few}",
        ("itself", "with callees", "function"),
        [(percent(each.own), percent(each.total), each.name) for each in taken.frames[:_ROWS]],
    )
    console.print(f"  {taken.flamegraph}\n  {taken.speedscope}", markup=False)


def _show_memory(console: Console, taken: memory.MemoryProfile) -> None:
    _table(
        console,
        f"memory of the process at its high-water mark, {size(taken.peak_bytes)}, by memray",
        ("held", "allocations", "line"),
        [
            (size(each.size_bytes), str(each.allocations), f"{each.function} ({each.file}:{each.line})")
            for each in taken.holders[:_ROWS]
        ],
    )
    console.print(f"  {taken.flamegraph}", markup=False)


def _one(selector: str, params: dict[str, str]) -> tuple[Chosen, str]:
    """The single comparison, and the variant that is named.

    Raises:
        SelectionError: the selector names several variants, or none.
    """
    path, _, rest = selector.partition(".py/")
    selectors = [f"{path}.py", f"{Path(path).stem}/{rest}"] if rest else [selector]
    declarations, patterns = found(selectors)
    picked = chosen(declarations, patterns, headline_only=not params, params=params)
    variant = patterns[-1].split("/")[2] if patterns and patterns[-1].count("/") == 2 else ""
    if len(picked) != 1 or variant not in picked[0].variants:
        raise SelectionError(
            f"{selector!r} does not name one variant",
            remedy="write suite/Comparison/variant; patternbench list has them",
        )
    return picked[0], variant


def _table(console: Console, title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(box=None, title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("function", "line") else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
