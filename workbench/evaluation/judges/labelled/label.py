"""One answer, or a pair of them, with the verdict of people."""

from dataclasses import dataclass

from workbench.evaluation.judges.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What people said of an answer.

    Attributes:
        id: Unique within the set.
        cluster: What it shares with others: the question, the article.
        stratum: The kind of item, which a sample keeps in proportion.
        truth: What people say: it is right; the contexts support it; the first one is better.
        question: What was asked; empty for faithfulness.
        facts: For correctness: each fact of the reference in its accepted forms.
        contexts: For faithfulness: what must support the answer.
        answer: The answer, or the first of two.
        other: For preference: the second answer.
        reference: For preference: a right answer; empty where there is none.
    """

    id: str
    cluster: str
    stratum: str
    truth: bool
    answer: str
    question: str = ""
    facts: tuple[tuple[str, ...], ...] = ()
    contexts: tuple[str, ...] = ()
    other: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Labels of one kind.

    Attributes:
        name: The set's name, as cards call it.
        kind: What the labels are of.
        labels: In the order of the source.
    """

    name: str
    kind: Kind
    labels: tuple[Label, ...]
