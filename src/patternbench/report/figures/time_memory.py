"""Time against memory, for the reader who pays for both."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Figure
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import in_order
from patternbench.report.wording import memory_kind, memory_of
from patternbench.session import CaseResult

_LABEL_GAP = 0.07


def time_memory(case: CaseResult, looks: Mapping[str, canvas.Look], prefix: str) -> Figure | None:
    """A point per variant; None where fewer than two have both figures."""
    kind = memory_kind(case)
    if kind is None:
        return None
    known = [
        (each.name, each.time.median_s, amount)
        for each in in_order(case)
        if each.time is not None and (amount := memory_of(each, kind)) is not None
    ]
    if len(known) < 2:
        return None
    drawn = [point for point in known if point[0] in looks]
    times, sizes = [time for _, time, _ in known], [amount for _, _, amount in known]
    with canvas.drawing(2.9) as (sheet, axes):
        for name, time, amount in drawn:
            axes.plot([time], [amount], color=looks[name].colour, marker=looks[name].marker, markersize=8)
        canvas.duration_axis(axes, "x", min(times), max(times))
        canvas.size_axis(axes, "y", min(sizes), max(sizes))
        axes.margins(x=0.12, y=0.15)
        axes.grid()
        axes.set_xlabel("time per operation")
        axes.set_ylabel("bytes per object" if kind == "per object" else "peak bytes of a call")
        _label(axes, drawn)
        picture = canvas.svg(sheet, prefix)
    best = [visible(name) for name, time, amount in known if not _beaten(time, amount, known)]
    title = f"{best[0]} needs least of both" if len(best) == 1 else f"None beats {listed(best)} in both time and memory"
    more = f" Drawn: {len(drawn)} of {len(known)} variants; the table has all." if len(drawn) < len(known) else ""
    return Figure(
        kind="memory",
        title=title,
        caption=f"Nearer the lower left corner is better in both.{more}",
        svg=picture,
        columns=("variant", "median s", f"bytes {kind}"),
        rows=tuple(known),
    )


def _beaten(time: float, amount: float, known: list[tuple[str, float, float]]) -> bool:
    return any(other <= time and less <= amount and (other < time or less < amount) for _, other, less in known)


def _label(axes: Axes, points: list[tuple[str, float, float]]) -> None:
    """Names beside the points, to the left in the right half; close neighbours are pushed apart."""
    axes.get_xlim()  # settles the limits, which the transformation below would otherwise miss
    scale = axes.transData + axes.transAxes.inverted()
    placed: list[tuple[float, float]] = []
    where: list[tuple[float, float, str]] = []
    for name, time, amount in points:
        x, y = scale.transform((time, amount))
        where.append((float(x), float(y), name))
    for x, y, name in sorted(where, key=lambda place: place[1]):
        height = y
        while any(abs(height - other) < _LABEL_GAP and abs(x - beside) < 0.3 for beside, other in placed):
            height += 0.01
        placed.append((x, height))
        left = x > 0.6
        axes.annotate(
            canvas.name_of(name),
            (x + (-0.02 if left else 0.02), height),
            xycoords="axes fraction",
            ha="right" if left else "left",
            va="center",
            fontsize=10,
        ).set_in_layout(False)
