"""What cannot be read around a run becomes a warning, and costs nobody its figures."""

import pytest
from fixtures.runs import make_run

from workbench.evaluation.datasets.looks import LOG
from workbench.evaluation.judges.cards import FOLDER
from workbench.evaluation.reports.context import context_of
from workbench.evaluation.reports.table import run_table
from workbench.evaluation.summary import summarise


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (LOG, "How often this set was scored is not known: evals/looks.jsonl, line 1: "),
        (FOLDER / "a.json", "What its judges are worth is not known: evals/judges/a.json"),
    ],
)
def test_a_damaged_file_is_a_warning_below_the_figures(tmp_path, file, told):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("{oops\n")
    run = make_run("r", {"judged_correctness": [1, 0]})
    context = context_of(run, tmp_path)
    (warning,) = context.warnings
    assert warning.startswith(told)
    assert str(tmp_path) not in warning
    text = " ".join(" ".join(run_table(summarise(run), context)).split())
    assert warning in text  # the table breaks long lines
    assert "judged_correctness" in text
