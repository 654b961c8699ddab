"""Tools: what an assistant can look up or do besides reading documents."""

from workbench.engine.tools.arguments import FoundBy, ReadBy
from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.tool import Tool, ToolArguments, ToolError, ToolResult, tool

__all__ = [
    "FoundBy",
    "ReadBy",
    "Tool",
    "ToolArguments",
    "ToolContext",
    "ToolError",
    "ToolResult",
    "tool",
]
