"""A run as one HTML file that needs nothing else."""

from workbench.evaluation.reports.html.page import write_html

__all__ = ["write_html"]
