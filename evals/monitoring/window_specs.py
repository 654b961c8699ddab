"""The golden scenarios of log windows: what each says of quiet traffic, of the window, and why.

A scenario is one line of `datasets/hotel/windows_*.jsonl`. The line is a question as every line of
a golden set is; the scenario stands under `reference_tool_calls`, as the arguments of the one call
`monitor`, since that is where a question may hold data of any shape.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workbench.errors import UsageError
from workbench.evaluation.questions import Question, load_questions

CALL = "monitor"
"""The name of the call that holds a scenario."""

Kind = Literal["error_rate", "burst", "new_template", "silence"]
Size = Literal["glaring", "strong", "moderate"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Part):
    """A log line to be filled in.

    `{20-90}` in a text stands for a number of that range, `{a|b}` for one of several words, and
    `{@flow}` for the line's own value of that key.

    Attributes:
        level: Such as "info", "warning" or "error".
        message: Its text.
        metadata: For each key the values of which one is drawn.
    """

    level: str
    message: str
    metadata: dict[str, list[str]] = Field(default_factory=dict)


class Template(Line):
    """A kind of line that a service writes in quiet times.

    Attributes:
        name: Its name within the scenario.
        service: Which service writes it.
        per_hour: How many lines an hour, at the daily shape's factor 1.
        clump: How many lines come at once, at least and at most.
        every_minutes: For a clock's lines: the time between two; `per_hour` and shape do not count.
    """

    name: str
    service: str
    per_hour: float = Field(default=0, ge=0)
    clump: tuple[int, int] = (1, 1)
    every_minutes: float = Field(default=0, ge=0)


class Event(_Part):
    """Lines that come together, such as those of a restart.

    Attributes:
        name: Its name within the scenario.
        service: Which service writes it.
        at_hours: When it happens in the baseline, in hours from its start.
        lines: Its lines in their order, a second or two apart.
    """

    name: str
    service: str
    at_hours: list[float]
    lines: list[Line]


class Baseline(_Part):
    """Quiet traffic, which goes on through the window.

    Attributes:
        start: When it begins, with the offset of the hotel's clock.
        hours: How long it lasts; the window follows.
        shape: A factor for each hour of the day, by the hotel's clock; none means always 1.
        growth: By what the volume is multiplied at the end of the window; it rises in a line.
        templates: What is written.
        events: What happens now and then.
    """

    start: datetime
    hours: float = Field(gt=0)
    shape: list[float] = Field(default_factory=list)
    growth: float = Field(default=1, gt=0)
    templates: list[Template]
    events: list[Event] = Field(default_factory=list)


class Change(_Part):
    """What is different in the window.

    Attributes:
        change: "times" multiplies the lines of templates, "fail" turns lines into others, "add"
            writes lines of its own, "stop" leaves lines out, "event" lets an event happen.
        service: Whose lines.
        names: Of which templates or which event; all of the service where there are none.
        only: Of which metadata values.
        from_minute: When it begins, in minutes from the window's start.
        minutes: How long it lasts; to the window's end where it is 0.
        times: For "times": by what the rate is multiplied.
        share: For "fail": which share of the lines, from 0 to 1.
        count: For "add": how many lines.
        line: For "fail" and "add": the line; metadata that it does not name are kept.
    """

    change: Literal["times", "fail", "add", "stop", "event"]
    service: str
    names: list[str] = Field(default_factory=list)
    only: dict[str, str] = Field(default_factory=dict)
    from_minute: float = Field(default=0, ge=0)
    minutes: float = Field(default=0, ge=0)
    times: float = Field(default=1, ge=0)
    share: float = Field(default=0, ge=0, le=1)
    count: int = Field(default=0, ge=0)
    line: Line | None = None


class Window(_Part):
    """The window that is judged: its changes; none where it goes on like the baseline."""

    changes: list[Change] = Field(default_factory=list)


class Fault(_Part):
    """What an operator wants to be told.

    Attributes:
        service: Where it is.
        component: In which part of it: a metadata value; `None` where it is the whole service.
        kinds: As what it may rightly be reported, the best first; one of them is enough.
        size: How large it is, by the rule of the card.
        usual: How many such lines such a window has in quiet times, on average.
        now: How many it has with the fault, on average.
    """

    service: str
    component: str | None
    kinds: list[Kind] = Field(min_length=1)
    size: Size
    usual: float = Field(ge=0)
    now: float = Field(ge=0)


class Scenario(_Part):
    """A window of log lines after a stretch of quiet traffic.

    Attributes:
        seed: Of the random numbers.
        services: Which services write.
        window_minutes: The window's length.
        baseline: Quiet traffic.
        window: What is different in the window.
        anomalous: Whether an operator wants to be told.
        kinds: As what; empty for a quiet window.
        component: Where, of the first fault.
        faults: Each fault; none for a quiet window.
    """

    seed: int
    services: list[str] = Field(min_length=1)
    window_minutes: float = Field(gt=0)
    baseline: Baseline
    window: Window
    anomalous: bool
    kinds: list[Kind]
    component: str | None
    faults: list[Fault]

    @property
    def window_start(self) -> datetime:
        """When the baseline ends and the window begins."""
        return self.baseline.start + timedelta(hours=self.baseline.hours)

    @property
    def window_end(self) -> datetime:
        """When the window, and with it the log, ends."""
        return self.window_start + timedelta(minutes=self.window_minutes)

    @model_validator(mode="after")
    def _labels_agree(self) -> "Scenario":
        kinds = {kind for fault in self.faults for kind in fault.kinds}
        if self.anomalous != bool(self.faults) or set(self.kinds) != kinds:
            raise ValueError("'anomalous' and 'kinds' are not what 'faults' say")
        writing = {template.service for template in self.baseline.templates}
        if writing != set(self.services):
            raise ValueError("'services' are not those of the baseline's templates")
        return self


def load_scenarios(path: Path) -> list[tuple[Question, Scenario]]:
    """Read a golden set of windows.

    Raises:
        UsageError: The file cannot be read, or a line holds no scenario; the message names it.
    """
    return [(question, _scenario(question, path)) for question in load_questions(path)]


def _scenario(question: Question, path: Path) -> Scenario:
    calls = question.reference_tool_calls
    if [call.name for call in calls] != [CALL]:
        hint = f"name one call {CALL!r} under reference_tool_calls"
        raise UsageError(f"{path}: {question.id} holds no scenario", hint)
    try:
        return Scenario.model_validate(calls[0].args)
    except ValueError as error:
        lines = str(error).splitlines()
        said = " ".join(line.strip() for line in lines[1:3])
        raise UsageError(f"{path}: {question.id}: {said}", "correct it") from error
