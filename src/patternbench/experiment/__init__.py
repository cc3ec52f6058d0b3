"""What is measured when, and how often: suites found, cases planned, variants taking turns in their own processes."""
