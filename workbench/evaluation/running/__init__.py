"""Running a suite: many items at once, kept as they end, and never paid for twice."""
