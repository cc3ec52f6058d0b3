"""The suites: what is measured, one file per topic of the guide; no file here measures anything itself."""
