"""Time samples in pyperf's own JSON, so that `pyperf stats`, `hist` and `compare_to` work on them.

One run of pyperf's per worker process; a value is seconds per operation. The statistics of pyperf know nothing of the
pairing of variants, so that its `compare_to` may call different what `patternbench` does not.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from patternbench.sample import SampleSeries
from patternbench.storage.replacement import replaced

_NAMES_A_PLACE = frozenset({"hostname", "command", "python_executable", "boot_time", "user", "cwd"})
"""Keys of pyperf's metadata that say where and by whom a run was made."""


def write_pyperf(path: Path, benchmarks: Iterable[SampleSeries]) -> None:
    """Write the series as one suite of pyperf's; an existing file is replaced.

    Raises:
        ValueError: there is no series, or two have the same name.
        OSError: the file cannot be written.
    """
    import pyperf

    suite = pyperf.BenchmarkSuite([_benchmark(series) for series in benchmarks])
    text = io.StringIO()
    suite.dump(text)
    replaced(path, text.getvalue().encode("utf-8"))


def _benchmark(series: SampleSeries) -> object:
    import pyperf

    shared = _publishable(series.metadata) | {
        "name": series.name,
        "unit": series.unit,
        "loops": series.calls_per_block,
    }
    if series.units > 1:
        shared["inner_loops"] = series.units
    warm_ups = series.warm_ups or ((),) * len(series.runs)
    return pyperf.Benchmark(
        [
            pyperf.Run(
                values,
                warmups=[(series.calls_per_block, seconds) for seconds in dropped],
                metadata=shared | {"duration": _duration(values + dropped, series)},
                collect_metadata=False,
            )
            for values, dropped in zip(series.runs, warm_ups, strict=True)
        ]
    )


def _duration(samples: tuple[float, ...], series: SampleSeries) -> float:
    """Seconds that a process spent inside its blocks."""
    return sum(samples) * series.calls_per_block * series.units


def _publishable(metadata: Mapping[str, str | int | float]) -> dict[str, str | int | float]:
    """The metadata that pyperf can hold: no empty text, no second line, no name of a place."""
    kept: dict[str, str | int | float] = {}
    for key, value in metadata.items():
        clean = " ".join(value.split()) if isinstance(value, str) else value
        if key not in _NAMES_A_PLACE and clean != "":
            kept[key] = clean
    return kept


__all__ = ["write_pyperf"]
