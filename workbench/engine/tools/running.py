"""Running tools: checked, within their time, and with errors that give nothing away."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.tool import Code, Tool, ToolError, ToolResult
from workbench.errors import DatabaseError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool that is to be called.

    Attributes:
        id: Unique within the turn.
        name: The tool's name.
        arguments: What it is given.
    """

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """How a call ended.

    Attributes:
        call: What was called.
        result: What it found or did; `None` after an error.
        code: Why it failed; `None` when it did not.
        message: The error in words that may be shown.
        seconds: How long it took.
    """

    call: Call
    result: ToolResult | None = None
    code: Code | None = None
    message: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """What is shown of it."""
        return self.result.text if self.result else f"{self.code}: {self.message}"


class ToolRunner:
    """Calls the tools of an assistant for one operator.

    Args:
        tools: The assistant's tools, by name.
        context: What they work with.
    """

    def __init__(self, tools: Mapping[str, Tool], context: ToolContext) -> None:
        self._tools = tools
        self._context = context

    def allowed(self) -> list[Tool]:
        """Return the tools that the operator may use."""
        return [each for each in self._tools.values() if self.may(each)]

    def may(self, tool: Tool) -> bool:
        """Tell whether the operator may use a tool."""
        return self._context.operator.may(tool.permission)

    async def run_all(self, calls: Sequence[Call]) -> list[Returned]:
        """Run calls that do not depend on each other at the same time."""
        return list(await asyncio.gather(*(self.run(call) for call in calls)))

    def concluded(self, returned: Sequence[Returned]) -> list[Returned]:
        """Return ended calls; the last of several of one tool also says what follows from them."""
        ended = list(returned)
        for name, tool in self._tools.items():
            places = [at for at, one in enumerate(ended) if one.call.name == name and one.result]
            if tool.together is None or len(places) < 2:
                continue
            results = [each.result for at, each in enumerate(ended) if at in places and each.result]
            said = tool.together(results, self._context)
            if said:
                last = results[-1]
                told = replace(last, text=f"{last.text} {said}")
                ended[places[-1]] = replace(ended[places[-1]], result=told)
        return ended

    async def run(self, call: Call) -> Returned:
        """Run one call; it never raises, but for being cancelled."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            result = await self._run(call)
        except ToolError as error:
            returned = Returned(call=call, code=error.code, message=error.message)
        else:
            returned = Returned(call=call, result=result)
        return replace(returned, seconds=loop.time() - started)

    async def _run(self, call: Call) -> ToolResult:
        chosen = self._tools.get(call.name)
        if chosen is None:
            raise ToolError("not_found", f"there is no tool {call.name!r}")
        if not self.may(chosen):
            raise ToolError("not_allowed", f"your role may not use {chosen.name}")
        arguments = _checked(chosen, call.arguments)
        context = replace(self._context, seconds=chosen.seconds, writable=chosen.writes)
        try:
            async with asyncio.timeout(chosen.seconds):
                return await chosen.run(arguments, context)
        except TimeoutError as error:
            raise ToolError("timed_out", f"no answer within {chosen.seconds:g} s") from error
        except ToolError:
            raise
        except DatabaseError as error:
            raise ToolError("unavailable", "the database cannot be used just now") from error
        except Exception as error:
            _log.exception("the tool %s broke", chosen.name)
            raise ToolError("failed", "an unexpected fault; see the log") from error


def _checked(chosen: Tool, arguments: Mapping[str, Any]) -> Any:
    try:
        return chosen.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise ToolError("invalid_arguments", f"{key}: {said}" if key else said) from error
