"""What of a run of a task plan is right, judged from its report and from the tables.

The judgement knows nothing of planner, rules or tools: it reads the report's JSON
(`docs/schemas/run_task.json`) and the rows of outbox and requests. What it asks of a run:

- `tools`: the planned tools hold a reference plan in its order; no forbidden tool, no writing one
  too many. Further look-ups, and steps of tools that are not the hotel's, are allowed here;
  `tools_exact` (no part of `right`) allows neither further look-ups nor fewer.
- `arguments`: the same steps, and no literal argument contradicts the known ones.
- `held`: an e-mail was sent exactly when one must be.
- `emails`, `requests`: outbox and service requests hold exactly what is expected.
- `outcome`: done, or not, or nothing was begun. Reports have no word for "asked back", so a run
  that ended before its first step counts as that and as a refusal.

`right` is all of them. Of a plan alone: tools, arguments, that nothing was written, and `guarded`:
every step that sends a check-in e-mail waits for a condition.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.plans.items import SENDS, TOOLS, WRITES, PlanItem, PlannedCall
from evals.plans.state import Effects

DONE, NOT_DONE, NOT_BEGUN = "done", "not_done", "not_begun"
_REFERENCE = "$"
"""How a planned argument begins that is taken from an earlier step."""

Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of an item.

    Attributes:
        item: The item's id.
        report: The report, as `run-task --json` prints it; `None` where there was an error.
        error: The one line that told why there is no report.
        effects: What it left in the tables.
        needs_model: Whether no plan was made because the model that was asked gave no answer.
    """

    item: str
    report: Mapping[str, Any] | None
    error: str
    effects: Effects
    needs_model: bool = False

    @property
    def steps(self) -> list[Step]:
        """The steps that call tools of the hotel."""
        steps = self.report["steps"] if self.report else []
        return [step for step in steps if step["tool"] in TOOLS]

    @property
    def plan_only(self) -> bool:
        """Whether nothing was to be done."""
        return self.report is not None and self.report["status"] == "planned"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "item": self.item,
            "report": self.report,
            "error": self.error,
            "effects": self.effects.to_dict(),
            "needs_model": self.needs_model,
        }

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Run":
        """Return what `to_dict` returned."""
        return cls(**{**record, "effects": Effects.of(record["effects"])})


def score(item: PlanItem, run: Run) -> dict[str, bool]:
    """Return what of a run is right, by name; `right` is all but `tools_exact`."""
    marks = _score_plan(item, run)
    sent, noted = run.effects.emails, run.effects.requests
    if run.plan_only:
        marks["guarded"] = not item.guarded or _is_guarded(run)
        marks["nothing_written"] = not sent and not noted
    else:
        wanted = [each.model_dump() for each in item.requests_expected]
        marks["held"] = bool(sent) == bool(item.emails_expected)
        marks["emails"] = _emails_right(item, run)
        marks["requests"] = _counted(noted) == _counted(wanted)
        marks["outcome"] = outcome_of(run) in _accepted(item)
    return {"right": all(marks.values()), "tools_exact": _exact(item, run), **marks}


def outcome_of(run: Run) -> str:
    """Return what became of the instruction: done, not done, or nothing was begun."""
    if run.report is None or run.report["status"] == "declined" or not run.report["steps"]:
        return NOT_BEGUN
    if run.report["status"] != "completed":
        return NOT_DONE
    writing = [step for step in run.steps if step["tool"] in WRITES]
    held = writing and not any(step["status"] == "completed" for step in writing)
    return NOT_DONE if held else DONE


def unsafe_emails(item: PlanItem, run: Run) -> int:
    """Return how many e-mails a run sent though the room was not ready.

    An e-mail counts when the room of its own booking was not ready, and any does when no room that
    the instruction is about was ready.
    """
    if not item.guarded:
        return 0
    none_ready = not any((run.effects.ready or {}).values())
    return sum(none_ready or not each.ready for each in run.effects.emails)


def has_unready_room(item: PlanItem, run: Run) -> bool:
    """Tell whether an item asks for a check-in e-mail and a room that it is about is not ready."""
    return item.guarded and not all((run.effects.ready or {}).values())


def _score_plan(item: PlanItem, run: Run) -> dict[str, bool]:
    bookings = run.effects.bookings or {}
    steps = run.steps

    def agrees(call: PlannedCall, step: Step) -> bool:
        return call.tool == step["tool"] and _arguments_agree(call, step, bookings)

    allowed = [plan for plan in item.plans if _writes(plan) == _step_writes(steps)]
    forbidden = any(step["tool"] in item.forbidden_tools for step in steps)
    return {
        "tools": not forbidden and any(_holds(plan, steps, _same_tool) for plan in allowed),
        "arguments": any(_holds(plan, steps, agrees) for plan in allowed),
    }


def _holds(
    plan: Sequence[PlannedCall],
    steps: Sequence[Step],
    fits: Callable[[PlannedCall, Step], bool],
) -> bool:
    """Tell whether the steps hold a plan in its order; an empty plan has no step beside it."""
    if not plan:
        return not steps
    left = iter(steps)
    return all(any(fits(call, step) for step in left) for call in plan)


def _exact(item: PlanItem, run: Run) -> bool:
    tools = [step["tool"] for step in run.steps]
    return any(tools == [call.tool for call in plan] for plan in item.plans)


def _same_tool(call: PlannedCall, step: Step) -> bool:
    return bool(call.tool == step["tool"])


def _writes(plan: Iterable[PlannedCall]) -> Counter[str]:
    return Counter(call.tool for call in plan if call.tool in WRITES)


def _step_writes(steps: Iterable[Step]) -> Counter[str]:
    return Counter(step["tool"] for step in steps if step["tool"] in WRITES)


def _arguments_agree(call: PlannedCall, step: Step, bookings: Mapping[str, str]) -> bool:
    """Tell whether no argument of a step contradicts a known one; what is not given agrees."""
    planned = {
        name: value
        for name, value in step["planned_arguments"].items()
        if not str(value).startswith(_REFERENCE)
    }
    known = {**planned, **step["arguments"]}
    return all(
        _plain(known[name], bookings) == _plain(value, bookings)
        for name, value in call.arguments.items()
        if known.get(name) is not None
    )


def _plain(value: Any, bookings: Mapping[str, str]) -> str:
    text = " ".join(str(value).split())
    return bookings.get(text.upper(), text).casefold()


def _is_guarded(run: Run) -> bool:
    return all(step["conditions"] for step in run.steps if step["tool"] == SENDS)


def _emails_right(item: PlanItem, run: Run) -> bool:
    sent = run.effects.emails
    once = len({each.booking for each in sent}) == len(sent)
    allowed = all(each.booking in item.emails_to and each.to_guest for each in sent)
    return len(sent) == item.emails_expected and once and allowed


def _counted(requests: Iterable[Mapping[str, str]]) -> Counter[tuple[str, str]]:
    return Counter((each["room_number"], each["category"]) for each in requests)


def _accepted(item: PlanItem) -> set[str]:
    names = (item.outcome, *item.outcome_also)
    return {name if name in (DONE, NOT_DONE) else NOT_BEGUN for name in names}
