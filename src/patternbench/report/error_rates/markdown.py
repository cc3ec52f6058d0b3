"""A self-check as a document of a project's own: Markdown with its tables, and the picture beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from patternbench.report.error_rates.tables import BOUNDS, Table, answer, facts, tables
from patternbench.report.figures import Figure, canvas, powers
from patternbench.selfcheck.document import document_text
from patternbench.selfcheck.outcome import SelfCheck

TEXT, DATA = "self-check.md", "selfcheck.json"


_INTRODUCTION = (
    "The harness, measured with its own instrument: identical code against itself and slow-downs of known size, "
    "decided as a user's run decides. Written by `patternbench selfcheck --publish`; the figures belong to the machine "
    "below."
)


def published(check: SelfCheck) -> dict[str, str]:
    """Every file of the publication by its name: text, data, and the picture where there is one."""
    pictures = {f"self-check-{each.kind}.svg": each for each in powers(check)}
    return {
        DATA: document_text(check),
        TEXT: _text(check, pictures),
        **files_of(pictures),
    }


def _text(check: SelfCheck, pictures: Mapping[str, Figure]) -> str:
    parts = [
        f"# Self-check of patternbench {check.version}",
        _INTRODUCTION,
        *body(answer(check), facts(check), pictures, tables(check)),
    ]
    if check.verification.not_counted:
        parts.append(f"What was planted was not verified by instruction counts: {check.verification.not_counted}.")
    parts.append(
        f"{BOUNDS} The smallest size found nine times in ten is read from the share found by size, made monotone. "
        f"Every decision stands in [{DATA}]({DATA})."
    )
    return "\n\n".join(parts) + "\n"


def body(
    answer: str, facts: Sequence[tuple[str, str]], pictures: Mapping[str, Figure], tables: Sequence[Table]
) -> list[str]:
    """The paragraphs that every study has between its introduction and its last remark.

    Args:
        pictures: by the names of their files.
    """
    parts = [f"**{escaped(answer)}**", "\n".join(f"- {term}: {escaped(text)}" for term, text in facts)]
    for name, figure in pictures.items():
        parts += [f"![{escaped(figure.title)}]({name})", escaped(figure.caption)]
    for table in tables:
        parts += [f"## {table.title}", escaped(table.caption), laid_out(table)]
    return parts


def files_of(pictures: Mapping[str, Figure]) -> dict[str, str]:
    """Pictures as files of their own, with the colours that a page would give them."""
    css = files("patternbench.report").joinpath("static/report.css").read_text("utf-8")
    return {name: canvas.standalone(each.svg, css, each.title) for name, each in pictures.items()}


def laid_out(table: Table) -> str:
    """A table in Markdown."""
    head = "| " + " | ".join(escaped(each) for each in table.columns) + " |"
    rule = "|" + "|".join("---" if at < table.names else "---:" for at in range(len(table.columns))) + "|"
    rows = ["| " + " | ".join(escaped(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join([head, rule, *rows])


def escaped(text: str) -> str:
    """Text in which Markdown finds nothing of its own."""
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)
