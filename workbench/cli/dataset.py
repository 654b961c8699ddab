"""`workbench dataset`: check, describe, split and clean question sets."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.evaluation.datasets.checking import Report


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Check, describe, split and clean sets.", no_args_is_help=True)
    group.command("check")(guarded(check))
    group.command("stats")(guarded(stats))
    group.command("split")(guarded(split))
    group.command("dedupe")(guarded(dedupe))
    app.add_typer(group, name="dataset")


def check(
    path: Path = typer.Argument(..., help="A JSONL file, or a folder with a card."),
    corpus: Path | None = typer.Option(None, "--corpus", help="A folder or JSONL of documents."),
    fix: bool = typer.Option(False, "--fix", help="Write the files' hashes into the card first."),
    json: bool = typer.Option(False, "--json", help="Print the findings as JSON."),
) -> None:
    """Check every line, reference and fact, and that the parts of a folder share nothing."""
    from workbench.evaluation.datasets.card import fix_hashes, read_card
    from workbench.evaluation.datasets.checking import check_dataset

    if fix:
        fix_hashes(read_card(path))
    report = check_dataset(path, corpus)
    print_json(report.to_dict()) if json else _show_report(report)
    if report.errors:
        first = report.errors[0]
        count = f"{len(report.errors)} error{'s' if len(report.errors) > 1 else ''}"
        raise UsageError(f"{path} has {count}; the first: {first.place()}: {first.said()}")


def stats(
    path: Path = typer.Argument(..., help="A JSONL file, or a folder with a card."),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Count the questions by kind, and tell which differences so many can show."""
    from workbench.evaluation.datasets.stats import describe

    described = describe(path)
    if json:
        print_json(described)
        return
    for figures in described["files"]:
        _show_figures(figures)


def split(
    path: Path = typer.Argument(..., help="The question set, JSONL."),
    output: Path = typer.Option(..., "--output", help="The folder of the parts."),
    shares: str = typer.Option("60,20,20", "--shares", help="Percent for train, dev and test."),
    seed: int = typer.Option(7, "--seed", help="The same seed makes the same parts."),
) -> None:
    """Split a set into train, dev and test parts; no cluster is cut."""
    from workbench.evaluation.datasets.splitting import parse_shares, split_dataset

    done = split_dataset(path, output, parse_shares(shares), seed)
    total = sum(len(lines) for lines in done.lines.values())
    for name, file in done.files.items():
        count = len(done.lines[name])
        print_line(f"{file}: {count} questions ({count / total:.0%})")
    note(f"{done.groups} groups of questions were kept whole")


def dedupe(
    path: Path = typer.Argument(..., help="The question set, JSONL."),
    against: Path | None = typer.Option(None, "--against", help="Another set to compare with."),
    cosine: bool = typer.Option(False, "--cosine", help="Compare by meaning as well."),
    output: Path | None = typer.Option(None, "--output", help="The cleaned copy to make."),
) -> None:
    """Find questions that are asked twice; with --output, write a copy without them."""
    from workbench.evaluation.datasets.dedupe import find_duplicates

    if output is not None and output.exists():
        raise UsageError(f"{output} is already there", "name another file")
    found = find_duplicates(path, against, _encoder() if cosine else None)
    for duplicate in found.duplicates:
        print_line(duplicate.one_line())
    note(f"{path}: {len(found.duplicates)} asked twice, {len(found.kept)} others")
    if output is not None:
        found.write(output)


def _encoder() -> "Callable[[str], list[float]]":
    from workbench.config import load_settings
    from workbench.engine.embeddings import load_embedder

    return load_embedder(load_settings()).embed_query


def _show_report(report: "Report") -> None:
    for finding in report.findings:
        print_line(finding.one_line())
    print_line(
        f"{report.path}: {report.questions} questions in {len(report.files)} files,"
        f" {report.looked_up} of {report.facts} facts looked up,"
        f" errors: {len(report.errors)}, warnings: {len(report.warnings)}"
    )


def _show_figures(figures: dict[str, Any]) -> None:
    print_line(
        f"{figures['file']}: {figures['n']} questions, {figures['answerable']} answerable,"
        f" {figures['critical']} critical, {figures['with_history']} with a history"
    )
    clusters = figures["clusters"]
    print_line(f"  clusters   {clusters['n']}, the largest of {clusters['largest']}")
    for label, key in (("languages", "langs"), ("tags", "tags")):
        counts = ", ".join(f"{name or '-'} {count}" for name, count in figures[key].items())
        print_line(f"  {label:10} {counts or 'none'}")
    for key, lengths in figures["words"].items():
        if lengths:
            said = f"{lengths['min']} to {lengths['max']} words, median {lengths['median']:g}"
            print_line(f"  {key:10} {said}")
    for name, shown in figures["precision"].items():
        if shown["n"]:
            print_line(
                f"  {name:12} n {shown['n']}: 80% is known to ±{shown['half_width']:.1f} points;"
                f" two systems that differ on 10%: from {shown['detectable']:.1f} points"
            )
