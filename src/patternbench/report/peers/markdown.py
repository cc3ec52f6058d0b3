"""A study of tools as a document of a project's own: Markdown with its tables, and the picture beside it."""

from __future__ import annotations

from patternbench.report.error_rates.markdown import body, files_of
from patternbench.report.error_rates.tables import BOUNDS
from patternbench.report.figures import peer_powers
from patternbench.report.peers.tables import peer_answer, peer_facts, peer_tables
from patternbench.selfcheck.peers.document import PEERS_DOCUMENT, peers_text
from patternbench.selfcheck.peers.outcome import PeerCheck

TEXT, PICTURE = "peers.md", "peers"
_INTRODUCTION = (
    "Benchmarking tools asked about the same work: identical code and slow-downs of known size, by their own commands. "
    "Written by `patternbench selfcheck --against`; the figures belong to the machine below."
)


def published_peers(check: PeerCheck) -> dict[str, str]:
    """Every file of the publication by its name: text, data, and the pictures where there are some."""
    # The first picture, of the first condition, has the plain name.
    pictures = {
        f"{PICTURE}.svg" if at == 0 else f"{PICTURE}-{at + 1}.svg": each for at, each in enumerate(peer_powers(check))
    }
    parts = [
        "# patternbench and other tools on the same work",
        _INTRODUCTION,
        *body(peer_answer(check), peer_facts(check), pictures, peer_tables(check)),
        f"{BOUNDS} Every answer stands in [{PEERS_DOCUMENT}]({PEERS_DOCUMENT}).",
    ]
    return {
        PEERS_DOCUMENT: peers_text(check),
        TEXT: "\n\n".join(parts) + "\n",
        **files_of(pictures),
    }
