"""Reports of runs: for a terminal, a pull request, a CI server and a browser.

All write their numbers through `figures`, so that they agree with one another and with the summary.
"""
