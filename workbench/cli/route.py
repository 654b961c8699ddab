"""`workbench route`: where a text goes, and routers of one's own."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.engine.routing.router import Route, Router
    from workbench.engine.routing.shelf import Shelf

TEXT = "text"
_SHOWN = 10


class TextOrCommand(TyperGroup):
    """A group whose first word is a text to route where it names none of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command `text` before what is no command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [TEXT, *args]
        found: list[str] = super().parse_args(ctx, args)
        return found


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        cls=TextOrCommand,
        help='Tell where a text goes: workbench route "TEXT"; train and evaluate routers.',
        no_args_is_help=True,
        subcommand_metavar="TEXT | COMMAND [ARGS]...",
    )
    group.command(TEXT)(guarded(route_text))
    group.command("train")(guarded(train))
    group.command("eval")(guarded(evaluate))
    group.command("list")(guarded(list_routers))
    group.command("remove")(guarded(remove))
    app.add_typer(group, name="route")


def route_text(
    text: str = typer.Argument(..., help="The text; '-' reads it from stdin."),
    assistant: str | None = typer.Option(None, "--assistant", help="By an assistant's examples."),
    router: str | None = typer.Option(None, "--router", help="By a router trained here."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Tell where a text goes; the word "text" may be left out."""
    if assistant is not None and router is not None:
        raise UsageError("there are two who could route", "name an assistant or a router")
    from workbench.cli.running import run_async
    from workbench.config import load_settings

    settings = load_settings()
    given = sys.stdin.read() if text == "-" else text
    if router is not None:
        name, chosen = router, _shelf(settings).router(router)
    else:
        name, chosen = assistant or settings.assistant, None
    found = run_async((chosen or _of_assistant(settings, name)).route(given))
    if json:
        print_json({"router": name, **_document(found)})
    else:
        _show(found)


def train(
    data: Path = typer.Argument(..., help="Labelled texts, JSONL; no label: out of scope."),
    name: str = typer.Option(..., "--name", help="The router's name."),
    json: bool = typer.Option(False, "--json", help="Print its card as JSON."),
) -> None:
    """Train a router from labelled texts, judge it on texts that it has not learned from, keep it.

    A router of the same name is replaced.
    """
    _one_thread()
    from workbench.config import load_settings
    from workbench.engine.embeddings import load_embedder
    from workbench.engine.routing.shelf import Shelf, check_name
    from workbench.engine.routing.vectors import KeptVectors
    from workbench.evaluation.routers import train_from

    check_name(name)
    settings = load_settings()
    embedder = load_embedder(settings)
    kept = KeptVectors(embedder, settings.cache_dir / "routes")
    progress = Progress()
    trained = train_from(data, embedder, progress, kept)
    progress.done()
    card = Shelf(settings.workspace, embedder).keep(name, trained.router, trained.card)
    for warning in card["warnings"]:
        note(f"workbench: {warning}")
    print_json(card) if json else _show_card(card)


def evaluate(
    name: str = typer.Argument(..., help="A router trained here."),
    data: Path = typer.Argument(..., help="Labelled texts, JSONL; no label: out of scope."),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Measure a router on labelled texts, one text at a time."""
    from workbench.config import load_settings
    from workbench.evaluation.routers import evaluate as measure

    progress = Progress()
    measured = measure(_shelf(load_settings()).router(name), name, data, progress)
    progress.done()
    print_json(measured) if json else _show_measured(measured)


def list_routers(json: bool = typer.Option(False, "--json", help="Print the cards.")) -> None:
    """List the routers trained here."""
    from workbench.config import load_settings

    shelf = _shelf(load_settings())
    cards = [shelf.card(name) for name in shelf.names()]
    if json:
        print_json(cards)
        return
    for card in cards:
        _show_card(card)
    if not cards:
        note("there is no router yet: workbench route train DATA.jsonl --name NAME")


def remove(name: str = typer.Argument(..., help="A router trained here.")) -> None:
    """Remove a router."""
    from workbench.config import load_settings

    _shelf(load_settings()).remove(name)
    note(f"{name} is gone")


def _one_thread() -> None:
    """Keep linear algebra to one thread, unless something else is set.

    The products are small: more threads gain little, and on a busy machine they wait for each other
    most of the time.
    """
    import os

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _shelf(settings: "Settings") -> "Shelf":
    from workbench.engine.embeddings import load_embedder
    from workbench.engine.routing.shelf import Shelf

    return Shelf(settings.workspace, load_embedder(settings))


def _of_assistant(settings: "Settings", name: str) -> "Router":
    """Return the router of an assistant, which learns from its examples.

    Raises:
        UsageError: The assistant has none.
    """
    from workbench.assistants import get_assistant
    from workbench.engine.assisting import train_router
    from workbench.engine.embeddings import load_embedder
    from workbench.engine.routing.examples import load_examples
    from workbench.engine.routing.vectors import KeptVectors

    assistant = get_assistant(name, settings.workspace)
    if assistant.routes is None:
        raise UsageError(f"assistant {name} has no examples to route by", "add --router NAME")
    embedder = load_embedder(settings)
    kept = KeptVectors(embedder, settings.cache_dir / "routes")
    return train_router(assistant, load_examples(assistant.routes), embedder, kept)


def _document(route: "Route") -> dict[str, Any]:
    return {
        "outcome": route.outcome,
        "labels": list(route.labels),
        "probabilities": dict(route.probabilities),
        "confidence": route.confidence,
        "doubt": route.doubt,
        "method": route.method,
        "seconds": route.seconds,
    }


def _show(route: "Route") -> None:
    labels = ", ".join(route.labels) or "out of scope"
    said = f"unsure, perhaps {labels}" if route.doubt else labels
    sure = "" if route.confidence is None else f"  confidence {route.confidence:.2f}"
    print_line(f"{said}{sure}  ({1_000 * route.seconds:.0f} ms)")
    if route.doubt:
        note(route.doubt)


def _show_card(card: dict[str, Any]) -> None:
    data, validation = card["data"], card["validation"]
    print_line(
        f"{card['name']} v{card['version']}  {len(data['labels'])} labels, {data['n']} examples"
        f" ({data['out_of_scope']} out of scope)  accuracy {_interval(validation['accuracy'])}"
        f"  ece {validation['ece']:.3f}  {card['seconds']:.0f} s  {card['bytes'] / 1e6:.1f} MB"
    )


def _show_measured(measured: dict[str, Any]) -> None:
    for key in ("accuracy", "in_scope_accuracy", "oos_recall", "oos_precision"):
        print_line(f"{key:18} {_interval(measured[key])}")
    for key in ("macro_f1", "ece", "p50_ms", "p95_ms"):
        value = measured[key]
        print_line(f"{key:18} {'-' if value is None else format(value, '.3f')}")
    sure = measured["sure"]
    print_line(f"{'sure of':18} {_interval(sure['share'])}, of these right")
    print_line(f"{'':18} {_interval(sure['accuracy'])}")
    for row in measured["labels"][:_SHOWN]:
        print_line(f"recall {row['label']:25} {_interval(row['recall'])}")
    for pair in measured["confusion"][:_SHOWN]:
        expected, given = (", ".join(pair[key]) or "out of scope" for key in ("expected", "given"))
        print_line(f"{pair['count']:4} times {expected} was routed to {given}")


def _interval(given: dict[str, Any]) -> str:
    if given["value"] is None:
        return "- (n 0)"
    return f"{given['value']:.3f} [{given['low']:.3f}, {given['high']:.3f}] (n {given['n']})"
