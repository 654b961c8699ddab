"""Which of several purposes a text has; none of them means out of scope."""
