"""Telling that an instruction does not clearly order what changes something or writes to somebody.

An instruction may forbid it, put it off, ask about it, leave it to somebody else, or name two
things of which one is not meant. Rules that look for words cannot weigh this; so where there is
such a doubt, only what is looked up is planned, and the words that raise the doubt are told.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from workbench.engine.tasks.answers import is_negated, refrains
from workbench.engine.tasks.clauses import Clause, UnclearError, read_clauses
from workbench.engine.tasks.declared import Declarations, has_words
from workbench.engine.tasks.joints import Piece, pieces_of
from workbench.engine.tasks.plan import Plan, PlanError, Step, renumbered
from workbench.engine.tasks.times import names_time
from workbench.engine.text import fold
from workbench.engine.tools.arguments import carried_values
from workbench.engine.tools.tool import Tool

_POLITE = (
    r"(?:(?:please|pls|kindly|so|then|just|now|also|ok|okay|we should|you should|let.s|"
    r"(?:can|could|would|will) you|i (?:want|need|would like) (?:you )?to|"
    r"lam on|vui long|xin|thoi|nho|em|anh|chi|hay|giup|tolong) )*"
)
_THING = (
    r"(?:e-?mail\w*|mail\w*|messages?|send\w*|sent|requests?|tickets?|notes?|orders?|log\w*|"
    r"record\w*|notify\w*|confirmations?|thu|gui|yeu cau|phieu|ghi|tao|kirim)"
)
_PREVENTS = (
    r"(?:cancel(?!led|ed)\w*|stop(?:ping)?|skip(?:ping)?|avoid(?:ing)?|refrain\w*|hold(?:ing)?|"
    r"postpon\w*|delay(?:ing)?|defer\w*|withhold\w*|recall\w*|undo|unsend|revoke\w*|retract\w*|"
    r"withdraw\w*|remov(?:e|ing)|delet(?:e|ing)|drop(?! (?:him|her|them|the guest))|forget(?! to)|"
    r"(?:ignore|prepare)(?= (?:an? |the |that |this )?(?:\S+ )?(?:e-?mail|mail|request|note))|"
    r"scrap|abort|omit|leave (?:out|off)|pause|neglect|remind|draft\w*|"
    r"huy(?= (?:bo|mail|e-?mail|thu|yeu cau|phieu|gui|viec|cai|giup|dum|luon|ngay|cac|lenh))|"
    r"(?<!dung )quen(?= (?:cai )?(?:mail|e-?mail|thu|yeu cau))|"
    r"bo qua|xoa|thu hoi|tam (?:dung|hoan|ngung)|ngung|hoan(?= (?:lai|gui|viec))|"
    r"nhac(?= (?:toi|minh|em|anh|chi|lai|nho))|soan|batalkan|hapus|tunda|ingatkan)"
)
_LAST = (
    r"(?:khoan|khoi|khong can|chua can|khong nen|chua nen|chua voi|dung co|nhac \w+|de toi|de minh)"
)
_SENDS = r"(?:gui|mail|e-?mail|thu|ghi|tao|lap|viet|bao|yeu cau)"
_ANYWHERE = (
    rf"{_LAST}(?: \w+)? {_SENDS}|"
    r"hold(?:ing)? (?:off|back)|put(?:ting)? off|hold on|not yet|call(?:ing)? off|"
    r"no need|needn.t|need not|rather than|instead of|"
    r"(?:i|we)(?:.ll)? (?:(?:can|could|may|might|should|must|shall|will|just|already|then|have|had|"
    r"still|later) )*(?:send|sent|e-?mail\w*|mail|log|logged|do|write|handle)|(?:my|our)self|"
    rf"without (?:\w+ ){{0,3}}{_THING}|(?:for|about|against) sending|"
    r"(?:can|could|may|must|should|has to|have to) wait|no wait|"
    r"ask (?:me|us)|check with (?:me|us)|hoi (?:lai )?(?:toi|minh|y)|scratch that|i mean|"
    r"correction|"
    r"leave \S+(?: \S+){0,3} to (?:me|us)|let me|"
    rf"(?:not|\w+n.t|never|khong|chua|dung) (?:want|wish|like|allow|muon|duoc|cho phep)"
    rf"(?=(?:\s\S+){{0,6}}\s{_THING}(?!\w))|"
    r"toi (?:se )?tu (?:gui|ghi|tao|viet)|tu toi gui|"
    r"wait(?:ing)? (?:until|till|for)|cho den (?:khi|luc)|doi (?:den|toi|khi)|"
    r"except(?! (?:if|when)\b)|excluding|other than|ngoai tru|thay vi|ngoai ra khong"
)
_ASKS = (
    rf"^{_POLITE}(?:how|why|who|whom|whose|where|should|shall|may|must|"
    r"what (?:if|happens|would|will)|"
    r"when (?:did|do|does|will|was|were|is|should)|do (?:i|we|you)|can (?:i|we)|could (?:i|we))\b|"
    r"^(?:has|have|had)\b.*\b(?:been|you|we|anyone|anybody|already|yet|gone|sent|received)\b|"
    r"^(?:has|have|had|did|do|does) (?:you|we|i|they|he|she|anybody|anyone|somebody|someone)\b|"
    r"^(?:is|are|was|were|did|does)\b.*\b(?:sent|mailed|logged|recorded|noted|created|send|get|"
    r"receive|log|needed)\b|"
    r"\b(?:has|have|had|was|were)(?: \w+)? (?:been )?(?:sent|e-?mailed|logged|created)\b|"
    r"\b(?:tai sao|vi sao|sao lai|lam sao|the nao|bang cach nao|cach (?:gui|tao|ghi)|co nen|"
    r"co can|ai (?:da |se )?(?:gui|tao|ghi))\b|"
    r"\bda (?:duoc )?(?:gui|ghi|tao)\b|"
    rf"\b{_SENDS}\b.*\bchua(?: \w{{1,4}}){{0,2}}$"
)
_CODE = r"(?:[a-z]{2,}-?\d{2,}|\d{3,4})"
_LINK = r"(?:(?:the|for|to|in|of|rooms?|bookings?|guests?|cho|phong|cua|khach|ma|la) ){0,4}"
_NOT_THIS = (
    rf"(?:not|nor|never|except|but|without|khong phai|chu khong|khong|chu dung|dung|tru|bukan) "
    rf"{_LINK}{_CODE}(?!\w)"
)
_TO_ANOTHER = re.compile(
    rf"(?<!\w)(?P<first>{_CODE})(?:.s)?(?!\w)(?P<between>[^,;.]*?)\s(?:to|cho|toi|sang|kepada|ke) "
    rf"{_LINK}(?P<second>{_CODE})(?!\w)"
)
_QUOTES = re.compile(
    r"(?<!\w)(?:send|e-?mail|mail|write|tell|message|gui|viet|bao|kirim)(?!\w).*?(?<!\w)"
    r"(?P<said>(?:say(?:s|ing)?|reading|that reads|with the (?:text|words|message)|telling \w+|"
    r"noi(?: rang| la)?|noi dung(?: la)?|viet(?: rang| la)?|rang|isi)\s*[:\"“])",
    re.S,
)
_ADDRESS = re.compile(r"[^\s<>,;:\"']+@[^\s<>,;:\"']+\.\w+")
_WAITS = re.compile(r"(?<!\w)(?:đợi|chờ)(?!\w)")

_DOUBTS = re.compile(
    rf"(?P<starts>^{_POLITE}{_PREVENTS}(?!\w))|"
    rf"(?P<before>(?<!\w){_PREVENTS}(?=(?:\s\S+){{0,6}}\s\"?{_THING}(?!\w)))|"
    rf"(?P<anywhere>(?<!\w)(?:{_ANYWHERE})(?!\w))|(?P<this>(?<!\w){_NOT_THIS})"
)
_QUESTION_TAG = re.compile(
    r"\s+(?:hay\s+)?(?:da\s+)?(?:chua|khong)(?:\s+(?:em|anh|chi|a|ah|nhe|nha|nhi|vay|ban))*\s*$"
)
_QUESTIONS = re.compile(_ASKS)
_WRITES = re.compile(rf"(?<!\w){_THING}(?!\w)")


def doubt_about(instruction: str, given: Mapping[str, object]) -> str:
    """Return the words for which no write of an instruction is planned; nothing where it is clear.

    Args:
        instruction: What was asked.
        given: The values that came with it; an e-mail address among them is known.
    """
    known = {str(one).casefold() for one in given.values()}
    addresses = (found[0].rstrip(".") for found in _ADDRESS.finditer(instruction))
    unknown = next((one for one in addresses if one.casefold() not in known), "")
    quoted = _QUOTES.search(fold(instruction))
    if unknown or quoted:
        return unknown or (quoted["said"].rstrip(' :"“') if quoted else "")
    waits = _WAITS.search(instruction.casefold())
    if waits:
        return waits[0]
    return next((words for one in pieces_of(instruction) if (words := _doubt_in(one))), "")


def _doubt_in(piece: Piece) -> str:
    """Return the words of a piece of an instruction that raise a doubt."""
    text = fold(piece.text).replace("’", "'")
    found = _DOUBTS.search(text)
    asked = _QUESTIONS.search(text) if _WRITES.search(text) else None
    first = found or asked
    if first:
        return piece.text[first.start() : first.end()] if len(text) == len(piece.text) else first[0]
    other = _TO_ANOTHER.search(text)
    if other is None or re.search(r"\b(?:and|va|dan|&)\b", other["between"]):
        return ""
    same_kind = other["first"].isdigit() is other["second"].isdigit()
    return other[0] if same_kind and other["first"] != other["second"] else ""


def is_plain(instruction: str) -> bool:
    """Tell whether an instruction has no negation, exception or time that a recipe would lose."""
    for piece in pieces_of(instruction):
        if piece.joint in ("unless", "despite", "else"):
            return False
        if is_negated(_without_question(piece.text)) or names_time(piece.text):
            return False
    return True


def _without_question(text: str) -> str:
    """Return a text in small letters without "chưa" or the like where it only asks."""
    asked = _QUESTION_TAG.search(fold(text))
    return fold(text)[: asked.start()] if asked else text


def forbids(instruction: str, wishes: Mapping[str, str], tools: Mapping[str, Tool]) -> str:
    """Return the words of a piece in which a negation stands before a wish for a writing tool."""
    for piece in pieces_of(instruction):
        text = fold(piece.text)
        for name, words in wishes.items():
            found = re.search(rf"(?<!\w)(?:{words})(?!\w)", text)
            if found and tools[name].writes and refrains(text[: found.start()]):
                return text[: found.end()]
    return ""


def mixed_up(
    instruction: str, declared: Declarations, tools: Mapping[str, Tool], today: date
) -> str:
    """Return a condition's words that name a time, or another thing than the write after it."""
    try:
        clauses = read_clauses(instruction, declared)
    except UnclearError:
        return ""
    looked: list[str] = []
    for clause in clauses:
        if not clause.tool:
            continue
        if not tools[clause.tool].writes:
            looked += [clause.text] if _speaks_of_state(clause.text, declared) else []
            continue
        waits = looked if declared.rules_for(clause.tool) else []
        texts = [*(term.text for term in clause.when), *waits]
        later = next((text for text in texts if names_time(text)), "")
        other = later or _other_thing(clause, texts, tools, today)
        if other:
            return other
        looked = []
    return ""


def _speaks_of_state(text: str, declared: Declarations) -> bool:
    return any(has_words(one.words, text) for one in declared.states)


def _other_thing(
    clause: Clause, texts: Sequence[str], tools: Mapping[str, Tool], today: date
) -> str:
    """Return the first text that names another thing of the same kind than a clause does."""
    own = carried_values(tools, clause.text, today)
    for text in texts:
        for find, values in carried_values(tools, text, today).items():
            if find in own and not set(map(str, values)) & set(map(str, own[find])):
                return text
    return ""


def without_writes(
    plan: Plan, words: str, tools: Mapping[str, Tool], declared: Declarations
) -> Plan:
    """Return a plan without what a doubt is about; the plan tells the words that raise it.

    Args:
        plan: The plan.
        words: Those that raise the doubt; without any the plan stays as it is.
        tools: The tools, by name.
        declared: Its rules; what they guard, such as a text to be sent, goes with the write.

    Raises:
        PlanError: Nothing of it is left.
    """
    if not words or not any(one.tool in tools and tools[one.tool].writes for one in plan.steps):
        return plan
    kept: list[Step] = list(plan.steps)
    at = 0
    while at < len(kept):
        tool = tools.get(kept[at].tool)
        if (tool is not None and tool.writes) or declared.rules_for(kept[at].tool):
            kept = _without(kept, at)
            at = 0
        else:
            at += 1
    if not kept:
        raise PlanError(
            f'nothing is sent or created: "{words}" makes it doubtful',
            "say plainly what is to be done",
        )
    return plan.model_copy(update={"steps": tuple(kept), "doubts": (words,)})


def _without(steps: Sequence[Step], at: int) -> list[Step]:
    """Return steps without one and those that use its result."""
    left = list(steps)
    gone = [at + 1]
    while gone:
        number = gone.pop()
        users = [n for n, one in enumerate(left, 1) if _uses(one, number)]
        if users:  # the last first, so that the numbers before it stay
            left = _without(left, users[-1] - 1)
            gone.append(number)
            continue
        del left[number - 1]
        left = [renumbered(one, number + 1, -1) for one in left]
    return left


def _uses(step: Step, number: int) -> bool:
    return any(one.step == number for one in step.references())
