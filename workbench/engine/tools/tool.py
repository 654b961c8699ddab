"""What a tool is.

A tool is a typed asynchronous function in an assistant's `tools.py`:

    class RoomAsked(ToolArguments):
        room_number: Annotated[str, FoundBy(room_numbers)] = Field(description="The room")

    @tool(permission="rooms.read")
    async def get_room_status(asked: RoomAsked, context: ToolContext) -> ToolResult:
        '''Whether a room is occupied, clean and ready for a guest.'''

Its docstring is the description that the model reads, its arguments are checked before it runs,
and what it may see is decided by the permission that it names.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict

from workbench.engine.tools.context import ToolContext

DEFAULT_SECONDS = 5.0

Code = Literal[
    "not_found", "not_allowed", "invalid_arguments", "timed_out", "unavailable", "declined",
    "failed",
]  # fmt: skip
"""What may go wrong, in words that are safe to show to anybody."""


class ToolArguments(BaseModel):
    """The base of a tool's arguments; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolError(Exception):
    """A tool cannot do what was asked.

    Attributes:
        code: Why.
        message: Why, in words that may be shown to the operator and to the model.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool found or did.

    Attributes:
        text: It in one to three sentences of the operator's language, exact and complete: an
            answer may be made of it without a model.
        data: It as plain JSON types, by name; other tools may take their arguments from it.
        tables: Where it comes from, such as "bookings".
    """

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ()


Run = Callable[[Any, ToolContext], Awaitable[ToolResult]]
Together = Callable[[Sequence[ToolResult], ToolContext], str]
"""Takes the results of several calls; returns what follows from them, such as a sum; or nothing."""
After = Mapping[str, Mapping[str, str]]
"""By another tool, which of its results, by name, are which arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool.

    Attributes:
        name: By which it is called.
        description: What it does, for the model and for people.
        arguments: What it takes.
        run: Does it.
        permission: What an operator must be allowed; empty for everybody.
        writes: Whether it changes something, so that the operator is asked first.
        seconds: How long it may take.
        together: What follows from the results of several of its calls.
        after: The tools that it waits for where the question names none of its arguments, with what
            it takes from them.
    """

    name: str
    description: str
    arguments: type[ToolArguments]
    run: Run
    permission: str = ""
    writes: bool = False
    seconds: float = DEFAULT_SECONDS
    together: Together | None = None
    after: After = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of its arguments."""
        return self.arguments.model_json_schema()


def tool(
    *,
    permission: str = "",
    writes: bool = False,
    seconds: float = DEFAULT_SECONDS,
    together: Together | None = None,
    after: After | None = None,
) -> Callable[[Run], Tool]:
    """Make a function a tool; see the module for its form."""

    def wrap(run: Run) -> Tool:
        arguments = next(iter(get_type_hints(run).values()))
        return Tool(
            name=run.__name__,
            description=" ".join((run.__doc__ or "").split()),
            arguments=arguments,
            run=run,
            permission=permission,
            writes=writes,
            seconds=seconds,
            together=together,
            after=after or {},
        )

    return wrap
