"""The bounded loop of tool calls before an answer is written.

Step by step: calls whose arguments are known run at the same time; what they return may give other
calls their arguments; at most `MAX_STEPS` steps. A tool that changes something waits for the
operator's yes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workbench.engine.agent.wanted import Wanted, wanted_calls
from workbench.engine.events import (
    ConfirmationGiven,
    ConfirmationRequested,
    Event,
    ToolCalled,
    ToolReturned,
)
from workbench.engine.tools.arguments import (
    inherited_arguments,
    is_complete,
    missing_arguments,
    plain_arguments,
)
from workbench.engine.tools.running import Call, Returned, ToolRunner
from workbench.engine.tools.tool import Tool

MAX_STEPS = 5

Emit = Callable[[Event], None]
Confirm = Callable[[Call], Awaitable[bool]]
"""Asks the operator whether a call may be made."""
Fill = Callable[[Tool, Mapping[str, Any]], Awaitable[dict[str, Any]]]
"""Asks the model for arguments that are not known."""


@dataclass(slots=True)
class LookedUp:
    """What came of the calls.

    Attributes:
        returned: How each call ended, in their order.
        lacking: The arguments that nobody knows, by tool; such tools were not called.
    """

    returned: list[Returned] = field(default_factory=list)
    lacking: dict[str, list[str]] = field(default_factory=dict)


class ToolLoop:
    """Calls the tools that a question needs.

    Args:
        runner: Runs them for the operator.
        emit: Told of every call.
        confirm: Asks before a call that changes something.
        fill: Asks the model for what rules do not find.
    """

    def __init__(self, runner: ToolRunner, emit: Emit, confirm: Confirm, fill: Fill) -> None:
        self._runner = runner
        self._emit = emit
        self._confirm = confirm
        self._fill = fill
        self._made = 0

    async def run(
        self,
        tools: Sequence[Tool],
        question: str,
        today: date,
        parts: Mapping[str, str] | None = None,
    ) -> LookedUp:
        """Call tools until none is left that can be called.

        Args:
            tools: Which.
            question: As it can be understood alone.
            today: What "tomorrow" counts from.
            parts: By a tool's name, the part of the question that asks for it.
        """
        looked_up = LookedUp()
        waiting = wanted_calls(tools, question, today, parts or {})
        for _ in range(MAX_STEPS):
            self._inherit(waiting, looked_up, today)
            ready = _ready(waiting)
            if not ready:
                await self._fill_all(waiting)
                ready = _ready(waiting)
            if not ready:  # what they wait for never comes
                ready = [each for each in waiting if is_complete(each.tool, each.arguments)]
            if not ready:
                break
            waiting = [each for each in waiting if all(each is not one for one in ready)]
            looked_up.returned += await self._call(ready)
        looked_up.returned = self._runner.concluded(looked_up.returned)
        looked_up.lacking = {
            each.tool.name: missing_arguments(each.tool, each.arguments) for each in waiting
        }
        return looked_up

    def _inherit(self, waiting: Sequence[Wanted], looked_up: LookedUp, today: date) -> None:
        """Give arguments that earlier results hold."""
        earlier = [(each.call.name, each.result.data) for each in looked_up.returned if each.result]
        for each in waiting:
            each.arguments |= inherited_arguments(each.tool, each.arguments, earlier, today)

    async def _fill_all(self, waiting: Sequence[Wanted]) -> None:
        """Give arguments that the model finds."""
        for each in waiting:
            filled = await self._fill(each.tool, each.arguments)
            fields = each.tool.arguments.model_fields
            each.arguments |= {key: value for key, value in filled.items() if key in fields}

    async def _call(self, wanted: Sequence[Wanted]) -> list[Returned]:
        made = []
        for each in wanted:
            self._made += 1
            arguments = plain_arguments(each.arguments)
            call = Call(id=f"call-{self._made}", name=each.tool.name, arguments=arguments)
            made.append((each.tool, call))
        allowed = [call for tool, call in made if await self._is_confirmed(tool, call)]
        declined = [call for _, call in made if call not in allowed]
        for call in allowed:
            self._emit(ToolCalled(call_id=call.id, name=call.name, arguments=dict(call.arguments)))
        returned = await self._runner.run_all(allowed)
        returned += [
            Returned(call=call, code="declined", message="the operator said no")
            for call in declined
        ]
        for ended in returned:
            self._emit(
                ToolReturned(
                    call_id=ended.call.id,
                    name=ended.call.name,
                    result=ended.text,
                    ok=ended.result is not None,
                )
            )
        return returned

    async def _is_confirmed(self, tool: Tool, call: Call) -> bool:
        """Ask the operator where a call changes something; what is forbidden is not asked for."""
        if not tool.writes or not self._runner.may(tool):
            return True
        self._emit(
            ConfirmationRequested(
                confirmation_id=call.id, name=call.name, arguments=dict(call.arguments)
            )
        )
        yes = await self._confirm(call)
        self._emit(ConfirmationGiven(confirmation_id=call.id, yes=yes))
        return yes


def _ready(waiting: Sequence[Wanted]) -> list[Wanted]:
    """Return the calls that can be made now.

    One that names nothing waits for the tools whose results it may take.
    """
    names = {each.tool.name for each in waiting}
    return [
        each
        for each in waiting
        if is_complete(each.tool, each.arguments)
        and (each.arguments or not names & each.tool.after.keys())
    ]
