"""One thin module per command: arguments in, exit code out. Only here is anything printed, and only here a run ends."""
