"""The distribution of block times as an empirical cumulative curve per variant."""

from __future__ import annotations

from collections.abc import Mapping

from patternbench.report import quantity
from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Figure
from patternbench.report.plain_text import visible
from patternbench.report.ranking import in_order
from patternbench.session import CaseResult

_FAR_APART = 1.5


def distribution(case: CaseResult, looks: Mapping[str, canvas.Look], prefix: str) -> Figure | None:
    """Share of blocks at or below each time, from the stored quantiles; None where nothing was timed."""
    timed = [(each, each.time) for each in in_order(case) if each.time is not None and len(each.time.quantiles_s) > 1]
    drawn = [(each, time) for each, time in timed if each.name in looks]
    if not drawn:
        return None
    medians = [time.p50_s for _, time in drawn]
    # Far apart, the curves would be upright strokes: then each is drawn against its own median.
    own = max(medians) > _FAR_APART * min(medians)
    low = min(time.quantiles_s[0] / (time.p50_s if own else 1) for _, time in drawn)
    high = max(_upper(time.quantiles_s) / (time.p50_s if own else 1) for _, time in drawn) * (1.02 if own else 1.05)
    with canvas.drawing(2.7) as (sheet, axes):
        for variant, time in sorted(drawn, key=lambda pair: pair[1].median_s):
            look = looks[variant.name]
            steps = len(time.quantiles_s) - 1
            axes.plot(
                [each / (time.p50_s if own else 1) for each in time.quantiles_s],
                [100 * at / steps for at in range(steps + 1)],
                color=look.colour,
                linestyle=look.line,
                marker=look.marker,
                markevery=[steps // 2],
                label=canvas.name_of(variant.name),
            )
        if own:
            canvas.ratio_axis(axes, low / 1.01, high)
        else:
            canvas.duration_axis(axes, "x", low, high)
            axes.set_xlim(low / 1.02, high)
        axes.set_ylim(0, 100)
        axes.set_yticks([0, 25, 50, 75, 100])
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
        axes.grid()
        axes.set_xlabel("time, ratio to the variant's own median (log scale)" if own else "time per operation")
        axes.set_ylabel("blocks at or below")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), fontsize=10, handlelength=2.6)
        picture = canvas.svg(sheet, prefix)
    widest = max(timed, key=lambda pair: pair[1].p95_s / pair[1].p50_s)
    name, time = visible(widest[0].name), widest[1]
    more = f" Drawn: {len(drawn)} of {len(timed)} variants; the table has all." if len(drawn) < len(timed) else ""
    calls = "single calls" if time.calls_per_block == 1 else "means over the calls of a block"
    return Figure(
        kind="distribution",
        title=f"{name} varies most: its slowest 5 % take {quantity.factor(time.p95_s / time.p50_s)} its median or more",
        caption=f"A steep curve is a steady variant; the mark is the median. Times are {calls}; "
        f"the slowest 5 % may lie beyond the right edge.{more}",
        svg=picture,
        columns=("variant", *(f"q{5 * at} s" for at in range(21))),
        rows=tuple((each.name, *time.quantiles_s) for each, time in timed),
    )


def _upper(quantiles: tuple[float, ...]) -> float:
    """The 95 % quantile: a single outlier must not squeeze every curve to the left."""
    return quantiles[round(0.95 * (len(quantiles) - 1))]
