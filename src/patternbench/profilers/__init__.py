"""Where the time and the memory of a program go: one function and one record for each tool that watches it."""
