"""The declared comparisons as other tools see them: benchmarks of asv, tests of pytest-benchmark."""
