"""Asks the engine's checker of messages about 60 seeded faults and about messages without any.

    python -m evals.messages.faults datasets/hotel/messages_dev.jsonl \
        datasets/hotel/messages_test.jsonl [--seed 7] [--output faults.jsonl] [--json]

The messages are written plainly, for the operator whom WORKBENCH_OPERATOR names; `faults.yaml` and
the seed say what is made of them. A message is refused when what the writer asks refuses it: the
check of its prose, where the prose is not the template's own, or the check of the whole message.
The scorer's own verdict on the same messages stands beside it.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.messages.asked import Request, load_requests
from evals.messages.run import ASSISTANT, asked_of, narrate, write_all
from evals.messages.score import line_of, score_message, share
from evals.messages.seeding import Finished, Seeded, finished, harmless_prose, seed_faults
from workbench.assistants import get_assistant
from workbench.assistants.message_files import load_messages
from workbench.config import Settings, load_settings
from workbench.engine.messages import MessageWriter, Sheet, check_message
from workbench.engine.messages.checking import check_parts
from workbench.engine.messages.opening import open_context
from workbench.engine.messages.sheet import Prose
from workbench.errors import WorkbenchError

SEED = 7


@dataclass(frozen=True)
class Verdict:
    """What was said about one message.

    Attributes:
        seeded: The message.
        prose: Why the check of the prose refused it.
        whole: Why the check of the whole message refused it.
        scorer: Whether the scorer finds something wrong with it.
    """

    seeded: Seeded
    prose: tuple[str, ...]
    whole: tuple[str, ...]
    scorer: bool

    @property
    def refused(self) -> bool:
        """Whether the message would not have been written."""
        return bool(self.prose or self.whole)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "fault": self.seeded.name,
            "where": self.seeded.where,
            "id": self.seeded.message.request.id,
            "lang": self.seeded.message.request.lang,
            "what": self.seeded.what,
            "refused": self.refused,
            "prose": list(self.prose),
            "whole": list(self.whole),
            "scorer": self.scorer,
            "body": self.seeded.message.body,
        }


Check = Callable[[Seeded], Verdict]


async def open_messages(
    requests: Sequence[Request], settings: Settings
) -> tuple[list[Finished], dict[str, Sheet]]:
    """Return the messages that could be written, and what each should hold, by its id."""
    outputs = await write_all(requests, settings, plain=True)
    assistant = get_assistant(ASSISTANT, settings.workspace)
    messages = load_messages(assistant, settings.workspace)
    context = await open_context(settings, assistant, narrate)
    writer = MessageWriter(messages, context, None)
    done, sheets = [], {}
    for request, output in zip(requests, outputs, strict=True):
        if "body" in output:
            done.append(finished(request, output))
            sheets[request.id] = await writer.prepare(asked_of(request))
    return done, sheets


def judge(seeded: Seeded, sheet: Sheet) -> Verdict:
    """Ask the engine's checker, and the scorer, about one message."""
    message = seeded.message
    parts = []
    if seeded.where != "fact":  # the template's own prose is not checked by the writer either
        parts = check_parts(Prose(message.opening, message.closing), sheet)
    whole = check_message(message.subject, message.body, sheet)
    shown = {
        "subject": message.subject,
        "body": message.body,
        "html_body": message.html_body,
    }
    return Verdict(
        seeded,
        prose=tuple(fault.text for fault in parts),
        whole=tuple(fault.text for fault in whole),
        scorer=not score_message(shown, message.request).right,
    )


def figures(verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, Any]:
    """Return the shares that were refused.

    Args:
        verdicts: Those of "seeded" faults, of "plain" messages, and of "harmless" prose.
    """
    seeded = verdicts["seeded"]
    prose = [one for one in seeded if one.seeded.where != "fact"]
    return {
        "caught": _refused(seeded),
        "caught_in_facts": _refused([one for one in seeded if one.seeded.where == "fact"]),
        "caught_in_prose": _refused(prose),
        "caught_by_lang": {
            lang: _refused([one for one in seeded if one.seeded.message.request.lang == lang])
            for lang in ("en", "vi")
        },
        "caught_by_fault": {
            name: _refused([one for one in seeded if one.seeded.name == name])
            for name in Counter(one.seeded.name for one in seeded)
        },
        "false_refusals_plain": _refused(verdicts["plain"]),
        "false_refusals_harmless": _refused(verdicts["harmless"]),
        "scorer_on_faults": share(sum(one.scorer for one in seeded), len(seeded)),
        "scorer_on_harmless": share(
            sum(one.scorer for one in verdicts["harmless"]), len(verdicts["harmless"])
        ),
    }


def _refused(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return share(sum(one.refused for one in verdicts), len(verdicts))


def show(verdicts: Mapping[str, Sequence[Verdict]], *, as_json: bool) -> None:
    """Print the figures, the faults that were missed and what was refused without one."""
    found = figures(verdicts)
    missed = [one.to_dict() for one in verdicts["seeded"] if not one.refused]
    wrongly = [one for name in ("plain", "harmless") for one in verdicts[name] if one.refused]
    false = [one.to_dict() for one in wrongly]
    if as_json:
        document = {**found, "missed": missed, "refused_without_fault": false}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for name, each in found.items():
        groups = each if "n" not in each else {"": each}
        for group, one in groups.items():
            print(line_of(f"{name} {group}".strip(), one))
    for one in missed:
        print(f"missed: {one['fault']} ({one['where']}, {one['id']}): {one['what']}")
    for one in false:
        print(
            f"refused without a fault ({one['id']}): {one['what']}: {one['prose'] + one['whole']}"
        )


async def judge_all(paths: Sequence[Path], settings: Settings, seed: int) -> dict[str, Any]:
    """Return the verdicts on faults, on the plain messages and on harmless prose."""
    requests = [request for path in paths for request in load_requests(path)]
    messages, sheets = await open_messages(requests, settings)
    made = {
        "seeded": seed_faults(messages, seed),
        "plain": [Seeded("none", "fact", "as it was written", message) for message in messages],
        "harmless": harmless_prose(messages, seed),
    }
    return {
        name: [judge(one, sheets[one.message.request.id]) for one in group]
        for name, group in made.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Seed, ask and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.messages.faults")
    parser.add_argument("requests", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--output", type=Path, help="where every verdict is kept, a line each")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        verdicts = asyncio.run(judge_all(given.requests, load_settings(), given.seed))
    except WorkbenchError as error:
        sys.exit(error.one_line())
    if given.output is not None:
        kept = [one.to_dict() for group in verdicts.values() for one in group]
        lines = [json.dumps(one, ensure_ascii=False) for one in kept]
        given.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    show(verdicts, as_json=given.json)


if __name__ == "__main__":
    main()
