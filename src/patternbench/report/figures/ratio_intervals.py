"""Every variant's ratio to the baseline with its interval: the picture of the verdict table."""

from __future__ import annotations

from patternbench.report import quantity
from patternbench.report.answer import case_answer
from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Figure
from patternbench.report.ranking import in_order
from patternbench.report.wording import verdict_words
from patternbench.session import CaseResult
from patternbench.verdict import Verdict

_COLOURS = {Verdict.FASTER: canvas.FASTER, Verdict.SLOWER: canvas.SLOWER, Verdict.BASELINE: canvas.INK}


def ratio_intervals(case: CaseResult, baseline: str, prefix: str) -> Figure | None:
    """Points with 95 % whiskers over a logarithmic axis, best on top; None where fewer than two have a ratio."""
    shown = [(each, each.ratio) for each in in_order(case) if each.ratio is not None]
    if len(shown) < 2:
        return None
    low = min(ratio.low for _, ratio in shown)
    high = max(ratio.high for _, ratio in shown)
    margin = (high / low) ** 0.06 * 1.01
    with canvas.drawing(canvas.rows_height(len(shown))) as (sheet, axes):
        axes.axvline(1, color=canvas.INK, linewidth=1)
        if case.band:
            axes.axvspan(1 / (1 + case.band), 1 + case.band, color=canvas.GRID, linewidth=0)
        for at, (each, ratio) in enumerate(shown):
            colour = _COLOURS.get(each.verdict, canvas.MUTED)
            axes.plot([ratio.low, ratio.high], [at, at], color=colour, linewidth=2.2, marker="|", markersize=8)
            axes.plot([ratio.point], [at], color=colour, marker="o", markersize=6)
            words = (
                f"{each.verdict.symbol} {quantity.times(ratio.point)}" if each.verdict is not Verdict.BASELINE else ""
            )
            axes.annotate(
                words, (1.01, at), xycoords=("axes fraction", "data"), va="center", fontsize=10, color=canvas.INK
            )
        axes.set_yticks(range(len(shown)), [canvas.name_of(each.name) for each, _ in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        canvas.ratio_axis(axes, low / margin, high * margin)
        axes.set_xlabel(f"time, ratio to {canvas.name_of(baseline)} (log scale)")
        picture = canvas.svg(sheet, prefix)
    return Figure(
        kind="ratios",
        title=case_answer(case, baseline).split("; ")[0],
        caption="Left of the line is faster. Whiskers: 95 % interval. Shaded: the band that counts as no difference.",
        svg=picture,
        columns=("variant", "ratio", "low", "high", "verdict"),
        rows=tuple((each.name, ratio.point, ratio.low, ratio.high, verdict_words(each)) for each, ratio in shown),
    )
