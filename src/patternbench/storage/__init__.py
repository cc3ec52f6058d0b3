"""Records to files and back: the session document and its schema, pyperf's JSON, CSV."""
