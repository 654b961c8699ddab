"""What `workbench eval compare | gate | plan | noise` print for people."""

from typing import TYPE_CHECKING, Any

from workbench.cli.output import print_line
from workbench.evaluation.reports.text import one_line

if TYPE_CHECKING:
    from workbench.evaluation.gate.verdict import GateVerdict


def show_comparison(compared: dict[str, Any]) -> None:
    """Print two runs side by side."""
    first, second = one_line(compared["run_a"]), one_line(compared["run_b"])
    print_line(
        f"A {first}, B {second}: {compared['n']} shared items"
        f" (only A {compared['only_a']}, only B {compared['only_b']})"
    )
    for name, metric in compared["metrics"].items():
        if metric["difference"] is None:
            continue
        test = ""
        if "p" in metric:
            test = (
                f"  lost {metric['lost']}, gained {metric['gained']},"
                f" p {metric['p']:.3f} (Holm {metric['p_holm']:.3f})"
            )
        print_line(
            f"  {one_line(name):20} {metric['mean_a']:.3f} -> {metric['mean_b']:.3f}"
            f"  {metric['difference']:+.3f} {_interval(metric['low'], metric['high'], '+')}"
            f"  n {metric['n']}{test}"
        )
    if compared["differs"]:
        print_line(f"  differs in: {one_line(', '.join(compared['differs']))}")
    _show_warnings(compared["warnings"])


def show_verdict(verdict: "GateVerdict") -> None:
    """Print a gate's verdict, the worst word first."""
    against = f" against {one_line(verdict['baseline'])}" if verdict["baseline"] else ""
    print_line(f"{verdict['verdict']}: {one_line(verdict['run'])}{against}, {verdict['n']} items")
    for metric in verdict["metrics"]:
        told = one_line(f"{metric['metric']}: {'; '.join(metric['reasons'])}")
        print_line(f"  {metric['verdict']:13} {told}")
    for item in verdict["critical"]:
        told = one_line(f"critical item {item['id']}: {'; '.join(item['reasons'])}")
        print_line(f"  {item['verdict']:13} {told}")
    _show_warnings(verdict["warnings"])


def _show_warnings(warnings: list[str]) -> None:
    for warning in warnings:
        print_line(f"  warning: {one_line(warning)}")


def show_plan(planned: dict[str, Any], suite: str) -> None:
    """Print what a margin needs."""
    has = f", which has {planned['items']} items" if planned["items"] else ""
    print_line(f"{suite}{has}: to show a margin of {planned['margin']:g} points")
    for metric in planned["metrics"]:
        noise = "noise not measured" if metric["sd"] is None else f"noise sd {metric['sd']:.3f}"
        print_line(f"  {metric['metric']} ({noise})")
        for row in metric["plans"]:
            turned = f"{row['changed']:.0%} of the verdicts change: " if row["changed"] else ""
            minutes = "" if row["minutes"] is None else f", {row['minutes']:.0f} minutes"
            shown = "" if row["detectable"] is None else f"; now {row['detectable']:.1f} points"
            print_line(
                f"    {turned}{row['n']} items x {row['repeats']},"
                f" {row['calls']} calls or more{minutes}{shown}"
            )
        if not metric["plans"]:
            print_line("    cannot be planned before its noise is measured")


def show_noise(record: dict[str, Any]) -> None:
    """Print how far a system varies."""
    print_line(f"{record['suite']}: {len(record['runs'])} runs of {record['n']} items")
    for name, metric in record["metrics"].items():
        flips = ""
        if "flip_rate" in metric:
            ends = _interval(metric["flip_low"], metric["flip_high"])
            flips = f"  flips {metric['flip_rate']:.3f} {ends}"
        spread = _interval(metric["sd_low"], metric["sd_high"])
        print_line(f"  {name:20} sd {metric['sd']:.3f} {spread}{flips}  n {metric['n']}")


def _interval(low: float | None, high: float | None, sign: str = "") -> str:
    ends = ["?" if end is None else f"{end:{sign}.3f}" for end in (low, high)]
    return f"[{', '.join(ends)}]"
