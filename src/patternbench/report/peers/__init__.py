"""Where other tools stand on the same work: sentences and tables, for a terminal, a page and a document.

`tables` decides what is said; the others lay it out as they do a self-check.
"""

from patternbench.report.peers.markdown import published_peers
from patternbench.report.peers.tables import peer_answer, peer_facts, peer_tables
from patternbench.report.peers.terminal import print_peers

__all__ = ["peer_answer", "peer_facts", "peer_tables", "print_peers", "published_peers"]
