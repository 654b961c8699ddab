"""`workbench judge`: how far a model that judges agrees with people."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.evaluation.judges.labelled import LabelledSet
    from workbench.evaluation.judges.runs import Calibration

HALVES = ("card", "tuning")


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Judge the judges.", no_args_is_help=True)
    group.command("calibrate")(guarded(calibrate))
    group.command("list")(guarded(list_cards))
    group.command("show")(guarded(show))
    app.add_typer(group, name="judge")


def calibrate(  # noqa: PLR0913 - each is an option of the command
    name: str = typer.Argument(..., help="The judge: a model, an endpoint, or answer_accuracy."),
    data: Path | None = typer.Option(None, "--data", help="Your own labels, JSONL."),
    sets: list[str] = typer.Option(
        [], "--set", help="evouna, mtrag, qags, ragchecker or llmbar; all without it."
    ),
    model: str | None = typer.Option(None, "--model", help="The model, where NAME is another."),
    limit: int | None = typer.Option(None, "--limit", min=1, help="Labels a set, for a trial."),
    half: str = typer.Option("card", "--half", help="tuning: try the prompts on the other half."),
    output: Path | None = typer.Option(None, "--output", help="The folder of the cards."),
    json: bool = typer.Option(False, "--json", help="Print the cards as JSON."),
) -> None:
    """Measure a judge against people's verdicts; what is finished is kept and not asked again.

    --limit alone writes no card unless --output names a folder, and --half tuning never does.
    """
    if half not in HALVES:
        raise UsageError(f"there is no half {half!r}", f"there are: {', '.join(HALVES)}")
    if half == "tuning" and output is not None:
        raise UsageError("cards come from the other half", "leave out --half or --output")
    from workbench.config import load_settings
    from workbench.evaluation.judges.calibration import Plan
    from workbench.evaluation.judges.cards import FOLDER, check_name
    from workbench.evaluation.judges.runs import Calibration, unfinished
    from workbench.evaluation.judges.sampling import SIZE

    check_name(name)
    settings = load_settings()
    trial = limit is not None or half == "tuning"
    asked = Calibration(
        name=name,
        model=model or name,
        sets=_labelled(name, data, sets),
        plan=Plan(size=min(limit or SIZE, SIZE), half="tuning" if half == "tuning" else "card"),
        output=output or (None if trial else settings.workspace / FOLDER),
    )
    cards = _run(settings, asked)
    print_json({"judge": name, "cards": cards}) if json else _show(cards)
    note(f"cards: {asked.output}" if asked.output else "a trial: no card was written")
    if left := unfinished(cards):
        note(f"workbench: {left} labels got no verdict: run it again, the others are kept")
        raise typer.Exit(1)


def list_cards(
    folder: Path | None = typer.Option(None, "--folder", help="The folder of the cards."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """List the cards: which judge is fit for what."""
    cards = _cards(folder)
    if json:
        keys = ("judge", "set", "metric", "fit", "why", "kappa", "n", "date")
        print_json([{key: card[key] for key in keys} for card in cards])
        return
    _show(cards)
    if not cards:
        note("there is no card yet: workbench judge calibrate NAME")


def show(
    name: str = typer.Argument(..., help="The judge."),
    folder: Path | None = typer.Option(None, "--folder", help="The folder of the cards."),
    json: bool = typer.Option(False, "--json", help="Print the cards as JSON."),
) -> None:
    """Show all figures of a judge's cards."""
    every = _cards(folder)
    cards = [card for card in every if card["judge"] == name]
    if not cards:
        known = ", ".join(dict.fromkeys(card["judge"] for card in every)) or "none yet"
        raise UnknownNameError(f"there is no card of {name!r}", f"there are: {known}")
    if json:
        print_json({"judge": name, "cards": cards})
        return
    for card in cards:
        _show_figures(card)


def _labelled(name: str, data: Path | None, sets: list[str]) -> "tuple[LabelledSet, ...]":
    from workbench.evaluation.judges.labelled import SETS, load_own, load_public
    from workbench.evaluation.judges.subjects import ANSWER_METRIC

    own = (load_own(data),) if data is not None else ()
    names = sets or ([] if own else list(SETS))
    if name == ANSWER_METRIC and not sets:
        names = [each for each in names if SETS[each][0] == "correctness"]
    return (*own, *(load_public(each) for each in dict.fromkeys(names)))


def _run(settings: "Settings", asked: "Calibration") -> list[dict[str, Any]]:
    from workbench.cli.running import run_async
    from workbench.evaluation.judges.runs import run_calibration

    progress = Progress()
    try:
        return run_async(run_calibration(settings, asked, progress))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "interrupted; finished verdicts are kept, run the same command to continue"
        ) from None
    finally:
        progress.done()


def _cards(folder: Path | None) -> list[dict[str, Any]]:
    from workbench.config import load_settings
    from workbench.evaluation.judges.cards import FOLDER, read_cards

    return read_cards(folder or load_settings().workspace / FOLDER)


def _show(cards: list[dict[str, Any]]) -> None:
    for card in cards:
        verdict = "fit" if card["fit"] else f"UNFIT: {card['why']}"
        print_line(
            f"{card['judge']}  {card['set']}  {card['metric']}{_prompt(card)}"
            f"  n {card['n']}  kappa {_interval(card['kappa'])}  {verdict}"
        )


def _prompt(card: dict[str, Any]) -> str:
    prompts = card["identity"].get("prompts", {}).values()
    return "".join(f"  {prompt['name']} v{prompt['version']}" for prompt in prompts)


def _show_figures(card: dict[str, Any]) -> None:
    _show([card])
    for key in ("agreement", "sensitivity", "specificity", "base_rate", "observed", "corrected"):
        print_line(f"  {key:22} {_interval(card[key])}")
    print_line(f"  {'position_bias':22} {_interval(card['position_bias'])}")
    bias = card["verbosity_bias"]
    print_line(f"  {'verbosity_bias':22} {_interval(bias)}  {bias['definition']}")
    rule = card["free_rule"]
    print_line(f"  {'free rule':22} {rule['name']}: kappa {_interval(rule['kappa'])}")
    print_line(f"  {'kappa above it':22} {_interval(card['kappa_above_free_rule'])}")
    print_line(f"  {'coverage':22} {card['scored']} of {card['n']}, {card['date']}")


def _interval(given: dict[str, float | None]) -> str:
    if given["value"] is None:
        return "-"
    return f"{given['value']:.3f} [{given['low']:.3f}, {given['high']:.3f}]"
