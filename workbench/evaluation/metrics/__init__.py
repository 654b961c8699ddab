"""Metrics by definition: each is written from its published definition alone."""
