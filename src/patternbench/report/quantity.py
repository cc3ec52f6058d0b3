"""Numbers as a reader meets them: durations, bytes, ratios and percentages with the digits that they deserve.

Every function takes plain numbers in base units (seconds, bytes, shares) and gives text; none of them reads it back.
"""

from __future__ import annotations

import math

from patternbench.estimate import Ratio

_DURATIONS = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"))
_BYTES = ((1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB"))
_MOST_DECIMALS = 4


def duration(seconds: float) -> str:
    """A duration with three significant digits in the unit that suits it: `218 ns`, `1.42 µs`, `14.3 ms`."""
    return _scaled(seconds, _DURATIONS)


def elapsed(seconds: float) -> str:
    """How long something took or will take, for people who wait: `4s`, `1m04s`, `2h05m`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def size(count: float) -> str:
    """An amount of memory in decimal units: `96 B`, `56.5 B`, `12.3 kB`. Whole bytes stay whole."""
    if abs(count) < 1000 and math.isclose(count, round(count), abs_tol=0.05):
        return f"{round(count)} B"
    return _scaled(count, _BYTES)


def times(ratio: float) -> str:
    """A ratio as a factor on the baseline: `×0.26`, `×6.10`, `×0.0031`, `×1,240`."""
    return f"×{_number(ratio, _decimals(ratio))}"


def interval(ratio: Ratio) -> str:
    """Both ends of the confidence interval: `[0.25, 0.27]`.

    An interval that leaves out 1 is never rounded until it seems to hold it, and its ends are kept apart as long
    as four decimals allow.
    """
    decimals = interval_decimals(ratio)
    return f"[{_number(ratio.low, decimals)}, {_number(ratio.high, decimals)}]"


def times_with_interval(ratio: Ratio) -> str:
    """`×0.26 [0.25, 0.27]`, point and ends with the same number of decimals."""
    return f"×{_number(ratio.point, interval_decimals(ratio))} {interval(ratio)}"


def interval_decimals(ratio: Ratio) -> int:
    """Decimals that show the interval without saying more, or less, than it does."""
    decimals = _decimals(ratio.point)
    while decimals < _MOST_DECIMALS and _too_coarse(ratio, decimals):
        decimals += 1
    return decimals


def factor(ratio: float) -> str:
    """How many times, without a direction: `3.9×` for 0.26 and for 3.9; `1.06×` near one."""
    times_as_much = max(ratio, 1 / ratio)
    if round(times_as_much, 2) <= 1:
        return f"{times_as_much:.3f}×"
    if round(times_as_much, 2) < 2:
        return f"{times_as_much:.2f}×"
    if round(times_as_much, 1) < 10:
        return f"{times_as_much:.1f}×"
    return f"{times_as_much:,.0f}×"


def faster_or_slower(ratio: float) -> str:
    """A time ratio in words: `3.9× faster`, `6.1× slower`."""
    return f"{factor(ratio)} {'faster' if ratio < 1 else 'slower'}"


def factor_range(ratios: list[float]) -> str:
    """Several ratios on one side of one as a range of factors: `2.1–3.9×`, or one factor where they agree."""
    ends = sorted(max(each, 1 / each) for each in ratios)
    low, high = factor(ends[0]), factor(ends[-1])
    return low if low == high else f"{low.removesuffix('×')}–{high}"


def percent(share: float) -> str:
    """A share as a percentage with two significant digits at most: `0.6 %`, `12 %`, `0.04 %`."""
    value = share * 100
    if value == 0:
        return "0 %"
    if abs(value) >= 9.95:
        return f"{value:.0f} %"
    decimals = max(1, -math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f} %"


def plus_minus(ratio: Ratio) -> str:
    """The interval's half width: `±0.7 %`."""
    return f"±{percent(math.expm1(ratio.half_width))}"


def figure(value: float | str | None, unit: str) -> str:
    """What a meter read, in its unit (`patternbench.reading.UNITS`): `1.42 µs`, `12.3 kB`, `840/s`, `117,712`, `2.1 %`.

    `–` where the figure means nothing for the variant.
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if unit == "instructions":
        return f"{value:,.0f}"
    if unit == "1/s":
        return f"{count(value)}/s"
    shown = {"s": duration, "bytes": size, "share": percent}.get(unit, count)
    return shown(value)


def change(ratio: float) -> str:
    """How much more or less, for figures that are exact: `+0.97 %`, `-12 %`, `none`; from twice on, `×2.04`."""
    if ratio == 1:
        return "none"
    if not 0.5 <= ratio < 2:
        return times(ratio)
    share = (ratio - 1) * 100
    decimals = max(0, min(_MOST_DECIMALS, 1 - math.floor(math.log10(abs(share)))))
    return f"{share:+.{decimals}f} %"


def count(number: float | str) -> str:
    """A counter's value: whole numbers with separators, others with three significant digits, text as it is."""
    if isinstance(number, str):
        return number
    if isinstance(number, bool):
        return "yes" if number else "no"
    if not math.isfinite(number):
        return str(number)
    if float(number).is_integer():
        return f"{int(number):,}"
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


def _scaled(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """Three significant digits in the largest unit that leaves at least one before the point."""
    if value == 0 or not math.isfinite(value):
        return f"{value:.0f} {units[0][1] if value == 0 else units[-1][1]}"
    chosen, name = units[0]
    for scale, unit in units:
        if _three_digits(abs(value) / scale) >= 1:
            chosen, name = scale, unit
    shown = _three_digits(value / chosen)
    return f"{shown:.{_places(shown)}f} {name}"


def _three_digits(value: float) -> float:
    return float(f"{value:.2e}")


def _places(value: float) -> int:
    return max(0, 2 - math.floor(math.log10(abs(value))))


def _decimals(ratio: float) -> int:
    if ratio < 0.095:
        return 1 - math.floor(math.log10(ratio)) if ratio > 0 else 2
    if ratio < 9.995:
        return 2
    return 1 if ratio < 99.95 else 0


def _too_coarse(ratio: Ratio, decimals: int) -> bool:
    low, high = round(ratio.low, decimals), round(ratio.high, decimals)
    return (low == high != ratio.low) or (ratio.excludes_one() and low <= 1 <= high)


def _number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"
