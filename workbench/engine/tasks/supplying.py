"""Giving a planned call its arguments: from the words, the given values, and other steps.

What a clause leaves out is taken from the whole instruction as a follow-up takes it from the
question before; what nobody named is taken from the result of a step, which is added where it is a
look-up whose own arguments are known: the room of a booking, or the text of an e-mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workbench.engine.agent.carrying import carry_over
from workbench.engine.tasks.checking import Bounds
from workbench.engine.tasks.plan import GIVEN, Condition, Otherwise, Step, as_reference
from workbench.engine.tools.arguments import (
    FoundBy,
    carried_values,
    found_arguments,
    is_complete,
    missing_arguments,
    needless_arguments,
    plain_arguments,
)
from workbench.engine.tools.tool import Tool

Arguments = dict[str, Any]


@dataclass(slots=True)
class Steps:
    """The steps of a plan that is being made.

    Attributes:
        made: They, in their order.
        conditions: What steps that are added now wait for.
        otherwise: What happens when it does not hold.
    """

    made: list[Step] = field(default_factory=list)
    conditions: tuple[Condition, ...] = ()
    otherwise: Otherwise = "stop"

    def add(self, tool: str, arguments: Mapping[str, Any]) -> int:
        """Add a step; return its number."""
        self.made.append(
            Step(
                tool=tool,
                arguments=dict(arguments),
                conditions=self.conditions,
                otherwise=self.otherwise,
            )
        )
        return len(self.made)

    def look_up(self, tool: str, arguments: Mapping[str, Any]) -> int:
        """Return the number of a look-up; it is added where it is not there yet."""
        for number, step in enumerate(self.made, start=1):
            waits = [one for one in step.conditions if one not in self.conditions]
            if step.tool == tool and step.arguments == arguments and not waits:
                return number
        return self.add(tool, arguments)


class Supplier:
    """Gives calls their arguments.

    Args:
        bounds: What the plan may use.
        instruction: The whole instruction.
        today: The assistant's date.
        steps: The plan so far; look-ups are added to it.
    """

    def __init__(self, bounds: Bounds, instruction: str, today: date, steps: Steps) -> None:
        self._bounds = bounds
        self._instruction = instruction
        self._today = today
        self._steps = steps

    def calls(self, tool: Tool, text: str) -> list[Arguments]:
        """Return the arguments that are named of each call that a clause asks for.

        Args:
            tool: Which is called.
            text: The clause.
        """
        carried = carry_over(text, self._instruction, {tool.name: tool}, self._today)
        found = found_arguments(tool, carried, self._today, [text])
        if len(found) == 1:
            found = [self._completed(tool, found[0])]
        return [self._written(each) for each in found]

    def supply(
        self,
        tool: Tool,
        known: Arguments,
        text: str,
        *,
        only_named: bool = False,
        beside: Mapping[str, Any] | None = None,
    ) -> Arguments | None:
        """Return all arguments of a call; `None` where one cannot be known.

        Args:
            tool: Which is called.
            known: The arguments that are known.
            text: The clause that asks for it.
            only_named: Whether only those are wanted that name something, such as a booking; of
                these one that cannot be known is left out.
            beside: What is known beside the call, such as the booking of an e-mail that waits for
                a look at the booking's room.
        """
        arguments = dict(known)
        for name in self._open(tool, arguments):
            if only_named and not _names(tool, name):
                continue
            context = {**(beside or {}), **arguments}
            value = self._give(name, context, text, (f"{tool.name}.{name}",))
            if value is not None:
                arguments[name] = value
            elif not only_named:
                return None
        return arguments

    def unnamed(self, tool: Tool, known: Mapping[str, Any]) -> str:
        """Return the first argument that a text could name and this one does not at all."""
        named = carried_values(self._bounds.tools, self._instruction, self._today)
        if any(len(set(map(str, values))) > 1 for values in named.values()):
            return ""
        return next((one for one in missing_arguments(tool, known) if _names(tool, one)), "")

    def _open(self, tool: Tool, arguments: Mapping[str, Any]) -> list[str]:
        """Return the arguments that a call still needs; one of several that would do, if any."""
        missing = missing_arguments(tool, arguments)
        if missing or arguments or is_complete(tool, {}):
            return missing
        return list(tool.arguments.model_fields)[:1]

    def _completed(self, tool: Tool, found: Arguments) -> Arguments:
        """Return arguments with those that were given, or that only the whole instruction says."""
        whole = found_arguments(tool, self._instruction, self._today)
        for name in missing_arguments(tool, found):
            values = {str(one[name]): one[name] for one in whole if name in one}
            if len(values) == 1:
                [value] = values.values()
                found = {**found, name: value}
        needless = needless_arguments(tool, found)
        given = {
            name: self._bounds.given[name]
            for name in tool.arguments.model_fields
            if name in self._bounds.given and name not in found and name not in needless
        }
        both = {**found, **given}
        return {name: both[name] for name in both if name not in needless_arguments(tool, both)}

    def _written(self, arguments: Arguments) -> Arguments:
        """Return arguments as a plan has them; given values by their names."""
        given = self._bounds.given
        return {
            name: f"${GIVEN}.{name}" if str(given.get(name)) == str(value) else value
            for name, value in plain_arguments(arguments).items()
        }

    def _give(
        self, name: str, context: Mapping[str, Any], text: str, wanted: tuple[str, ...]
    ) -> str | None:
        """Return a reference to a value: given, looked up, or the result of an earlier step."""
        if name in self._bounds.given:
            return f"${GIVEN}.{name}"
        for producer, names in self._bounds.declared.gives.items():
            tool = self._bounds.tools.get(producer)
            if tool is None or tool.writes or name not in names:
                continue
            if name in missing_arguments(tool, {}):
                continue  # it only says again what it is asked with
            known = self._already(producer, context)
            if known:
                return f"${known}.{name}"
            arguments = self._of_producer(tool, context, text, wanted)
            if arguments is not None:
                return f"${self._steps.look_up(producer, arguments)}.{name}"
        for number in range(len(self._steps.made), 0, -1):
            if name in self._bounds.declared.gives.get(self._steps.made[number - 1].tool, ()):
                return f"${number}.{name}"
        return None

    def _already(self, producer: str, context: Mapping[str, Any]) -> int:
        """Return the number of the look-up from which what is known was taken; 0 for none."""
        for value in context.values():
            reference = as_reference(value)
            step = reference.step if reference is not None else 0
            if step and self._steps.made[step - 1].tool == producer:
                return step
        return 0

    def _of_producer(
        self, tool: Tool, context: Mapping[str, Any], text: str, wanted: tuple[str, ...]
    ) -> Arguments | None:
        """Return the arguments of a look-up that gives something; `None` if they are not known."""
        shared = {name: context[name] for name in tool.arguments.model_fields if name in context}
        first, *others = self.calls(tool, text)
        if not shared and others:
            return None
        named = {key: one for key, one in first.items() if all(one == x.get(key) for x in others)}
        arguments = {**named, **shared}
        needless = needless_arguments(tool, arguments)
        arguments = {name: one for name, one in arguments.items() if name not in needless}
        for name in missing_arguments(tool, arguments):
            key = f"{tool.name}.{name}"
            if key in wanted:
                return None
            value = self._give(name, {**context, **arguments}, text, (*wanted, key))
            if value is None:
                return None
            arguments[name] = value
        return arguments if arguments or is_complete(tool, {}) else None


def _names(tool: Tool, name: str) -> bool:
    """Tell whether an argument names something that a text can name."""
    return any(isinstance(one, FoundBy) for one in tool.arguments.model_fields[name].metadata)
