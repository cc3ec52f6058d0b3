"""How often tools find planted slow-downs, by size: as they come, and tuned."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure as Sheet
from matplotlib.lines import Line2D

from patternbench.report.figures import canvas
from patternbench.report.figures.figure import Cell, Figure
from patternbench.report.figures.power import lay_out, rate_at, seen_from
from patternbench.selfcheck.neighbours import CONDITION_WORDS
from patternbench.selfcheck.peers import OURS
from patternbench.selfcheck.peers.outcome import PeerCheck, Row, Score
from patternbench.statistics.detector import NINE_IN_TEN

_HEIGHT_IN = 4.2
_BOLD, _PLAIN = 3.2, 1.6
_LINES: dict[Row, canvas.Line] = {Row.DEFAULT: (0, (4, 2)), Row.TUNED: "-"}


def peer_powers(check: PeerCheck) -> tuple[Figure, ...]:
    """A picture for each condition in which anything was planted and answered."""
    made = (_power(check, condition) for condition in check.scope.conditions)
    return tuple(each for each in made if each is not None)


def _power(check: PeerCheck, condition: str) -> Figure | None:
    drawn = [each for tool in check.scope.tools for each in _drawn(check, tool, condition)]
    sizes = sorted({each.planted for score in drawn for each in score.figures.power})
    if not sizes:
        return None
    sizes = [0.0, *sizes]
    looks = canvas.looks(check.scope.tools, OURS)
    rows: list[tuple[Cell, ...]] = []
    with canvas.drawing(_HEIGHT_IN) as (sheet, axes):
        axes.axhline(NINE_IN_TEN, color=canvas.MUTED, linewidth=1, linestyle=(0, (1, 2)))
        for score in drawn:
            rates = [(at, size, rate) for at, size in enumerate(sizes) if (rate := rate_at(score.figures, size)).of]
            look = looks[score.tool]
            axes.plot(
                [at for at, _, _ in rates],
                [rate.count / rate.of for _, _, rate in rates],
                color=look.colour,
                marker=look.marker,
                linestyle=_LINES[score.row],
                linewidth=_BOLD if score.tool == OURS else _PLAIN,
            )
            rows += [
                (score.tool, str(score.row), score.rule, size, rate.count, rate.of, rate.low, rate.high)
                for _, size, rate in rates
            ]
        lay_out(axes, sizes)
        _explain(sheet, check.scope.tools, looks)
        picture = canvas.svg(sheet, f"peers-{condition}")
    tuned = [each for each in drawn if each.row is Row.TUNED]
    return Figure(
        kind=f"peers-{condition}",
        title="Found nine times in ten, each tool tuned: "
        + ", ".join(seen_from(each.tool, each.figures) for each in tuned or drawn),
        caption="Share of questions answered with “slower”, by the size that was planted, "
        f"{CONDITION_WORDS[condition]}; at 0 % the share called slower or faster, each a false alarm. Dashed: the tool "
        "as it comes, with the rule that its users meet first. Solid: its options set to take the time of a decision, "
        "and a threshold on its own estimate set to 1 % false alarms on the other half of the identical code; of "
        "several statistics the one that finds most. Bold: patternbench. Dotted: nine in ten.",
        svg=picture,
        columns=("tool", "how", "rule", "planted", "called different", "of", "low", "high"),
        rows=tuple(rows),
    )


def _drawn(check: PeerCheck, tool: str, condition: str) -> list[Score]:
    """As it comes with its first rule, and tuned on its best statistic."""
    best = check.best(tool, Row.TUNED, condition)
    return [*check.of(tool, Row.DEFAULT, condition)[:1], *([best] if best else [])]


def _explain(sheet: Sheet, tools: Sequence[str], looks: dict[str, canvas.Look]) -> None:
    """A legend of tools by colour and mark, and of ways by line."""
    handles = [
        Line2D(
            [],
            [],
            color=looks[tool].colour,
            marker=looks[tool].marker,
            linewidth=_BOLD if tool == OURS else _PLAIN,
            label=canvas.name_of(tool),
        )
        for tool in tools
    ]
    handles += [
        Line2D([], [], color=canvas.MUTED, linestyle=line, linewidth=_PLAIN, label=str(row))
        for row, line in _LINES.items()
    ]
    sheet.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=10, handlelength=2.6)
