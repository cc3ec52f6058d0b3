"""The guide's code as it stands there: same names, same signatures, same behaviour, same defects.

One module per topic. Its docstring names the section and lists every line that had to be added, changed or left out
to make the block importable; a test in `tests/patterns` holds each block's behaviour, defects included.
"""
