"""Section 1.3, entry points, as the guide prints them: a package that is run with `python -m`.

Changed: `my_package` is this package. Left out: the tables of `pyproject.toml`. Mocked: "main logic here" is a call
of `cli.work`, a function that does nothing; whoever uses this package sets its own in its place.
"""
