"""Section 1.3, entry points, mended: every way in ends with the same exit code.

What was wrong: `python -m my_package` dropped what `main` returned and so ended with 0 after a failure; the message of
an unexpected error was printed without saying where it came from.
"""
