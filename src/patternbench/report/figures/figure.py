"""A finished figure: what it shows, in words, as a picture and as a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from patternbench.storage.csv_export import inert

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and everything that must stand beside it.

    Attributes:
        kind: names the figure within its comparison, such as "scaling"; part of file names.
        title: the finding, in words.
        caption: how to read it, and what was left out.
        svg: the picture; every colour is a variable of the page's style sheet, every id starts with the figure's own.
        columns, rows: what is drawn, as numbers in base units.
    """

    kind: str
    title: str
    caption: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def csv(self) -> str:
        """The rows for a spreadsheet; text that one would take for a formula is quoted."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([inert(each) for each in self.columns])
        writer.writerows([inert(each) for each in row] for row in self.rows)
        return text.getvalue()
