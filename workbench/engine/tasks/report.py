"""What is known of a task and of its steps, while it runs and afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.engine.tasks.plan import Condition, Step

StepStatus = Literal[
    "planned", "running", "completed", "skipped", "stopped", "failed", "not_run"
]  # fmt: skip
TaskStatus = Literal["planned", "declined", "completed", "stopped", "failed"]


@dataclass(slots=True, kw_only=True)
class StepState:
    """How far a step came.

    Attributes:
        number: Its number, from 1.
        step: As it was planned.
        status: "planned", "running", "completed", "skipped" (its condition did not hold, or what it
            needs was skipped), "stopped" (its condition did not hold, which ended the task),
            "failed", or "not_run" (the task ended before it).
        arguments: What its tool was given, every reference resolved.
        data: What the tool gave.
        text: That in words, or why the step was not done.
        code: Why the tool failed; empty when it did not.
        failed_condition: The condition that did not hold.
        rule: The rule that did not let it be done; empty when none stood in the way.
        attempts: How often the tool was called.
        seconds: How long the step took.
        kept: Whether its result is that of an earlier run of the same task, or of another task that
            did the same thing.
        effect: The key of what it does, for a tool that does the same thing once.
    """

    number: int
    step: Step
    status: StepStatus = "planned"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    code: str = ""
    failed_condition: Condition | None = None
    rule: str = ""
    attempts: int = 0
    seconds: float = 0.0
    kept: bool = False
    effect: str = ""

    @classmethod
    def restored(cls, step: Step, record: Mapping[str, Any]) -> "StepState":
        """Return the state of a step as `to_dict` wrote it, without what is said of its faults."""
        names = ("number", "status", "arguments", "data", "text", "attempts", "seconds")
        return cls(step=step, **{name: record[name] for name in names})

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "number": self.number,
            "action": self.step.name,
            "tool": self.step.tool,
            "planned_arguments": dict(self.step.arguments),
            "conditions": [str(one) for one in self.step.conditions],
            "otherwise": self.step.otherwise,
            "status": self.status,
            "arguments": dict(self.arguments),
            "data": dict(self.data),
            "text": self.text,
            "code": self.code or None,
            "failed_condition": str(self.failed_condition) if self.failed_condition else None,
            "rule": self.rule or None,
            "attempts": self.attempts,
            "seconds": round(self.seconds, 3),
            "kept": self.kept,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReport:
    """What came of a task; the document of `workbench run-task --json`.

    Attributes:
        id: The task's id; `None` for one that was not begun.
        assistant: Whose tools were used.
        instruction: What was asked.
        lang: Its language, which is that of the summary.
        given: The values that came with it, those that its words name, and the date.
        planned_by: Who made the plan: "model", "rules", or "recipe NAME".
        status: "planned" (only the plan was wanted), "declined" (the operator said no),
            "completed", "stopped" (a condition did not hold) or "failed".
        resumed: Whether it went on where an earlier run of the same task broke off.
        steps: Its steps.
        summary: What came of it, in words; of a plan, what it leaves out.
        seconds: How long it took.
    """

    id: str | None
    assistant: str
    instruction: str
    lang: str
    given: Mapping[str, Any]
    planned_by: str
    status: TaskStatus
    resumed: bool = False
    steps: Sequence[StepState]
    summary: str = ""
    seconds: float = 0.0

    @property
    def results(self) -> dict[str, Any]:
        """What the completed steps gave, by name; the latest counts."""
        return merged_results(self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types."""
        return {
            "task_id": self.id,
            "assistant": self.assistant,
            "instruction": self.instruction,
            "lang": self.lang,
            "given": dict(self.given),
            "planned_by": self.planned_by,
            "status": self.status,
            "resumed": self.resumed,
            "steps": [one.to_dict() for one in self.steps],
            "results": self.results,
            "summary": self.summary,
            "seconds": round(self.seconds, 3),
        }


def merged_results(steps: Sequence[StepState]) -> dict[str, Any]:
    """Return what completed steps gave, by name; the latest counts."""
    results: dict[str, Any] = {}
    for state in steps:
        if state.status == "completed":
            results |= state.data
    return results
