"""One way of measuring per module: each is handed a call, knows no suite, and gives back what it read."""
