"""A SQLite database in a file: what an application that runs without a server uses.

Stands for opening, reading and locking a real file, which `:memory:` leaves out. The file lies in the temporary folder,
most likely in the page cache, so that a disk's latency is left out; it holds one small table that is only read.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROWS = 100


def name(number: int) -> str:
    """What column `name` holds in the row whose `id` is `number`, from 1 to `ROWS`."""
    return f"item {number}"


@contextmanager
def sqlite_file() -> Iterator[Path]:
    """Make the file with `items(id, name)` and its rows; it is removed when the context is left."""
    with tempfile.TemporaryDirectory(prefix="patternbench-sqlite-") as folder:
        path = Path(folder) / "items.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
            rows = [(number, name(number)) for number in range(1, ROWS + 1)]
            connection.executemany("INSERT INTO items VALUES (?, ?)", rows)
        yield path
