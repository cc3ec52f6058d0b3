"""The harness as its own subject: how often it is wrong, and what it can see.

`units` is the work on which slow-downs are planted, a suite like any other; `study` decides them over and over and
keeps what was decided; `verification` counts instructions, so that what was planted is known and not assumed.
"""
