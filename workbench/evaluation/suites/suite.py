"""A suite as its YAML file says it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from workbench.evaluation.metrics.catalogue import METRICS, metric_named
from workbench.evaluation.suites.kinds import KINDS, measurable

Kind = Literal["answers", "retrieval", "routing", "latency", "cost"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Variant(_Part):
    """One of the systems that a suite measures; what it does not name is the workspace's own."""

    name: Name = "default"
    """How it is told from the others in reports."""
    model: str | None = None
    """The model that answers."""
    prompt: str | None = None
    """One of the assistant's prompts."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Settings by dotted name, such as `retrieval.top_k`."""


class GateRule(_Part):
    """What a release must reach on one metric."""

    margin: float = Field(default=5.0, gt=0, le=100)
    """By how many percentage points it may be worse than the baseline (for seconds and amounts:
    by how many percent of the baseline's mean)."""
    floor: float | None = Field(default=None, allow_inf_nan=False)
    """What it must reach by itself, in percent (for seconds and amounts: in their own unit)."""


class Smoke(_Part):
    """The short form that CI runs."""

    model: str = "smollm2-135m-instruct"
    """The smallest model."""
    limit: int = Field(default=8, ge=1)
    """How many items."""
    baseline: Path | None = None
    """That model's own baseline."""


class Suite(_Part):
    """A suite.

    Paths are relative to the workspace.
    """

    name: Name
    """Its name: that of its file."""
    kind: Kind
    """What is measured: answers, retrieval, routing, latency or cost."""
    description: str = ""
    """One line for lists and reports."""
    dataset: Path | None = None
    """The question set; a generic suite takes it from the command line."""
    corpus: Path | None = None
    """Documents of its own, a folder or a JSONL file."""
    assistant: str | None = None
    """Who is asked; by default whom the dataset names, or the configured one."""
    router: Path | None = None
    """For routing: the training examples of the nearest-neighbour router, JSONL."""
    variants: tuple[Variant, ...] = (Variant(),)
    """The systems that are compared."""
    metrics: tuple[str, ...] = ()
    """What is measured; by default what the kind measures."""
    repeats: int = Field(default=1, ge=1, le=100)
    """How often each item is run; its scores are averaged first."""
    concurrency: int | Literal["auto"] = "auto"
    """How many items are under way at once; "auto" finds it while running."""
    judge: str | None = None
    """The model that decides the judged metrics; by default the one that answers."""
    blame: bool = False
    """Whether failed items are asked again with the gold passages, to tell what was at fault."""
    gate: dict[str, GateRule] = Field(default_factory=dict)
    """The metrics that decide over a release."""
    critical_tags: tuple[str, ...] = ()
    """Items with one of these tags may not fail, like those that are marked critical."""
    smoke: Smoke = Smoke()
    """The short form."""

    @field_validator("concurrency")
    @classmethod
    def _some(cls, value: int | str) -> int | str:
        if isinstance(value, int) and not 1 <= value <= 256:
            raise ValueError("must be auto, or from 1 to 256")
        return value

    @field_validator("metrics")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in METRICS:
                raise ValueError(f"there is no metric {name!r}")
        return names

    @model_validator(mode="after")
    def _consistent(self) -> "Suite":
        measured = self.measured()
        for name in measured:
            if name not in measurable(self.kind):
                raise ValueError(f"a suite of kind {self.kind} cannot measure {name!r}")
        for name, rule in self.gate.items():
            if name not in measured:
                raise ValueError(f"the gate names {name!r}, which is not measured")
            if _is_goal(name) and 0 < (rule.floor or 0) <= 1:
                raise ValueError(f"the floor {rule.floor:g} of {name!r} is not in percent")
        names = [variant.name for variant in self.variants]
        if len(set(names)) < len(names) or not names:
            raise ValueError("each variant needs a name of its own")
        return self

    def measured(self) -> tuple[str, ...]:
        """Return the names of the metrics."""
        return self.metrics or KINDS[self.kind]

    def located(self, workspace: Path) -> "Suite":
        """Return it with its paths below the workspace, where they are not absolute."""
        paths = {key: getattr(self, key) for key in ("dataset", "corpus", "router")}
        return self.model_copy(
            update={key: workspace / path for key, path in paths.items() if path is not None}
        )

    def definition(self, workspace: Path) -> dict[str, Any]:
        """Return it as plain JSON types, for fingerprints.

        Paths are relative to the workspace; of those outside only the name is kept, since where
        they lie on one machine means nothing on another.
        """
        record = self.model_dump(mode="json")
        for key in ("dataset", "corpus", "router"):
            path = getattr(self, key)
            if path is not None and Path(path).is_absolute():
                inside = Path(path).is_relative_to(workspace)
                record[key] = str(Path(path).relative_to(workspace) if inside else Path(path).name)
        return record


def _is_goal(metric: str) -> bool:
    """Tell whether a metric is a share to be raised, of which nobody asks for 1% or less."""
    known = metric_named(metric)
    return known.scale in ("binary", "share") and known.higher_is_better
