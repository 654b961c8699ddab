"""The hotel's messages to its guests: confirmations, instructions, apologies and offers.

`messages/kinds.yaml` says which facts each needs; `templates/` holds what must be exact. Bookings
are read as the tools read them: by a role that may, and without guests who stay incognito.
"""

from pathlib import Path

from workbench.assistants.hotel.messages.bookings import look_up, sent_before
from workbench.assistants.hotel.seed.house import ROOM_TYPES
from workbench.assistants.hotel.wording import clock, day, vnd
from workbench.engine.messages import Messages, read_declared
from workbench.engine.messages.kinds import read_templates
from workbench.engine.prompts import load_prompt

_FOLDER = Path(__file__).parent
_DECLARED = read_declared(_FOLDER / "kinds.yaml")

MESSAGES = Messages(
    declared=_DECLARED,
    templates=read_templates(_FOLDER / "templates", _DECLARED),
    prompt=load_prompt(_FOLDER / "prose.yaml"),
    look_up=look_up,
    sent_before=sent_before,
    names=(*(name for _, name, *_ in ROOM_TYPES), *_DECLARED.names),
    write={"date": day, "money": vnd, "time": lambda value, _: clock(value)},
)
"""All of them."""
