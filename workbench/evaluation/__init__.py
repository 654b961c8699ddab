"""Measuring answers: datasets, metrics, statistics and runs."""
