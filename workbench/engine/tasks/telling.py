"""Saying what came of a task, by rule, in the language of its instruction."""

from collections.abc import Sequence
from typing import Any

from workbench.engine.tasks.plan import GIVEN, Plan, as_reference
from workbench.engine.tasks.report import StepState, TaskReport, TaskStatus

_SAID = {
    "en": {
        "stopped": "Stopped at step {number} ({name}): {why}.",
        "skipped": "Step {number} ({name}) was left out: {why}.",
        "needs_skipped": "what it needs was left out",
        "failed": "Step {number} ({name}) failed{attempts}: {why}.",
        "attempts": " after {count} attempts",
        "open": "Not done: {names}.",
        "condition": "it had to hold that {condition}",
        "declined": "Nothing was done: the plan was not confirmed.",
        "before": "Done before already: {text}",
        "left_out": "No tool does this, so it is not part of the task: {texts}.",
        "doubts": "Nothing is sent or created: {texts} makes it doubtful; say plainly what is "
        "to be done.",
    },
    "vi": {
        "stopped": "Đã dừng ở bước {number} ({name}): {why}.",
        "skipped": "Bỏ qua bước {number} ({name}): {why}.",
        "needs_skipped": "bước mà nó cần đã bị bỏ qua",
        "failed": "Bước {number} ({name}) không thực hiện được{attempts}: {why}.",
        "attempts": " sau {count} lần thử",
        "open": "Chưa thực hiện: {names}.",
        "condition": "điều kiện không thỏa: {condition}",
        "declined": "Không thực hiện gì: kế hoạch chưa được xác nhận.",
        "before": "Đã thực hiện trước đó: {text}",
        "left_out": "Không có công cụ nào làm việc này nên không nằm trong kế hoạch: {texts}.",
        "doubts": "Không gửi và không tạo gì: {texts} khiến việc này chưa rõ ràng; hãy nói rõ "
        "cần làm gì.",
    },
    "id": {
        "stopped": "Berhenti pada langkah {number} ({name}): {why}.",
        "skipped": "Langkah {number} ({name}) dilewati: {why}.",
        "needs_skipped": "langkah yang dibutuhkannya dilewati",
        "failed": "Langkah {number} ({name}) gagal{attempts}: {why}.",
        "attempts": " setelah {count} percobaan",
        "open": "Belum dilakukan: {names}.",
        "condition": "syarat tidak terpenuhi: {condition}",
        "declined": "Tidak ada yang dilakukan: rencana tidak disetujui.",
        "before": "Sudah dilakukan sebelumnya: {text}",
        "left_out": "Tidak ada alat untuk ini, jadi tidak termasuk dalam tugas: {texts}.",
        "doubts": "Tidak ada yang dikirim atau dibuat: {texts} membuatnya meragukan; katakan "
        "dengan jelas apa yang harus dilakukan.",
    },
}
_OPEN = ("stopped", "failed", "not_run")


def task_status(steps: Sequence[StepState]) -> TaskStatus:
    """Return how a task ended, from how its steps did."""
    statuses = {state.status for state in steps}
    if "failed" in statuses:
        return "failed"
    return "stopped" if "stopped" in statuses else "completed"


def summary(
    steps: Sequence[StepState],
    lang: str,
    left_out: Sequence[str] = (),
    doubts: Sequence[str] = (),
) -> str:
    """Return what came of a task: what was found and done, why it ended, what was not done.

    Args:
        steps: Its steps.
        lang: The language.
        left_out: What was asked besides and no tool does.
        doubts: The words for which nothing that changes something was planned.
    """
    said = _SAID.get(lang, _SAID["en"])
    told = [_told(state, said) for state in steps if state.status == "completed" and state.text]
    ended = [_ending(state, said, lang) for state in steps if state.status in said]
    open_names = [state.step.name for state in steps if state.status in _OPEN]
    if open_names:
        ended.append(said["open"].format(names=", ".join(open_names)))
    ended += [told_left_out(left_out, lang)] if left_out else []
    ended += [told_doubts(doubts, lang)] if doubts else []
    return " ".join([*told, *ended])


def told_left_out(texts: Sequence[str], lang: str) -> str:
    """Return that a plan leaves something out since no tool does it; nothing where it does not."""
    if not texts:
        return ""
    quoted = ", ".join(f'"{text}"' for text in texts)
    return _SAID.get(lang, _SAID["en"])["left_out"].format(texts=quoted)


def told_doubts(texts: Sequence[str], lang: str) -> str:
    """Return that a plan changes nothing for the words that make it doubtful; nothing without."""
    if not texts:
        return ""
    quoted = ", ".join(f'"{text}"' for text in texts)
    return _SAID.get(lang, _SAID["en"])["doubts"].format(texts=quoted)


def told_not_planned(plan: Plan, lang: str) -> str:
    """Return what a plan leaves out, and why; nothing where it leaves nothing out."""
    told = (told_left_out(plan.left_out, lang), told_doubts(plan.doubts, lang))
    return " ".join(one for one in told if one)


def declined(lang: str) -> str:
    """Return what is said of a task that was not confirmed."""
    return _SAID.get(lang, _SAID["en"])["declined"]


def plan_lines(report: TaskReport) -> list[str]:
    """Return a plan as people read it: each step, and what must hold for it."""
    lines = []
    for state in report.steps:
        arguments = ", ".join(
            f"{name}={_shown(value, report)}" for name, value in state.step.arguments.items()
        )
        lines.append(f"{state.number}. {state.step.name}: {state.step.tool}({arguments})")
        for condition in state.step.conditions:
            shown = condition.model_copy(update={"value": _shown(condition.value, report)})
            lines.append(f"   only if {shown}, else {state.step.otherwise}")
    if report.status == "planned" and report.summary:
        lines.append(report.summary)
    return lines


def _shown(value: Any, report: TaskReport) -> Any:
    """Return what an argument is, with given values in the place of their names."""
    reference = as_reference(value)
    if reference is None or reference.source != GIVEN:
        return value
    return report.given[reference.field]


def _told(state: StepState, said: dict[str, str]) -> str:
    return said["before"].format(text=state.text) if state.kept and state.effect else state.text


def _ending(state: StepState, said: dict[str, str], lang: str) -> str:
    attempts = said["attempts"].format(count=state.attempts) if state.attempts > 1 else ""
    return said[state.status].format(
        number=state.number, name=state.step.name, why=_why(state, said, lang), attempts=attempts
    )


def _why(state: StepState, said: dict[str, str], lang: str) -> str:
    found = state.text.rstrip(".")
    condition = state.failed_condition
    if condition is None:
        return found or said["needs_skipped"]
    reference = as_reference(condition.of)
    plain = str(condition).replace(condition.of, reference.field if reference else condition.of, 1)
    because = condition.because.get(lang, condition.because.get("en", ""))
    reason = because or said["condition"].format(condition=plain)
    return f"{reason} ({found})" if found else reason
