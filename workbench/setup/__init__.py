"""Set-up before anything is installed: the standard library alone."""

INTERRUPTED_LINE = "setup: interrupted: the same command goes on from here"
