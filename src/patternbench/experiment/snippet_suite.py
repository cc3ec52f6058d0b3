"""The parent's side of `versus`: a suite file in a temporary folder that lives as long as the run.

The file's text is always the same; the snippets stand beside it as JSON, so that no quote or line break in one of them
can become code of the suite. For other interpreters the folder also holds a link to this package.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from patternbench.experiment.catalogue import described
from patternbench.experiment.selection import Chosen
from patternbench.experiment.snippet import Carried, Contest, Snippet, Statement
from patternbench.experiment.snippet_comparison import CLASS, Order
from patternbench.places import without_paths

PACKAGE = Path(__file__).resolve().parents[1]
"""This package, wherever it is installed."""

SUITE = "versus"
"""Suite of the comparison's id; the file has another stem, which no module of a user is likely to have."""

_FILE = "_patternbench_versus.py"
_TEXT = f'''"""Snippets that are held against each other; what they are stands in order.json."""

from pathlib import Path

from patternbench.experiment.snippet_comparison import comparison_from

{CLASS} = comparison_from(Path(__file__).with_name("order.json"), __name__)
'''


@contextmanager
def snippet_suite(contest: Contest) -> Iterator[Chosen]:
    """The comparison that a contest asks for, to be measured while the context is open.

    Raises:
        DeclarationError: a snippet is not Python, or names no function that can be called.
    """
    order = Order(
        question=contest.question,
        baseline=contest.baseline,
        setup=contest.setup,
        check=contest.check,
        path=contest.path,
        params=contest.params,
        snippets={name: each.body for name, each in contest.snippets.items()},
    )
    with tempfile.TemporaryDirectory(prefix="patternbench-") as folder:
        file = Path(folder).resolve() / _FILE
        file.write_text(_TEXT, "utf-8")
        file.with_name("order.json").write_text(order.as_json(), "utf-8")
        interpreters = {name: replace(each, packages=file.parent) for name, each in contest.interpreters.items()}
        if interpreters:
            (file.parent / "patternbench").symlink_to(PACKAGE, target_is_directory=True)
        (declared,) = described([file], interpreters.get(contest.baseline))
        variants = tuple(
            replace(
                each,
                summary=contest.summaries.get(each.name, ""),
                source=without_paths(_source(contest.snippets[each.name], each.source)),
            )
            for each in declared.variants
        )
        declared = replace(declared, suite=SUITE, variants=variants)
        yield Chosen(declared, declared.cases, tuple(contest.snippets), 0, interpreters, contest.alone)


def _source(snippet: Snippet, described_source: str) -> str:
    """What a page shows as the code of a variant."""
    match snippet.body:
        case Statement(text):
            return text
        case Carried(_, source) if source:
            return source.strip()
        case _:
            return described_source or snippet.text
