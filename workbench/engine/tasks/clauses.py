"""What the clauses of an instruction ask for, and on what conditions, read by rule.

A clause asks for a tool by words that the assistant declares, or speaks of a state that it
declares. What a clause waits for follows from the words that connect it: "if the room is ready,
send ...; otherwise note ...", "phòng sạch rồi thì gửi ...", "check that ... before sending ...".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest

from workbench.engine.tasks.answers import (
    answer_in,
    is_negated,
    only_says_done,
    refrains,
    without_tag,
)
from workbench.engine.tasks.declared import Declarations, State, has_words
from workbench.engine.tasks.joints import Joint, Piece, pieces_of
from workbench.engine.text import fold


class UnclearError(Exception):
    """Rules cannot tell what an instruction wants."""


@dataclass(frozen=True, slots=True)
class Term:
    """A state in a condition, whether it must be so, and the words that say it."""

    state: State
    so: bool
    text: str


@dataclass(slots=True)
class Clause:
    """A clause of an instruction that is no condition.

    Attributes:
        text: It.
        tool: The tool that it asks for; empty where rules cannot tell.
        when: What must hold for it.
        sentence: The number of its sentence.
        looks: Whether it only asks for a state.
        goes_on: Whether it is joined to the clause before it by "and" or a comma.
        asked: Whether it is a question.
    """

    text: str
    tool: str = ""
    when: list[Term] = field(default_factory=list)
    sentence: int = 0
    looks: bool = False
    goes_on: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Refrained:
    """What an instruction forbids: a tool, and where it does; always where there is no term."""

    tool: str
    when: tuple[Term, ...]


def read_clauses(instruction: str, declared: Declarations) -> list[Clause]:
    """Return the clauses of an instruction in the order in which they are to be done.

    Args:
        instruction: In NFC.
        declared: What the assistant declares of wishes and states.

    Raises:
        UnclearError: What depends on what is not clear.
    """
    reader = _Reader(declared)
    pieces = reader.cut(pieces_of(instruction))
    for piece, following in zip_longest(pieces, pieces[1:]):
        assert piece is not None
        reader.take(piece, following)
    return reader.ended()


class _Reader:
    def __init__(self, declared: Declarations) -> None:
        self._declared = declared
        self._clauses: list[Clause] = []
        self._refrained: list[Refrained] = []
        self._deferred: list[Clause] = []
        self._sentence = 0
        self._role: Joint = "end"
        self._pending: list[Term] = []
        self._reading: list[Term] = []
        self._last: list[Term] = []
        self._since_look = False

    def cut(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Return the pieces, conditions cut from the wish that follows them without a joint."""
        cut: list[Piece] = []
        for piece in pieces:
            at = self._wish_at(piece.text) if piece.joint in ("if", "unless", "despite") else None
            if at:
                cut.append(Piece(piece.joint, piece.text[:at].strip(), piece.opens))
                cut.append(Piece("thus", piece.text[at:], opens=False, asked=piece.asked))
            else:
                cut.append(piece)
        for at, (piece, following) in enumerate(pairwise(cut)):
            wish = self._wish_at(piece.text)
            unless = following.joint == "unless" and not following.opens
            if unless and wish is not None and refrains(piece.text[:wish]):
                # "do not send it unless ..." is "send it if ..."
                cut[at] = replace(piece, text=piece.text[wish:])
                cut[at + 1] = replace(following, joint="if")
        return cut

    def take(self, piece: Piece, following: Piece | None) -> None:
        """Take the next piece."""
        if piece.opens:
            self._end_sentence()
        after: Joint = following.joint if following and not following.opens else "end"
        self._role = self._role_of(piece, after)
        if self._role in ("if", "unless") or (self._role == "after" and self._terms(piece.text)):
            self._reading += self._condition(piece.text)
            if after != "and" or following is None or self._wish(following.text):
                self._apply(after)
        elif self._role == "else":
            self._pending = [_negated(self._last)]
            self._clause(piece)
        elif self._role in ("before", "after"):
            self._turned(piece)
        elif self._role != "despite":
            self._clause(piece)

    def ended(self) -> list[Clause]:
        """Return the clauses after the last piece."""
        self._end_sentence()
        for each in self._refrained:
            same = [one for one in self._clauses if one.tool == each.tool]
            if not each.when and same:
                raise UnclearError
            for clause in same:
                clause.when.append(_negated(each.when))
        return self._clauses

    def _role_of(self, piece: Piece, after: Joint) -> Joint:
        """Return what a piece is: its own joint, or that of the condition that goes on in it."""
        if piece.joint in ("if", "unless", "else", "despite", "before", "after"):
            return piece.joint
        goes_on = piece.joint == "and" and self._role in ("if", "unless", "despite")
        if goes_on and not self._wish(piece.text):
            return self._role
        is_condition = after == "thus" and not self._wish(piece.text)
        if is_condition and (self._terms(piece.text) or answer_in(piece.text) is not None):
            return "if"
        return "end"

    def _condition(self, text: str) -> list[Term]:
        """Return what a condition says."""
        terms = self._terms(text)
        if not terms:
            answer = answer_in(text)
            if self._clauses and only_says_done(text):
                return []  # it tells the order of the steps, which is theirs already
            if answer is None or not self._last:
                raise UnclearError
            terms = [Term(one.state, answer.to(one.so), one.text) for one in self._last]
        unless = self._role == "unless"
        return [Term(one.state, one.so is not unless, one.text) for one in terms]

    def _apply(self, after: Joint) -> None:
        """Set a condition to what follows it in its sentence, or else to what stands before it."""
        self._last, self._reading, self._pending = self._reduced(self._reading), [], []
        done = [one for one in self._clauses if one.tool and not one.looks]
        mine = [one for one in done if one.sentence == self._sentence]
        if after in ("end", "else", "before", "after") or (after in ("and", "then") and mine):
            if not done:
                raise UnclearError
            for clause in mine or done[-1:]:
                clause.when += [one for one in self._last if one not in clause.when]
        elif after == "comma" and any(not one.when for one in mine):
            raise UnclearError  # it may be a condition of either
        else:
            self._pending = list(self._last)

    def _turned(self, piece: Piece) -> None:
        """Take what "before" or "after" puts out of its order."""
        tool = self._wish(piece.text)
        if not tool:
            raise UnclearError
        clause = Clause(piece.text, tool, sentence=self._sentence)
        if self._role == "before" and piece.opens:
            self._deferred.append(clause)
        elif self._role == "before":
            self._add(clause)
        else:
            at = next(
                (at for at, one in enumerate(self._clauses) if one.sentence == self._sentence),
                len(self._clauses),
            )
            self._clauses.insert(at, clause)

    def _clause(self, piece: Piece) -> None:
        tool, at = self._wish(piece.text), self._wish_at(piece.text)
        if tool and at is not None and refrains(piece.text[:at]):
            self._refrained.append(Refrained(tool, tuple(self._pending)))
            return
        terms = self._terms(without_tag(piece.text), piece.text)
        if terms and (not tool or any(one.state.tool == tool for one in terms)):
            self._look(piece, terms)
            return
        goes_on = piece.joint in ("and", "comma") and not piece.opens
        clause = Clause(piece.text, tool, sentence=self._sentence, goes_on=goes_on)
        clause.asked = piece.asked
        self._add(clause)
        if tool:
            told = [one for one in self._declared.states if one.tool == tool]
            if told:  # "check the room" asks for what its tool tells first
                clause.looks = True
                self._last = [Term(told[0], True, piece.text)]

    def _look(self, piece: Piece, terms: list[Term]) -> None:
        """Take a clause that asks for a state, or says it."""
        goes_on = piece.joint == "and" and self._since_look
        self._last = self._reduced([*(self._last if goes_on else ()), *terms])
        self._since_look = True
        for tool in dict.fromkeys(one.state.tool for one in terms):
            clause = Clause(piece.text, tool, list(self._pending), self._sentence, looks=True)
            self._clauses.append(clause)

    def _add(self, clause: Clause) -> None:
        """Add a clause; what a rule guards waits for the state that was looked for before it."""
        clause.when = list(self._pending)
        if clause.tool:
            waits = self._since_look and all(one.so for one in self._last)
            if waits and not clause.when and self._declared.rules_for(clause.tool):
                clause.when = list(self._last)
            self._since_look = False
        self._clauses.append(clause)

    def _end_sentence(self) -> None:
        for clause in self._deferred:
            clause.sentence = self._sentence
            self._add(clause)
        if self._reading:
            raise UnclearError
        self._deferred, self._pending, self._role = [], [], "end"
        self._sentence += 1

    def _wish(self, text: str) -> str:
        """Return the tool that a text asks for; empty where no word says so."""
        for tool, words in self._declared.wishes.items():
            if has_words(words, text):
                return tool
        return ""

    def _wish_at(self, text: str) -> int | None:
        """Return where the first word stands that asks for something."""
        folded = fold(text)
        found = [
            match.start()
            for words in self._declared.wishes.values()
            if (match := re.search(rf"(?<!\w)(?:{words})(?!\w)", folded))
        ]
        return min(found) if found and len(folded) == len(text) else None

    def _terms(self, text: str, said: str = "") -> list[Term]:
        """Return the states that a text speaks of."""
        terms = []
        negated = is_negated(text)
        for state in self._declared.states:
            if state.not_words and has_words(state.not_words, text):
                terms.append(Term(state, negated, said or text))
            elif has_words(state.words, text):
                terms.append(Term(state, not negated, said or text))
        return self._reduced(terms)

    def _reduced(self, terms: Iterable[Term]) -> list[Term]:
        """Return terms without those that another one of the same tool implies."""
        kept: dict[tuple[str, bool], Term] = {}
        order = self._declared.states.index
        for term in terms:
            other = kept.get((term.state.tool, term.so))
            if other is None or (order(term.state) < order(other.state)) is term.so:
                kept[term.state.tool, term.so] = term
        return list(kept.values())


def _negated(terms: Sequence[Term]) -> Term:
    """Return the opposite of a condition of one state.

    Raises:
        UnclearError: It has none or several.
    """
    if len(terms) != 1:
        raise UnclearError
    [one] = terms
    return Term(one.state, not one.so, one.text)
