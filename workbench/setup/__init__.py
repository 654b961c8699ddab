"""Set-up before anything is installed: the standard library alone."""
