import ast
from pathlib import Path

import workbench.evaluation.metrics as metrics

GUARDS = {"citations", "citing", "refusing", "text"}


def test_no_metric_imports_a_guard_that_it_judges():
    files = list(Path(metrics.__file__).parent.glob("*.py"))
    imported = {
        node.module
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert "workbench.engine.language" in imported
    assert not imported & {f"workbench.engine.{guard}" for guard in GUARDS}
