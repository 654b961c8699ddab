"""What a plan is: at most eight steps, each a tool with arguments, in the order of their numbers.

An argument is a literal or a reference: `$1.room_number` is what the first step gave under that
name, `$given.booking_id` a value that came with the instruction. Values are never looked into for
references: what a guest or a table says cannot become one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import UsageError

MAX_STEPS = 8
"""How many steps may be planned; those that a rule adds do not count."""
GIVEN = "given"
TODAY = "today"
"""The name under which the assistant's date is among the given values, as YYYY-MM-DD."""

Operator = Literal["equals", "not_equals", "is_true", "is_false", "at_least", "at_most"]
Otherwise = Literal["stop", "skip"]

_REFERENCE = re.compile(r"\$(\w+)\.(\w+)")
_INSIDE = re.compile(r"\$(?:\d+|given)\.\w")


class PlanError(UsageError):
    """An instruction cannot become a plan, or a plan may not be run."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Part):
    """What must hold for a step to be run.

    Attributes:
        of: A reference to what an earlier step gave.
        operator: How it is compared; `is_true` and `is_false` take no value.
        value: With what: a literal, or a reference to a given value or an earlier result.
        because: By language, what is said when it does not hold.
    """

    of: str
    operator: Operator
    value: bool | int | float | str | None = None
    because: dict[str, str] = Field(default_factory=dict)

    def __str__(self) -> str:
        """Return it as people read it: "$1.ready_for_guest is true"."""
        words = self.operator.replace("_", " ")
        return f"{self.of} {words}" + ("" if self.value is None else f" {self.value}")


class Step(_Part):
    """One step.

    Attributes:
        tool: The tool that is called.
        arguments: What it is given, literals and references.
        conditions: What must hold, all of it.
        otherwise: What happens when it does not: the task stops, or this step is left out.
        action: What the step does, in a word for people; the tool's name when empty.
    """

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    otherwise: Otherwise = "stop"
    action: str = ""

    @property
    def name(self) -> str:
        """What it is called in events and reports."""
        return self.action or self.tool

    def references(self) -> "Iterator[Reference]":
        """Yield every reference in its arguments and conditions."""
        values = [*self.arguments.values()]
        for condition in self.conditions:
            values += [condition.of, condition.value]
        for value in values:
            found = as_reference(value)
            if found is not None:
                yield found


class Plan(_Part):
    """The steps of a task; the first has the number 1.

    Attributes:
        steps: They.
        left_out: What was asked besides and no tool does, in the words of the instruction.
        doubts: The words for which nothing that changes something was planned.
    """

    steps: tuple[Step, ...]
    left_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def with_steps(self, steps: "tuple[Step, ...]") -> "Plan":
        """Return the plan with other steps."""
        return self.model_copy(update={"steps": steps})


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference: to a step by its number as text, or to `given`; and to a name of its data."""

    source: str
    field: str

    @property
    def step(self) -> int:
        """The number of the step; 0 for one to something else."""
        return int(self.source) if self.source.isascii() and self.source.isdigit() else 0

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"${self.source}.{self.field}"


def as_reference(value: Any) -> Reference | None:
    """Return the reference that an argument is; `None` for a literal."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return Reference(found[1], found[2]) if found else None


def holds_a_reference(value: Any) -> bool:
    """Tell whether a literal has what looks like a reference within its text."""
    return isinstance(value, str) and as_reference(value) is None and bool(_INSIDE.search(value))


def renumbered(step: Step, first: int, by: int) -> Step:
    """Return a step whose references to steps from `first` on are `by` numbers higher."""

    def moved(value: Any) -> Any:
        found = as_reference(value)
        if found is None or found.step < first or found.step == 0:
            return value
        return str(Reference(str(found.step + by), found.field))

    conditions = tuple(
        one.model_copy(update={"of": moved(one.of), "value": moved(one.value)})
        for one in step.conditions
    )
    arguments = {name: moved(value) for name, value in step.arguments.items()}
    return step.model_copy(update={"arguments": arguments, "conditions": conditions})
