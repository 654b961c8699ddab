"""What an assistant declares about tasks, in `tasks.yaml`: results, rules and recipes."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.engine.tasks.plan import GIVEN, Condition, Step, as_reference
from workbench.engine.text import fold
from workbench.errors import ConfigError
from workbench.yaml_text import read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"it is no regular expression ({error})") from error
    return pattern


_CLAUSES = re.compile(r"[,;.!?\n]|\b(?:and|then|va|roi|sau do)\b")
"""Where a clause of an instruction ends, in small letters without diacritics."""

Words = Annotated[str, AfterValidator(_compiles)]
"""A regular expression for whole words of a text in small letters without diacritics."""


def has_words(pattern: str, text: str) -> bool:
    """Tell whether a text has the words of a pattern, whatever its case and diacritics."""
    return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", fold(text)) is not None


class Exempt(_Part):
    """What a rule lets pass: a call whose text an earlier step wrote.

    Attributes:
        tool: The tool of that earlier step.
        argument: One of its arguments ...
        values: ... and the literals of it that are let pass; without an argument, all its calls.
    """

    tool: str
    argument: str = ""
    values: tuple[str, ...] = ()

    def lets_pass(self, step: Step) -> bool:
        """Tell whether it lets pass what a step wrote."""
        return not self.argument or step.arguments.get(self.argument) in self.values


class Rule(_Part):
    """What must hold before a tool is called, whatever was planned.

    Attributes:
        name: What the rule is called.
        before: The tool that it guards.
        when: The literal arguments of the calls that it guards; all calls where there are none.
        needs: What is looked up; `$call.x` is an argument of the guarded call, `$1.x` what the
            first look-up gave.
        condition: What must hold of it. One about a value that was not given falls away.
        exempt: Calls that it does not concern ...
        words: ... unless the instruction has these words.
    """

    name: str
    before: str
    when: dict[str, str] = Field(default_factory=dict)
    needs: tuple[Step, ...] = Field(min_length=1)
    condition: Condition
    exempt: tuple[Exempt, ...] = ()
    words: Words = ""

    @model_validator(mode="after")
    def _refers_to_a_need(self) -> "Rule":
        reference = as_reference(self.condition.of)
        if reference is None or not 0 < reference.step <= len(self.needs):
            raise ValueError("its condition is about the result of one of its needs, as $1.name")
        return self

    def guards(self, arguments: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
        """Tell whether it guards a call, if nothing is exempt; an open argument may be any."""
        wanted = as_reference(self.condition.value)
        if wanted is not None and wanted.source == GIVEN and wanted.field not in given:
            return False
        return all(
            arguments.get(name) == value or as_reference(arguments.get(name)) is not None
            for name, value in self.when.items()
        )


class State(_Part):
    """What a condition in an instruction may speak of, such as "the room is ready".

    Attributes:
        words: By which it is spoken of as it is wished.
        not_words: By which it is spoken of as the opposite, such as "dirty".
        tool: The tool that tells.
        holds: What must hold of its result where it is so; `$1.x` is what the tool gave.
        fails: What must hold where it is not so.
    """

    words: Words
    not_words: Words = ""
    tool: str
    holds: tuple[Condition, ...] = Field(min_length=1)
    fails: tuple[Condition, ...] = Field(min_length=1)


class Recipe(_Part):
    """A plan that is ready for a kind of instruction.

    Attributes:
        name: What it is called.
        description: What it does, for the model and for people.
        words: What an instruction must name for it, each of these.
        covers: Words of further clauses that ask for nothing more, such as "check".
        not_words: Words of instructions that want something else or more.
        needs: The values that it cannot do without.
        steps: The plan. Of values that are not given, arguments and conditions fall away.
    """

    name: str
    description: str
    words: tuple[Words, ...] = Field(min_length=1)
    covers: Words = ""
    not_words: Words = ""
    needs: tuple[str, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)

    def matches(self, instruction: str) -> bool:
        """Tell whether an instruction wants this and nothing else."""
        if self.not_words and has_words(self.not_words, instruction):
            return False
        if not all(has_words(each, instruction) for each in self.words):
            return False
        known = [*self.words, *([self.covers] if self.covers else [])]
        clauses = [one for one in _CLAUSES.split(fold(instruction)) if len(one.split()) > 1]
        return all(any(has_words(each, clause) for each in known) for clause in clauses)


class Declarations(_Part):
    """What an assistant declares about tasks.

    Attributes:
        once: Tools that write, and that do the same for the same thing once a day, however often
            they are asked to; one with an argument `again` does it anew where that is wished.
        same: By tool, the arguments that must be the same in its call and in the steps whose
            results the call uses: a text about one booking is not sent to another's guest.
        gives: The names that each tool's result has; a tool that is not here gives nothing that
            other steps may use.
        rules: What must hold before some tools are called.
        wishes: By tool, the words by which a clause of an instruction asks for it; of two tools
            whose words a clause has, the first is meant.
        states: What the conditions of an instruction speak of; of two that the same tool tells,
            the first implies the second, and "not the second" implies "not the first".
        recipes: Plans that are ready; of two that match, the first is taken.
    """

    once: tuple[str, ...] = ()
    same: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    gives: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    wishes: dict[str, Words] = Field(default_factory=dict)
    states: tuple[State, ...] = ()
    recipes: tuple[Recipe, ...] = ()

    def rules_for(self, tool: str) -> Sequence[Rule]:
        """Return the rules that guard a tool."""
        return [rule for rule in self.rules if rule.before == tool]


def load_declarations(path: Path) -> Declarations:
    """Read `tasks.yaml`; an assistant without one declares nothing.

    Raises:
        ConfigError: A key is missing, unknown or of the wrong kind.
    """
    if not path.is_file():
        return Declarations()
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
        return Declarations.model_validate(content.get("tasks", {}))
    except (yaml.YAMLError, AttributeError) as error:
        raise ConfigError(f"{path} is not valid YAML", "its key is 'tasks'") from error
    except ValidationError as error:
        raise _fault(path, error) from error


def _fault(path: Path, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{path}: unknown key {key!r}", "leave it out, or correct its name")
    said = "it is missing" if first["type"] == "missing" else first["msg"]
    return ConfigError(f"{path}: key {key!r}: {said.removeprefix('Value error, ')}", "correct it")
