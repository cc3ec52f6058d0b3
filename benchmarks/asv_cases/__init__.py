"""The headline cases of every suite, as asv sees them: a module for each suite.

No module here is a suite: what is measured stands in the suites, how in `patternbench.faces`. They are apart because
asv starts a process for each benchmark, which then imports no other suite's libraries: in its time, and in its peak of
memory, stands only what the suite itself needs.
"""
