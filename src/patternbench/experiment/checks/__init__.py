"""The checks of a proof: each a function that looks at the evidence and gives one sentence, or None.

A module holds what is watched around a call (a `Watch`) beside the checks that read it. `patternbench.experiment.proof`
lists them: a sentence of a fault refuses the variant, a sentence of a note stands beside its figures.
"""
