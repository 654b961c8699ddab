"""Keeping a conversation in the store."""

import getpass
from collections.abc import Sequence

from workbench.config import Settings
from workbench.engine.turn import Turn
from workbench.errors import UnknownNameError
from workbench.store.conversations import Conversations
from workbench.store.database import Database
from workbench.store.messages import Exchange, Messages
from workbench.store.operators import chosen_operator


def operator_name(settings: Settings) -> str:
    """Return who is asking: the setting, the one chosen for the workspace, or the system's user."""
    return settings.operator or chosen_operator(settings.workspace) or getpass.getuser()


class StoreRecorder:
    """Keeps one conversation of one operator.

    Args:
        database: The open database.
        settings: Names the operator.
        assistant: With which assistant.
        session_id: A stored conversation to continue; `None` begins one.
    """

    def __init__(
        self, database: Database, settings: Settings, assistant: str, session_id: str | None
    ) -> None:
        self._database = database
        self._owner = operator_name(settings)
        self._conversations = Conversations(database, self._owner)
        self._assistant = assistant
        self.id = session_id or ""

    async def open(self) -> None:
        """Check the conversation to continue, or begin one.

        Raises:
            UnknownNameError: The operator has no such conversation with this assistant.
        """
        if not self.id:
            self.id = await self._conversations.create(self._assistant)
            return
        stored = await self._conversations.get(self.id)
        if stored.assistant != self._assistant:
            raise UnknownNameError(
                f"conversation {self.id!r} is one with {stored.assistant!r}",
                f"ask that assistant: workbench ask {stored.assistant} --session {self.id} ...",
            )

    @property
    def _messages(self) -> Messages:
        return Messages(self._database, self._owner, self.id)

    async def begin(self, question: str, lang: str) -> str:
        """Store a question, and a running answer to it; return the answer's id."""
        return await self._messages.begin(question, lang)

    async def finish(self, turn: Turn) -> None:
        """Store the finished turn in place of the running one."""
        await self._messages.finish(turn.to_dict())

    async def history(self, turns: int) -> Sequence[Exchange]:
        """Return the last turns that came to an end of their own, oldest first."""
        return await self._messages.exchanges(turns)
