"""Golden sets: their cards, checks, parts, duplicates, and the log of looks at test parts."""
