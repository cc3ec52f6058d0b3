"""Command-line interface.

Defect kept: whatever fails is told by its message alone; the traceback is lost.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: BLE001, D103, T201, TRY300, UP035

import argparse
import sys
from typing import Sequence


def work(args: argparse.Namespace) -> None:
    """Stands in for "main logic here"; set your own in its place."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="my_package",
        description="My package CLI",
    )
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("input", nargs="?", default="-")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    args = parse_args(argv)
    try:
        # Main logic here
        work(args)
        return 0
    except Exception as e:
        print(f"Error: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
