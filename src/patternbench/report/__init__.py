"""What a run shows: the terminal, the static site and the step summary, all from the records of a session.

`quantity`, `plain_text`, `ranking` and `wording` are small and shared; `answer` makes the sentences; `terminal`,
`progress`, `summary` and `site` (with `figures`) are the faces. Nothing here measures, and no number is read back
out of a text. matplotlib, rich and Jinja2 are imported only by the modules that draw with them.
"""
