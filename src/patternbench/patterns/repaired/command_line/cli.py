"""The command-line interface."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence


def work(args: argparse.Namespace) -> None:
    """Stands in for "main logic here"; set your own in its place."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments of one call; ends the process with exit code 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="my_package", description="My package CLI")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("input", nargs="?", default="-")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Do the work, and give the exit code: 0, or 1 after an error, which `--verbose` shows in full."""
    args = parse_args(argv)
    try:
        work(args)
    except Exception as error:  # noqa: BLE001 - the last frame before the shell
        if args.verbose:
            traceback.print_exc()
        else:
            sys.stderr.write(f"Error: {type(error).__name__}: {error} (--verbose shows where)\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
