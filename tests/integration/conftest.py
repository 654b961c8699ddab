"""Fixtures of the tests of `workbench eval`."""

from fixtures.evaluating import begin, folder, run

__all__ = ["begin", "folder", "run"]
