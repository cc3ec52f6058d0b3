"""Other tools on the same work: the same units, the same planted slow-downs, their own commands.

One module per tool, behind the protocol in `peer`; `checkouts` makes what they look at, `plan` the order in which they
are asked, `study` asks, `outcome` says how each did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from patternbench.selfcheck.peers.asv import Asv
from patternbench.selfcheck.peers.patternbench import Patternbench
from patternbench.selfcheck.peers.peer import Peer
from patternbench.selfcheck.peers.pyperf import Pyperf
from patternbench.selfcheck.peers.pytest_benchmark import PytestBenchmark

OURS = Patternbench.name

PEERS: Mapping[str, Callable[[], Peer]] = {
    Patternbench.name: Patternbench,
    PytestBenchmark.name: PytestBenchmark,
    Pyperf.name: Pyperf,
    Asv.name: Asv,
}
"""Every tool that can be asked, by name; ours is asked in every study."""
