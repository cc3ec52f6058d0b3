"""The guide's patterns as a library: what a suite compares, and what a reader may import.

`printed` behaves as the guide prints it, defects and all, so that "the guide's code" in a report is the guide's code.
Nothing here knows the harness.
"""
