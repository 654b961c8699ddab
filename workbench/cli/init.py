"""`workbench init`: a new workspace from one's own folder of documents."""

import re
from pathlib import Path

import typer

from workbench.cli.output import guarded, note

_DOCUMENTS = (".md", ".txt", ".pdf", ".html", ".htm")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(guarded(init))


def init(
    folder: Path = typer.Argument(..., metavar="DIR", help="The folder; made if it is not there."),
    title: str | None = typer.Option(None, "--title", help="The name shown to people."),
    documents: Path | None = typer.Option(
        None, "--documents", help="Where the documents lie, if not in DIR."
    ),
) -> None:
    """Make DIR a workspace whose assistant answers from its documents."""
    from workbench.assistants.scaffold import scaffold_assistant
    from workbench.errors import UsageError
    from workbench.locations import WORKSPACE_FILE

    file = folder / WORKSPACE_FILE
    if file.exists():
        raise UsageError(f"{folder} is a workspace already", f"see {file}")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "documents"
    corpus = _corpus(folder, documents)
    scaffold_assistant(folder / "assistants" / name, title or folder.resolve().name, corpus)
    file.write_text(f'assistant = "{name}"\nmodel = "auto"\n', encoding="utf-8")
    count = _count(folder / corpus)
    note(f"{folder} is a workspace now; its assistant {name!r} reads {count} documents")
    if not count:
        note(f"put documents ({', '.join(_DOCUMENTS)}) in {folder / corpus}, then:")
    note(f"next: cd {folder} && workbench chat")


def _corpus(folder: Path, documents: Path | None) -> str:
    from workbench.errors import UsageError

    if documents is not None:
        if not documents.is_dir():
            raise UsageError(f"{documents} is not a folder", "name the folder of the documents")
        return str(documents.resolve())
    if _count(folder):
        return "."
    (folder / "corpus").mkdir(exist_ok=True)
    return "corpus"


def _count(folder: Path) -> int:
    return sum(
        1
        for path in folder.rglob("*")
        if path.suffix.lower() in _DOCUMENTS
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
