"""Where the time and the memory go: the field's own profilers, run on processes that do nothing but the variant."""
