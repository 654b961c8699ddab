"""Suites: what is asked of whom, how it is scored, and what a release must reach."""
