"""A message before its prose: the exact subject and lines, and what they rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.engine.messages.facts import Fact, one_line
from workbench.errors import ConfigError

OPENING, CLOSING = "\x02opening\x03", "\x02closing\x03"
"""Stand in the lines where prose goes; no fact can hold them, since facts have only characters
that can be shown."""


@dataclass(frozen=True, slots=True)
class Prose:
    """The sentences around the facts, each part on one line."""

    opening: str
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A message before its prose.

    Attributes:
        kind: The kind of message.
        lang: Its language.
        tone: Its tone.
        record: The id of the record that it is about; empty where there is none.
        subject: The whole subject.
        lines: The lines of the body, `OPENING` and `CLOSING` among them.
        needs: The names of the facts that it must state.
        facts: All its facts, by name.
        plain: The prose that is used when the model's is refused.
        words: Words of this kind that prose may use besides the general ones.
        names: The names of the assistant's own things, such as its types of rooms.
        withheld: The facts that the model is not shown, by name, and why.
    """

    kind: str
    lang: str
    tone: str
    record: str = ""
    subject: str
    lines: tuple[str, ...]
    needs: tuple[str, ...]
    facts: Mapping[str, Fact]
    plain: Prose
    words: str = ""
    names: tuple[str, ...] = ()
    withheld: Mapping[str, str] = field(default_factory=dict)

    @property
    def exact(self) -> list[str]:
        """The lines that stand in the message word for word."""
        return [line for line in self.lines if line and line not in (OPENING, CLOSING)]

    def body(self, prose: Prose) -> str:
        """Return the body with prose."""
        return "\n".join(self.filled(prose))

    def filled(self, prose: Prose) -> list[str]:
        """Return the lines of the body with prose."""
        said = {OPENING: one_line(prose.opening), CLOSING: one_line(prose.closing)}
        return [said.get(line, line) for line in self.lines]


def render(template: str, name: str, facts: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """Fill a template; return the subject and the lines of the body.

    A template begins with a line "Subject: ..."; it names `opening` and `closing` once each, on
    lines of their own.

    Args:
        template: Its text.
        name: Its name, for errors.
        facts: The words of each declared fact; `None` for one that is not known.

    Raises:
        ConfigError: The template is not as it should be.
    """
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    try:
        text = environment.from_string(template).render(**facts, opening=OPENING, closing=CLOSING)
    except TemplateError as error:
        raise ConfigError(f"template {name}: {error}", "correct it") from error
    first, _, rest = text.strip().partition("\n")
    subject = first.removeprefix("Subject:").strip()
    lines = _tidy([" ".join(line.split()) for line in rest.splitlines()])
    if subject == first.strip() or not subject:
        raise ConfigError(f"template {name} has no subject", "begin it with: Subject: ...")
    if [line for line in lines if line in (OPENING, CLOSING)] != [OPENING, CLOSING]:
        raise ConfigError(
            f"template {name} does not hold its prose as it should",
            "name opening and closing once each, on lines of their own",
        )
    return subject, lines


def _tidy(lines: Sequence[str]) -> list[str]:
    """Return the lines without empty ones at the ends or next to each other."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return kept[:-1] if kept and not kept[-1] else kept
