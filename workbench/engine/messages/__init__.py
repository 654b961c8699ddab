"""Messages to people outside: exact parts from templates, prose by the model, all of it checked.

An assistant declares kinds of messages, the facts that each needs, and a template for each kind
and language. Facts come from its tables or from whoever asks for the message. Templates hold what
must be exact; the model writes an opening and a closing sentence around it; what is stated without
having been given is refused.
"""

from workbench.engine.messages.checking import Fault, check_message
from workbench.engine.messages.declared import Declared, read_declared
from workbench.engine.messages.facts import Fact
from workbench.engine.messages.kinds import Found, Messages
from workbench.engine.messages.message import Message
from workbench.engine.messages.sheet import Sheet
from workbench.engine.messages.writer import Asked, MessageWriter

__all__ = [
    "Asked",
    "Declared",
    "Fact",
    "Fault",
    "Found",
    "Message",
    "MessageWriter",
    "Messages",
    "Sheet",
    "check_message",
    "read_declared",
]
