"""A gate's verdict as JUnit XML, which CI servers read.

The elements and attributes are those that the schemas in use agree on (junit-10.xsd of Jenkins,
and the stricter one of Apache Ant's JUnit task): one suite with a case a metric that decides and
a case a critical item.
"""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from workbench.evaluation.gate.verdict import GateVerdict, Word
from workbench.evaluation.reports.figures import NONE
from workbench.evaluation.reports.text import cut, one_line
from workbench.evaluation.reports.verdicts import (
    CriticalRow,
    GateRow,
    critical_rows,
    gate_rows,
    warnings_of,
)
from workbench.evaluation.results import Results

_QUESTION = 300


def write_junit(path: Path, verdict: GateVerdict, results: Results | None) -> None:
    """Write a verdict as JUnit XML; what was there before is replaced.

    A FAIL is a failure; what is inconclusive or was not measured is skipped, with the reason. The
    critical items that were not found broken are one case together. Where no case accounts for the
    verdict, one of its own does.

    Args:
        path: The file.
        verdict: What the gate found.
        results: The run, for the questions of critical items; `None` where there is none.
    """
    whole = ElementTree.Element("testsuites")
    whole.append(_suite(verdict, _cases(verdict, results)))
    ElementTree.indent(whole)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(whole).write(path, encoding="utf-8", xml_declaration=True)


def _cases(verdict: GateVerdict, results: Results | None) -> list[ElementTree.Element]:
    metrics, critical = gate_rows(verdict), critical_rows(verdict)
    cases = [_case("metrics", row.metric, row.verdict, row.reasons, _line(row)) for row in metrics]
    for row in critical:
        cases.append(_case("critical", row.id, row.verdict, *_critical(row, results)))
    others = verdict["critical_checked"] - len(critical)
    if others > 0:
        cases.append(_case("critical", f"{others} others, none found broken", "PASS", "", ""))
    accounted = {row.verdict for row in metrics} | {row.verdict for row in critical}
    if verdict["verdict"] not in accounted:
        told = "; ".join(warnings_of(verdict)) or "see the metrics"
        cases.append(_case("verdict", "verdict", verdict["verdict"], told, told))
    return cases


def _suite(verdict: GateVerdict, cases: list[ElementTree.Element]) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite",
        {
            "name": one_line(f"workbench eval gate: {verdict['suite']}"),
            "tests": str(len(cases)),
            "failures": str(sum(case.find("failure") is not None for case in cases)),
            "errors": "0",
            "skipped": str(sum(case.find("skipped") is not None for case in cases)),
            "time": "0",
            "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
            "hostname": "localhost",
            "package": "workbench",
            "id": "0",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    named = (verdict["verdict"], verdict["run"], verdict["baseline"] or NONE)
    for name, value in zip(("verdict", "run", "baseline"), named, strict=True):
        ElementTree.SubElement(properties, "property", {"name": name, "value": one_line(value)})
    suite.extend(cases)
    told = [*(_line(row) for row in gate_rows(verdict)), *warnings_of(verdict)]
    ElementTree.SubElement(suite, "system-out").text = "\n".join(told)
    ElementTree.SubElement(suite, "system-err").text = ""
    return suite


def _line(row: GateRow) -> str:
    return (
        f"{row.metric}: {row.verdict}; mean {row.mean} {row.interval}, floor {row.floor};"
        f" difference {row.difference} {row.difference_interval}, at worst {row.bound},"
        f" margin {row.margin}; n {row.n}, coverage {row.coverage}"
    )


def _critical(row: CriticalRow, results: Results | None) -> tuple[str, str]:
    """Return what is said of a critical item, in short and at length."""
    item = results.items.get(row.id) if results else None
    question = one_line(str(item.record.get("question") or "")) if item else ""
    return row.reasons, f"{cut(question, _QUESTION)}\nfresh runs: {row.reruns}".strip()


def _case(group: str, name: str, verdict: Word, message: str, details: str) -> ElementTree.Element:
    attributes = {"classname": f"gate.{group}", "name": name, "time": "0"}
    case = ElementTree.Element("testcase", attributes)
    if verdict == "FAIL":
        failure = {"message": message, "type": "FAIL"}
        ElementTree.SubElement(case, "failure", failure).text = details
    elif verdict != "PASS":
        ElementTree.SubElement(case, "skipped", {"message": f"{verdict}: {message}"})
    return case
