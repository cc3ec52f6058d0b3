"""The server that served units talk to, held by a process of its own for as long as a study lasts.

No tool starts it and none pins it: all of them find it running, its address in the environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from patternbench.errors import WorkerError
from patternbench.selfcheck.peers.checkouts import ADDRESSES
from patternbench.selfcheck.units import served


@contextmanager
def unit_server() -> Iterator[Mapping[str, str]]:
    """The variables under which served units find their server; it ends with the block.

    Raises:
        WorkerError: it did not start.
    """
    command = [sys.executable, "-m", "patternbench.selfcheck.peers.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            if not said.startswith("{"):
                raise WorkerError(
                    "the server of the I/O units did not start", remedy="choose other units, with --units"
                )
            yield {ADDRESSES: said.strip()}
        finally:
            # It ends by itself when its input does; whoever dies before this line closes that input too.
            process.terminate()


def _serve() -> None:
    with served() as addresses:
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    _serve()
