"""`workbench run-task`: an instruction of several steps, planned, shown, confirmed and done."""

import sys
from typing import TYPE_CHECKING

import typer

from workbench.cli.asking import asked_model
from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.cli.pairs import read_pairs

if TYPE_CHECKING:
    from workbench.engine.tasks.report import TaskReport

_FAILED = ("failed", "declined")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run-task")(guarded(run_task))


def run_task(  # noqa: PLR0913 - each is an option of the command
    assistant: str = typer.Argument(..., help="The assistant whose tools are used."),
    instruction: str = typer.Argument(..., help="What is to be done; '-' reads it from stdin."),
    values: list[str] = typer.Option(
        [], "--set", metavar="NAME=VALUE", help="A value for it, such as booking_id=BOOK001."
    ),
    plan_only: bool = typer.Option(False, "--plan-only", help="Show the plan and do nothing."),
    yes: bool = typer.Option(False, "--yes", help="Confirm a plan that changes something."),
    again: bool = typer.Option(
        False, "--again", help="Send once more what was sent before, by whomever."
    ),
    model: str | None = typer.Option(None, "--model", help="The model that plans."),
    json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Carry out an instruction of several steps; a task that broke off is gone on with."""
    from workbench.cli.running import run_async

    text = sys.stdin.read() if instruction == "-" else instruction
    given = read_pairs(values, "value")
    try:
        report = run_async(
            _run(assistant, text, given, model, plan_only=plan_only, yes=yes, again=again)
        )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "interrupted; the same command goes on where this one was"
        ) from None
    if json:
        print_json(report.to_dict())
    else:
        _print(report)
    if report.status in _FAILED:
        raise typer.Exit(1)


async def _run(
    name: str, instruction: str, given: dict[str, str], model_name: str | None, *,
    plan_only: bool, yes: bool, again: bool,
) -> "TaskReport":  # fmt: skip
    from workbench.assistants import get_assistant
    from workbench.assistants.task_files import load_task_files
    from workbench.config import load_settings
    from workbench.engine.session import checked_question

    settings = load_settings(model=model_name)
    assistant = get_assistant(name, settings.workspace)
    declared, tools = load_task_files(assistant, settings.workspace)
    checked_question(instruction)
    from workbench.engine.tasks.opening import open_setting
    from workbench.engine.tasks.running import run_task as carry_out
    from workbench.engine.tasks.telling import plan_lines

    progress = Progress()

    async def confirm(report: "TaskReport") -> bool:
        progress.done()
        for line in plan_lines(report):
            note(line)
        return _confirmed(yes=yes)

    with asked_model(settings, progress) as model:
        setting = await open_setting(settings, assistant, tools, declared, model.text, progress)
        return await carry_out(
            setting,
            instruction,
            given,
            confirm=confirm,
            emit=lambda event: _show(event, progress),
            plan_only=plan_only,
            again=again,
        )


def _confirmed(*, yes: bool) -> bool:
    if yes:
        return True
    if sys.stdin.isatty():
        return typer.confirm("Do this?", err=True)
    note("not done without --yes")
    return False


def _show(event: object, progress: Progress) -> None:
    from workbench.engine.events import PlanStep

    if isinstance(event, PlanStep) and event.status != "planned":
        progress(f"step {event.number} {event.action}: {event.status.replace('_', ' ')}")


def _print(report: "TaskReport") -> None:
    from workbench.engine.tasks.telling import plan_lines

    if report.status == "planned":
        for line in plan_lines(report):
            print_line(line)
        print_line(f"\nplanned by: {report.planned_by}; nothing was done")
        return
    for state in report.steps if report.id else ():
        words = state.status.replace("_", " ")
        print_line(f"{state.number}. {state.step.name:24} {words:10} {state.seconds:6.2f} s")
    resumed = ", gone on with" if report.resumed else ""
    print_line(f"\n{report.id or 'no task'}{resumed}: {report.status}")
    print_line(report.summary)
