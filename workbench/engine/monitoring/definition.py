"""What an assistant declares about the services that it watches: `monitoring.yaml`."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.errors import ConfigError, UsageError
from workbench.record_lines import nearest_key
from workbench.yaml_text import read_yaml

MONITORING = "monitoring.yaml"

Severity = Literal["low", "medium", "high", "critical"]
IssueKind = Literal["error_spike", "template_burst", "new_template", "silence"]
Priority = Literal["immediate", "high", "medium", "low"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cause(_Section):
    """A possible cause.

    Attributes:
        cause: What may be wrong.
        words: What log lines say then; lines that do move the cause up.
    """

    cause: str = Field(min_length=1)
    words: tuple[str, ...] = ()


class Action(_Section):
    """Something to do.

    Attributes:
        action: What, in words.
        priority: How soon.
        command: A command to type; it is shown and never run, and holds nothing from a log line.
        component: Shown only where this component is affected; always where it is empty.
    """

    action: str = Field(min_length=1)
    priority: Priority
    command: str = ""
    component: str = ""


class Impact(_Section):
    """What a fault means for people and for the business."""

    affected_users: str = ""
    business_impact: str = ""


class Fault(_Section):
    """A kind of fault of a service.

    Attributes:
        kinds: The kinds of issue that it explains; all of them when empty.
        words: What its log lines say; a fault without words fits any line.
        components: The parts of the service that it concerns.
        severity: How grave its errors or its silence are, in place of the general rule.
        causes: What may be behind it, the likeliest first.
        actions: What to do, first things first.
        impact: What it means.
    """

    kinds: tuple[IssueKind, ...] = ()
    words: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    severity: Severity | None = None
    causes: tuple[Cause, ...] = ()
    actions: tuple[Action, ...] = ()
    impact: Impact = Impact()

    def fits(self, kind: IssueKind, text: str) -> bool:
        """Tell whether an issue of a kind, whose lines hold `text`, may be this fault."""
        if self.kinds and kind not in self.kinds:
            return False
        folded = text.casefold()
        return not self.words or any(word.casefold() in folded for word in self.words)


class Service(_Section):
    """A service that is watched.

    Attributes:
        title: What it is, in a few words.
        faults: What can go wrong with it; the first that fits is taken.
    """

    title: str = ""
    faults: tuple[Fault, ...] = ()


class Levels(_Section):
    """From which share of error lines on a spike is how grave; anything less is low."""

    medium: float = Field(0.02, gt=0, le=1)
    high: float = Field(0.1, gt=0, le=1)
    critical: float = Field(0.5, gt=0, le=1)


class Monitoring(_Section):
    """The keys of `monitoring.yaml`.

    Attributes:
        permission: What an operator must be allowed to monitor; empty for everybody.
        window_minutes: The length of a window.
        false_alarms: The chance that a quiet window is flagged at all, over all its tests.
        minimum_count: Fewer lines than this are never a spike, a burst or something new.
        minimum_times: How many times its usual rate something must reach.
        minimum_windows: Without a baseline file, how many windows come before the first that is
            judged.
        join_minutes: How long after its last line an incident is still the same one.
        component_keys: The keys of a line's metadata that name what is affected.
        affected_keys: The keys of a line's metadata that name who is affected; they are counted,
            never shown.
        spike: How grave a spike is.
        channels: By severity, where an alert is to go; a severity that is missing gives none.
        services: What is watched, by the name that log lines carry.
    """

    permission: str = ""
    window_minutes: float = Field(5, gt=0, le=10_080)
    false_alarms: float = Field(0.001, gt=0, lt=0.5)
    minimum_count: int = Field(3, ge=1)
    minimum_times: float = Field(2.0, ge=1)
    minimum_windows: int = Field(6, ge=1)
    join_minutes: float = Field(60, gt=0)
    component_keys: tuple[str, ...] = ()
    affected_keys: tuple[str, ...] = ()
    spike: Levels = Levels()
    channels: dict[Severity, tuple[str, ...]] = Field(default_factory=dict)
    services: dict[str, Service] = Field(min_length=1)


def load_monitoring(folder: Path, assistant: str) -> Monitoring:
    """Read what an assistant's folder declares about monitoring.

    Raises:
        UsageError: It declares nothing.
        ConfigError: A key is missing, unknown or of the wrong kind.
    """
    path = folder / MONITORING
    if not path.is_file():
        raise UsageError(
            f"assistant {assistant!r} watches no services", f"declare them in {MONITORING}"
        )
    try:
        return Monitoring.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML ({error})", "correct it") from error
    except ValidationError as error:
        raise _fault(path, error) from error


def _fault(path: Path, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        near = nearest_key(Monitoring, first["loc"])
        return ConfigError(f"{path}: unknown key {key!r}", f"the nearest is {near!r}")
    said = "it is missing" if first["type"] == "missing" else first["msg"]
    return ConfigError(f"{path}: key {key!r}: {said}", "correct it")
