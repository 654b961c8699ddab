"""BFCL's descriptions of functions as JSON Schema, as tools of ours and of a model server."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from evals.tools.bfcl import Function
from workbench.engine.routing.describing import describe
from workbench.engine.tools import Tool, ToolArguments, ToolContext, ToolResult

_TYPES = {
    "string": "string",
    "any": "string",
    "integer": "integer",
    "float": "number",
    "boolean": "boolean",
    "array": "array",
    "tuple": "array",
    "dict": "object",
}
_KEPT = ("description", "enum", "default")


def json_schema(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a parameter, or of all parameters of a function.

    Args:
        declared: As BFCL declares it: types of its own, and keys that say nothing of the form.
    """
    kind = _TYPES[declared.get("type", "string")]
    schema: dict[str, Any] = {"type": kind}
    schema |= {key: declared[key] for key in _KEPT if key in declared}
    if kind == "array" and "items" in declared:
        schema["items"] = json_schema(declared["items"])
    if kind == "object" and declared.get("properties"):
        properties = declared["properties"]
        schema["properties"] = {name: json_schema(one) for name, one in properties.items()}
        schema["required"] = list(declared.get("required", ()))
        schema["additionalProperties"] = False
    return schema


def parameters_schema(function: Function) -> dict[str, Any]:
    """Return the JSON Schema of a function's arguments; an empty object for one without."""
    schema = json_schema(function["parameters"])
    return {"properties": {}, "required": [], "additionalProperties": False, **schema}


def call_name(name: str) -> str:
    """Return a function's name as servers take it: letters, digits, "_" and "-" only."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


def server_tool(function: Function) -> dict[str, Any]:
    """Return a function as the chat completions API takes it, defaults and all."""
    described = {
        "name": call_name(function["name"]),
        "description": function["description"],
        "parameters": parameters_schema(function),
    }
    return {"type": "function", "function": described}


def engine_tool(function: Function) -> Tool:
    """Return a function as a tool of our engine, which is never run."""

    class Arguments(ToolArguments):
        """The function's arguments; only their schema is asked for."""

        declared: ClassVar[dict[str, Any]] = parameters_schema(function)

        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            """Return the schema that the set declares."""
            return cls.declared

    async def run(asked: Any, context: ToolContext) -> ToolResult:
        raise NotImplementedError("functions of the set cannot be run")

    return Tool(
        name=function["name"],
        description=function["description"],
        arguments=Arguments,
        run=run,
    )


def missing_required(function: Function, given: Mapping[str, Any]) -> list[str]:
    """Return the names of required arguments that are not given."""
    return [name for name in function["parameters"].get("required", ()) if name not in given]


def told_arguments(schema: Mapping[str, Any]) -> str:
    """Return a line for each argument: its name, type, whether it is required, what it means."""
    required: Sequence[str] = schema.get("required", ())
    lines = []
    for name, one in schema.get("properties", {}).items():
        kind = one.get("type", "value")
        need = "required" if name in required else "optional"
        values = f" One of: {', '.join(map(str, one['enum']))}." if "enum" in one else ""
        lines.append(f"- {name} ({kind}, {need}): {one.get('description', '')}{values}".rstrip())
    return "\n".join(lines)


def described(function: Function) -> str:
    """Return what a function is for, as the router that knows descriptions alone compares it."""
    properties = function["parameters"].get("properties", {})
    meanings = {name: one.get("description", "") for name, one in properties.items()}
    return describe(function["name"], function["description"], meanings)
