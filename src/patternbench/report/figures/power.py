"""How often planted slow-downs are found, by their size: the picture of what a harness can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from patternbench.report import quantity
from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Cell, Figure
from patternbench.selfcheck.neighbours import CONDITION_WORDS, CONDITIONS
from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.plan import SHORT_S
from patternbench.selfcheck.units import CPU, KIND_WORDS, KINDS
from patternbench.statistics.detector import NINE_IN_TEN, Figures, Rate

_HEIGHT_IN = 3.4
_APART = 0.09
"""How far the marks of two lines at one size stand apart, so that their bounds do not hide each other."""


def powers(check: SelfCheck) -> tuple[Figure, ...]:
    """A picture with a line for each kind of unit, and one with a line for each condition, where there are several."""
    by_kind = {KIND_WORDS[kind]: check.finding(cap_s=SHORT_S, kind=kind) for kind in KINDS}
    by_condition = {
        CONDITION_WORDS[condition]: check.finding(cap_s=SHORT_S, kind=CPU, condition=condition)
        for condition in CONDITIONS
    }
    made = [_power("kinds", by_kind, "over all conditions")]
    if sum(each is not None for each in by_condition.values()) > 1:
        made.append(_power("conditions", by_condition, f"{KIND_WORDS[CPU]} units only"))
    return tuple(each for each in made if each is not None)


def _power(kind: str, lines: Mapping[str, Figures | None], over: str) -> Figure | None:
    """Share called different over the planted size, with bounds; None where nothing was planted."""
    found = {name: figures for name, figures in lines.items() if figures is not None}
    sizes = sorted({each.planted for figures in found.values() for each in figures.power})
    if not sizes:
        return None
    sizes = [0.0, *sizes]
    looks = canvas.looks(list(lines), next(iter(lines)))
    rows: list[tuple[Cell, ...]] = []
    with canvas.drawing(_HEIGHT_IN) as (sheet, axes):
        axes.axhline(NINE_IN_TEN, color=canvas.MUTED, linewidth=1, linestyle=(0, (4, 3)))
        for at, (name, figures) in enumerate(found.items()):
            rates = [(place, size, rate) for place, size in enumerate(sizes) if (rate := rate_at(figures, size)).of]
            offset = (at - (len(found) - 1) / 2) * _APART
            xs = [place + offset for place, _, _ in rates]
            ys = [rate.count / rate.of for _, _, rate in rates]
            look = looks[name]
            for x, (_, _, rate) in zip(xs, rates, strict=True):
                axes.plot([x, x], [rate.low, rate.high], color=look.colour, linewidth=1.2, marker="_", markersize=5)
            axes.plot(xs, ys, color=look.colour, marker=look.marker, linestyle=look.line, label=name)
            rows += [(name, size, rate.count, rate.of, rate.low, rate.high) for _, size, rate in rates]
        lay_out(axes, sizes)
        axes.legend(loc="lower right")
        picture = canvas.svg(sheet, kind)
    return Figure(
        kind=kind,
        title=f"Found nine times in ten: {', '.join(seen_from(name, figures) for name, figures in found.items())}",
        caption=f"Share of decisions that called the planted variant slower, by the size that was planted, {over}; at "
        "0 % the share called slower or faster, each a false alarm. Whiskers: 95 % bounds to either side "
        "(Clopper-Pearson). Dashed: nine in ten.",
        svg=picture,
        columns=("line", "planted", "called different", "of", "low", "high"),
        rows=tuple(rows),
    )


def lay_out(axes: Axes, sizes: Sequence[float]) -> None:
    """Axes for power over size: sizes as shares, evenly apart, from 0 for identical code."""
    axes.set_xticks(range(len(sizes)), [f"{size * 100:g} %" for size in sizes])
    axes.set_yticks([0, 0.25, 0.5, 0.75, NINE_IN_TEN, 1], ["0 %", "25 %", "50 %", "75 %", "90 %", "100 %"])
    axes.set_ylim(-0.04, 1.04)
    axes.grid(axis="y")
    axes.set_xlabel("planted slow-down (0 %: the same code twice)")
    axes.set_ylabel("called different")


def rate_at(figures: Figures, size: float) -> Rate:
    """How often a planted size was called different; at none, how often identical code was."""
    if size == 0:
        return figures.false_alarms
    return next((each.found for each in figures.power if each.planted == size), Rate(0, 0, 0.0, 1.0))


def seen_from(name: str, figures: Figures) -> str:
    """`asv from 12 % on`."""
    seen = figures.detectable
    if seen is None:
        return f"{name} not planted"
    if seen.share is None:
        return f"{name} not up to {quantity.percent(seen.largest)}"
    return f"{name} from {quantity.percent(seen.share)} on"
