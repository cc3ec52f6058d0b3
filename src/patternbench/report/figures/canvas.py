"""Drawing with matplotlib so that a page can restyle the picture: variables for colours, inherited fonts, own ids.

The object API only, never pyplot: no global state, no display. The same data give the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from patternbench.report import quantity
from patternbench.report.plain_text import visible

INK, MUTED, GRID, PAPER, FASTER, SLOWER = "#fe0101", "#fe0102", "#fe0103", "#fe0104", "#fe0105", "#fe0106"
SERIES = tuple(f"#fe02{at:02x}" for at in range(7))
"""Stand-ins that no real colour equals; `svg` puts the style sheet's variables in their place."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
Line = Literal["-", "--", "-.", ":"] | tuple[int, tuple[int, ...]]
LINES: tuple[Line, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
MOST_SERIES = len(SERIES)
WIDTH_IN = 6.0
_ROW_IN = 0.3
_LONGEST_NAME = 24
_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    PAPER: "var(--paper)",
    FASTER: "var(--faster)",
    SLOWER: "var(--slower)",
    **{colour: f"var(--s{at})" for at, colour in enumerate(SERIES)},
}
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "patternbench",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "path.simplify": False,
}
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+\.\d+")
_NUMERIC = ("d", "x", "y", "width", "height", "points", "transform", "viewBox")
_DECIMALS_OF_TICKS = 6
_DEFAULTS = {
    "stroke-linecap: butt",
    "stroke-linejoin: miter",
    "stroke-miterlimit: 100000",
    "text-anchor: start",
    "fill-opacity: 1",
    "stroke-width: 1",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one variant is drawn in every figure of its comparison: never by colour alone."""

    colour: str
    marker: str
    line: Line


def looks(names: Sequence[str], baseline: str) -> dict[str, Look]:
    """A look per variant, the baseline in the text's own colour; at most `MOST_SERIES`."""
    order = [name for name in names if name == baseline] + [name for name in names if name != baseline]
    return {name: Look(SERIES[at], MARKERS[at], LINES[at]) for at, name in enumerate(order[:MOST_SERIES])}


@contextmanager
def drawing(height_in: float) -> Iterator[tuple[Sheet, Axes]]:
    """A sheet with one pair of axes, under the settings of all figures."""
    with warnings.catch_warnings(), mpl.rc_context(_SETTINGS):
        # The browser sets the text; a glyph that matplotlib's own font lacks is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        warnings.filterwarnings("ignore", message="constrained_layout not applied", category=UserWarning)
        sheet = Sheet(figsize=(WIDTH_IN, height_in), layout="constrained")
        FigureCanvasSVG(sheet)
        yield sheet, sheet.add_subplot()


def rows_height(rows: int) -> float:
    """Height in inches for a figure with one row per variant."""
    return 0.95 + _ROW_IN * max(rows, 3)


def name_of(variant: str) -> str:
    """A variant's name as a figure has room for it."""
    name = visible(variant)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def duration_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Ticks in ns, µs, ms; logarithmic where the values span more than a factor of four."""
    _axis(axes, which, low, high, lambda value: quantity.duration(float(f"{value:.3g}")), log=high > 4 * low)


def size_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Ticks in B, kB, MB."""
    _axis(axes, which, low, high, quantity.size, log=low > 0 and high > 4 * low)


def ratio_axis(axes: Axes, low: float, high: float) -> None:
    """Ticks as factors on the baseline; logarithmic, since half and double are the same size of difference."""
    ticks = [tick for tick in _ratio_ticks(low, high) if low <= tick <= high]
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(mpl.ticker.FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"×{value:g}"))


def svg(sheet: Sheet, prefix: str) -> str:
    """The sheet as an `<svg>` element for a page: small, restylable, its ids starting with `prefix`."""
    target = io.StringIO()
    sheet.savefig(target, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    root = ET.fromstring(target.getvalue())  # noqa: S314 - matplotlib's own output
    _prune(root)
    _tidy(root, prefix)
    _hoist(root)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    ET.register_namespace("", _SVG)
    text = ET.tostring(root, encoding="unicode")
    text = text.replace(' xmlns="http://www.w3.org/2000/svg"', "").replace(
        ' xmlns:xlink="http://www.w3.org/1999/xlink"', ""
    )
    return re.sub(r">\s+<", "><", text).strip()


def standalone(picture: str, css: str, title: str) -> str:
    """A picture as a file of its own, which brings the page's colours along and follows the reader's theme.

    Args:
        css: the page's style sheet; what it says of variables is kept, and nothing else.
    """
    colours = "".join(re.findall(r":root\{[^}]*\}|@media \(prefers-color-scheme:dark\)\{:root[^}]*\}\}", css))
    style = f"<style>{colours}svg{{background:var(--paper);font-family:sans-serif}}</style>"
    head = f'<svg xmlns="{_SVG}" role="img" aria-label="{escape(title, {chr(34): "&quot;"})}" '
    return picture.replace("<svg ", head, 1).replace(">", f">{style}", 1) + "\n"


def literal_colours(picture: str) -> list[str]:
    """Colours that do not follow the page's theme; a finished figure has none."""
    return re.findall(r"(?:fill|stroke|color):\s*(?!\s|none|var\(|inherit)[^;\"]+", picture)


def _axis(axes: Axes, which: str, low: float, high: float, text: object, *, log: bool) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    if log:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        decades = high / low > 100
        axis.set_major_locator(LogLocator(subs=(1.0,) if decades else (1.0, 2.0, 5.0), numticks=8))
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value) if value or not log else ""))  # type: ignore[operator]


def _ratio_ticks(low: float, high: float) -> list[float]:
    span = high / low
    if span > 1000:
        return [10.0**power for power in range(-9, 10)]
    if span > 30:
        return [base * 10.0**power for power in range(-6, 7) for base in (1, 3)]
    if span > 4:
        return [2.0**power for power in range(-9, 10)]
    step = next(
        step for step in (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002) if (high - low) / step >= 3 or step == 0.002
    )
    first = round(low / step)
    return [round(step * at, _DECIMALS_OF_TICKS) for at in range(max(1, first - 1), round(high / step) + 2)]


def _prune(element: ET.Element) -> None:
    """Drop what a page has no use for, and groups that only hold one another."""
    for child in list(element):
        _prune(child)
        kind = child.tag.rpartition("}")[2]
        if kind in {"metadata", "style", "title"} or (kind in {"g", "defs"} and not len(child)):
            element.remove(child)
            continue
        bare = kind == "g" and not set(child.attrib) - {"id"}
        if bare:
            at = list(element).index(child)
            element.remove(child)
            for offset, grandchild in enumerate(list(child)):
                element.insert(at + offset, grandchild)


def _tidy(root: ET.Element, prefix: str) -> None:
    used = set(re.findall(r"url\(#([^)]+)\)", ET.tostring(root, encoding="unicode")))
    used |= {each.attrib[_XLINK][1:] for each in root.iter() if _XLINK in each.attrib}
    # Salted hashes are long; their order of appearance is as deterministic and shorter.
    short: dict[str, str] = {}
    for each in root.iter():
        name = each.attrib.get("id")
        if name in used and name is not None:
            short[name] = f"{prefix}-{len(short)}"
    for each in root.iter():
        _refer(each.attrib, short)
        if each.attrib.get("transform", "").startswith("rotate(-0 "):
            del each.attrib["transform"]
        if each.tag.endswith("}use"):
            each.attrib.pop("clip-path", None)
        for name in _NUMERIC:
            if name in each.attrib:
                each.attrib[name] = " ".join(_NUMBER.sub(_rounded, each.attrib[name]).split())
        if "style" in each.attrib:
            each.attrib["style"] = _styled(each.attrib["style"])


def _refer(attributes: dict[str, str], short: dict[str, str]) -> None:
    """Give an element its short id, and its references theirs; an id that nothing refers to goes."""
    if "id" in attributes:
        name = attributes.pop("id")
        if name in short:
            attributes["id"] = short[name]
    if _XLINK in attributes:
        attributes["href"] = f"#{short[attributes.pop(_XLINK)[1:]]}"
    if "clip-path" in attributes:
        attributes["clip-path"] = re.sub(
            r"url\(#([^)]+)\)", lambda match: f"url(#{short[match.group(1)]})", attributes["clip-path"]
        )


def _rounded(match: re.Match[str]) -> str:
    return f"{round(float(match.group()), 1):g}"


def _styled(style: str) -> str:
    style = re.sub(r"font: (?:[\w-]+ )*?([\d.]+px) [^;]+", r"font-size: \1", style)
    for sentinel, variable in _VARIABLES.items():
        style = style.replace(sentinel, variable)
    return ";".join(part for part in (each.strip() for each in style.split(";")) if part and part not in _DEFAULTS)


def _hoist(element: ET.Element) -> None:
    """Say once, on the group, what all marks of a group say."""
    for group in element.iter(f"{{{_SVG}}}g"):
        marks = [child for child in group if child.tag.endswith("}use")]
        styles = {child.attrib.get("style", "") for child in marks}
        if marks and len(marks) == len(group) and len(styles) == 1 and "style" not in group.attrib:
            group.attrib["style"] = styles.pop()
            for mark in marks:
                mark.attrib.pop("style", None)
