"""Monitoring of services by their logs: statistics first, and the model only explains.

Log lines are cut into windows and compared with a baseline by exact tests; what is unusual becomes
issues with declared causes and actions. Everything in a log line is data.
"""

from workbench.engine.monitoring.analysis import Analysis, analyse
from workbench.engine.monitoring.definition import Monitoring, load_monitoring
from workbench.engine.monitoring.reading import LogLine, log_of, read_lines, read_log

__all__ = [
    "Analysis",
    "LogLine",
    "Monitoring",
    "analyse",
    "load_monitoring",
    "log_of",
    "read_lines",
    "read_log",
]
