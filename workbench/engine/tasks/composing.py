"""Making a plan of an instruction by rule, where no recipe fits and before a model is asked.

Each clause becomes a step of the tool that it asks for, with the look-ups that the step needs
before it and the conditions that the words set. A plan is only made where every clause is
understood or plainly asks for what no tool does; that is then said.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from workbench.engine.tasks.checking import Bounds
from workbench.engine.tasks.clauses import Clause, Term, UnclearError, read_clauses
from workbench.engine.tasks.loose import Loose, Shares, settle
from workbench.engine.tasks.plan import Condition, Otherwise, Plan, PlanError, as_reference
from workbench.engine.tasks.supplying import Arguments, Steps, Supplier
from workbench.engine.tasks.times import check_time
from workbench.engine.tools.tool import Tool

RouteText = Callable[[str], Awaitable[Shares]]
"""Takes a text; returns how likely each tool is meant."""


async def compose(instruction: str, bounds: Bounds, route: RouteText, today: date) -> Plan | None:
    """Return a plan for an instruction; `None` where rules cannot tell what is wanted.

    Args:
        instruction: What was asked, in NFC.
        bounds: What the plan may use.
        route: Tells which tool a clause means whose words do not.
        today: The assistant's date.

    Raises:
        PlanError: No tool does any of it, or it does not name what a step is about.
    """
    try:
        clauses = read_clauses(instruction, bounds.declared)
        loose = Loose(bounds.tools, route, today)
        settled = await settle(clauses, instruction, loose)
        if not settled.clauses:
            raise PlanError(
                "no tool does what the instruction asks", "ask it as a question: workbench ask"
            )
        return _Composer(instruction, bounds, today, settled.clauses).plan(settled.left_out)
    except UnclearError:
        return None


class _Composer:
    def __init__(
        self, instruction: str, bounds: Bounds, today: date, clauses: Sequence[Clause]
    ) -> None:
        self._bounds = bounds
        self._clauses = clauses
        self._steps = Steps()
        self._supplier = Supplier(bounds, instruction, today, self._steps)
        self._otherwise = _otherwise(clauses)

    def plan(self, left_out: Sequence[str]) -> Plan:
        """Return the plan of all clauses."""
        for clause in self._clauses:
            tool = self._bounds.tools[clause.tool]
            calls = self._supplier.calls(tool, clause.text)
            if len(calls) > 1 and clause.when:
                raise UnclearError
            for call in calls:
                self._add(clause, tool, call)
        return Plan(steps=tuple(self._steps.made), left_out=tuple(left_out))

    def _add(self, clause: Clause, tool: Tool, call: Arguments) -> None:
        """Add the step of a call, with what it needs before it."""
        named = self._supplier.supply(tool, call, clause.text, only_named=True) or {}
        held = (one for term in clause.when for one in self._held(term, named))
        conditions = tuple({str(one): one for one in held}.values())
        self._steps.conditions, self._steps.otherwise = conditions, self._otherwise
        try:
            arguments = self._supplier.supply(tool, named, clause.text)
            if arguments is None:
                raise self._lacking(tool, named)
            if tool.writes:
                check_time(clause.text, arguments.values())
                self._steps.add(tool.name, arguments)
            else:
                self._steps.look_up(tool.name, arguments)
        finally:
            self._steps.conditions, self._steps.otherwise = (), "stop"

    def _held(self, term: Term, named: Mapping[str, object]) -> list[Condition]:
        """Return the conditions of a term, after the look-up that they are about."""
        tool = self._bounds.tools[term.state.tool]
        calls = self._supplier.calls(tool, term.text)
        if len(calls) > 1:
            raise UnclearError
        shared = {name: named[name] for name in tool.arguments.model_fields if name in named}
        known = {**calls[0], **({} if calls[0] else shared)}
        arguments = self._supplier.supply(tool, known, term.text, beside=named)
        if arguments is None:
            raise UnclearError
        number = self._steps.look_up(tool.name, arguments)
        conditions = term.state.holds if term.so else term.state.fails
        return [_about(one, number) for one in conditions]

    def _lacking(self, tool: Tool, named: Mapping[str, object]) -> Exception:
        """Return why a call cannot be made: nobody names what it is about, or it is not clear."""
        lacking = self._supplier.unnamed(tool, named)
        if not lacking:
            return UnclearError()
        return PlanError(
            f"the instruction does not say {lacking}", f"name it, or --set {lacking}=..."
        )


def _about(condition: Condition, number: int) -> Condition:
    reference = as_reference(condition.of)
    assert reference is not None
    return condition.model_copy(update={"of": f"${number}.{reference.field}"})


def _otherwise(clauses: Sequence[Clause]) -> Otherwise:
    """Return what happens where a condition does not hold: what has another one still goes on."""
    wanted = {
        frozenset((one.state.words, one.so) for one in clause.when)
        for clause in clauses
        if not clause.looks
    }
    return "skip" if len(wanted) > 1 else "stop"
