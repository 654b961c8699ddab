"""The gate: whether a run may be released, beside a baseline and by itself."""
