"""Clauses whose words name no tool: told by the router, joined with others, or left out.

A clause may only say more of its neighbour ("high priority"), or tell why something is wanted
("the lady in 207 has no hot water"). What asks for something that no tool does is left out, and
said to be; a clause that may restrict the others makes the instruction unclear.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workbench.engine.agent.carrying import carry_over
from workbench.engine.agent.choosing import LIKELY, LIKELY_IN_PART, POSSIBLE
from workbench.engine.tasks.clauses import Clause, UnclearError
from workbench.engine.text import fold
from workbench.engine.tools.arguments import carried_values, found_arguments, is_complete
from workbench.engine.tools.tool import Tool

Shares = Mapping[str, float]
"""The probability of each label."""
_SHORT = 3
"""A fragment of so many words at most may belong to the clause before it."""
_FILLING_WORDS = (
    "please pls kindly thanks thank you hi hello hey ok okay now today at right away immediately so"
    " asap urgent urgently just simply"
    " giup dum ho gium em anh chi minh nhe nha a ah ui oi di voi cam on lam luon ngay nhanh gap"
    " bay gio hom nay xin vui long nho cai tolong ya dong terima kasih segera sekarang"
)
_FILLING = frozenset(_FILLING_WORDS.split())
_NAMING_WORDS = (
    "the a an for of in with and guest guests room rooms booking reservation mr mrs ms miss dr"
    " number no id named called his her their to from"
    " phong khach ma so cua cho la don dat ten ong ba anh chi co em va kamar tamu"
)
_NAMING = frozenset(_NAMING_WORDS.split())
_RESTRICTS = re.compile(
    r"(?<!\w)(?:only|not|\w+n.t|never|until|till|except|instead|wait|later|tomorrow|tonight|hold|"
    r"cancel|stop|undo|rather|first|chi|dung|khong|chua|khoan|tru|thay vi|doi|cho den|cho toi|"
    r"ngay mai|sang mai|toi nay|truoc|sau|huy|thoi|jangan|tidak|besok|nanti|tunggu)(?!\w)"
)
_ASKS = re.compile(
    r"(?:please )?(?:what|which|who|whose|when|where|how|why|is|are|does|do|did|has|have|was|were|"
    r"whether|tell (?:me|us)|show|give|list|check|see|look|find|"
    r"cho (?:\w+ )?(?:biet|xem)|xem|tra|kiem tra|tim|liet ke|apa|siapa|berapa|cek)\b|"
    r".*\b(?:gi|nao|may|bao nhieu|ai|dau|the nao|bao gio|chua|khong|ra sao)(?: \w{1,4})?$"
)
_STATES = re.compile(
    r"(?:(?:the|a|an|his|her|their|our|my|he|she|they|it|we|i|there|this|that|guest|guests|room|mr|"
    r"mrs|ms|dr|book\d+)\b.*\b(?:is|are|was|were|has|have|had|will|wants?|needs?|says?|asks?|"
    r"asked|arrives?|called|complains?|complained|likes?|would)\b|"
    r"\S+(?: \S+)? (?:is|are|isn.t|aren.t)$|"
    r".*\b(?:is|are|was|has)\s+(?:due|here|arriving|coming|waiting|already|on|in|at|still)\b|"
    r"(?:khach|anh|chi|ong|ba|co|phong|ho|ben|doan|gia dinh)\b.*\b(?:can|muon|dang|bi|da|se|sap|"
    r"bao|noi|hoi|den|toi|o|co)\b|tamu\b.*)"
)


@dataclass(frozen=True, slots=True)
class Loose:
    """What tells loose clauses apart: the tools, the router, and the assistant's date."""

    tools: Mapping[str, Tool]
    route: Callable[[str], Awaitable[Shares]]
    today: date

    async def likeliest(self, text: str) -> tuple[str, float]:
        """Return the likeliest tool of a text, and how likely it is."""
        shares = await self.route(text)
        return max(((name, shares.get(name, 0.0)) for name in self.tools), key=lambda one: one[1])

    def is_complete(self, tool: str, text: str, instruction: str) -> bool:
        """Tell whether a clause says all that its tool needs, with what the whole names."""
        one = self.tools[tool]
        carried = carry_over(text, instruction, {tool: one}, self.today)
        return all(is_complete(one, each) for each in found_arguments(one, carried, self.today))

    def names_something(self, clause: Clause) -> bool:
        """Tell whether a clause itself names what its tool is asked about."""
        tool = {clause.tool: self.tools[clause.tool]}
        return bool(carried_values(tool, clause.text, self.today))

    def only_names(self, text: str) -> bool:
        """Tell whether a text does no more than name something, or be polite."""
        named = {
            word
            for values in carried_values(self.tools, text, self.today).values()
            for value in values
            for word in re.findall(r"\w+", fold(str(value)))
        }
        known = named | _NAMING | _FILLING
        return all(word in known for word in re.findall(r"\w+", fold(text)))


@dataclass(frozen=True, slots=True)
class Settled:
    """The clauses that ask for a tool, and the words of those for which there is none."""

    clauses: Sequence[Clause]
    left_out: Sequence[str]


async def settle(clauses: Sequence[Clause], instruction: str, loose: Loose) -> Settled:
    """Return the clauses with a tool for each.

    Raises:
        UnclearError: A clause may mean something that rules do not understand.
    """
    settled = _Settling(instruction, loose)
    for clause in clauses:
        await settled.take(clause)
    if not settled.clauses and not await _is_beyond(instruction, clauses, loose):
        raise UnclearError
    return Settled(settled.clauses, settled.left_out + settled.open)


async def _is_beyond(instruction: str, clauses: Sequence[Clause], loose: Loose) -> bool:
    """Tell whether the router knows of no tool for any part of an instruction."""
    texts = dict.fromkeys([instruction, *(one.text for one in clauses)])
    return all([(await loose.likeliest(text))[1] < POSSIBLE for text in texts])


class _Settling:
    def __init__(self, instruction: str, loose: Loose) -> None:
        self._instruction = instruction
        self._loose = loose
        self.clauses: list[Clause] = []
        self.left_out: list[str] = []
        self.open: list[str] = []
        """Wishes that no tool is known for, and that the next clause may complete."""
        self._said = ""
        self._guessed = ""

    async def take(self, clause: Clause) -> None:
        """Take the next clause."""
        if clause.tool:
            self._asked(clause)
        elif self._is_one_more(clause):
            before = self.clauses[-1]
            self.clauses[-1] = replace(before, text=f"{before.text}, {clause.text}")
        elif not self._loose.only_names(clause.text) and not self._adds(clause):
            await self._guess(clause)

    def _asked(self, clause: Clause) -> None:
        """Take a clause with a tool, and what was said before it of the same thing."""
        tool = self._loose.tools[clause.tool]
        if self._guessed == clause.tool and not self._loose.names_something(clause):
            last = self.clauses.pop()
            clause = replace(clause, text=f"{last.text}, {clause.text}")
        elif tool.writes and not self._is_complete(clause.tool, clause.text):
            clause = self._with_reason(clause)
        self.clauses.append(clause)
        self.left_out += self.open
        self.open, self._said, self._guessed = [], "", ""

    def _with_reason(self, clause: Clause) -> Clause:
        """Return a clause with what was said before it, where that tells what it leaves open."""
        for said in (self._said, *self.open[-1:]):
            text = f"{said}, {clause.text}"
            if said and self._is_complete(clause.tool, text):
                self.open = [one for one in self.open if one != said]
                return replace(clause, text=text)
        return clause

    def _is_complete(self, tool: str, text: str) -> bool:
        return self._loose.is_complete(tool, text, self._instruction)

    def _is_one_more(self, clause: Clause) -> bool:
        """Tell whether a clause only names one more thing for which the one before it asks."""
        if not self.clauses or not clause.goes_on or self.open:
            return False
        before = self.clauses[-1]
        only_names = self._loose.only_names(clause.text)
        return only_names and self._loose.names_something(replace(clause, tool=before.tool))

    def _adds(self, clause: Clause) -> bool:
        """Tell whether a fragment says more of the clause before it, and add it there then."""
        if not self.clauses or len(clause.text.split()) > _SHORT or self.open:
            return False
        before = self.clauses[-1]
        tool, today = self._loose.tools[before.tool], self._loose.today
        own = found_arguments(tool, clause.text, today)
        known = found_arguments(tool, before.text, today)
        if len(own) != 1 or not own[0] or len(known) != 1:
            return False
        if any(known[0].get(name, value) != value for name, value in own[0].items()):
            return False
        self.clauses[-1] = replace(before, text=f"{before.text}, {clause.text}")
        return True

    async def _guess(self, clause: Clause) -> None:
        """Ask the router about a clause."""
        name, share = await self._loose.likeliest(clause.text)
        tool = self._loose.tools[name]
        states = _STATES.match(fold(clause.text)) is not None
        if tool.writes and share >= LIKELY_IN_PART:
            self.clauses.append(replace(clause, tool=name))
            self._guessed = name
        elif tool.writes and share >= LIKELY and not states:
            raise UnclearError
        elif not tool.writes and share >= LIKELY and _is_asked(clause):
            if not self._is_complete(name, clause.text):
                raise UnclearError
            self.clauses.append(replace(clause, tool=name))
        elif states:
            self._said = clause.text
        elif clause.when or _RESTRICTS.search(fold(clause.text)):
            raise UnclearError
        else:
            self.open.append(clause.text)


def _is_asked(clause: Clause) -> bool:
    """Tell whether a clause only wants to know something."""
    return clause.asked or _ASKS.match(fold(clause.text)) is not None
