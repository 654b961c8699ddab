"""The models that can be served here: `catalogue.yaml`, and a workspace's own `models.yaml`.

The catalogue is data. Reading it fetches and starts nothing.
"""

import difflib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.config import PriceSettings
from workbench.errors import ConfigError, UnknownNameError
from workbench.yaml_text import read_yaml

WORKSPACE_MODELS = "models.yaml"
"""The file in which a workspace names models of its own, in the catalogue's format."""

SHA256 = r"^[0-9a-f]{64}$"
REVISION = r"^[0-9a-f]{40}$"
NAME = r"^[a-z0-9][a-z0-9._-]*$"


class Entry(BaseModel):
    """A part of the catalogue; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WheelSource(Entry):
    """Parts of a GGUF file that wheels carry as data, in order; the wheels are never installed."""

    kind: Literal["wheels"]
    requirement: str
    """The exact requirement of a part's wheel; `{n}` stands for the part's number from 1."""
    path: str
    """The part inside its wheel; `{n}` as above, `{n:02}` with two digits."""
    parts: int = Field(default=1, ge=1)
    """How many wheels there are."""

    def wheels(self) -> list[tuple[str, str]]:
        """Return the requirement and the inner path of each part, in the order of joining."""
        numbers = range(1, self.parts + 1)
        return [(self.requirement.format(n=n), self.path.format(n=n)) for n in numbers]

    def __str__(self) -> str:
        return self.requirement.format(n="*")


class HubSource(Entry):
    """A repository of the Hugging Face hub."""

    kind: Literal["hub"]
    repository: str
    revision: str | None = Field(default=None, pattern=REVISION)
    """The commit; without one nothing is fetched unless the caller names it."""
    file: str | None = None
    """One GGUF file of it (known by its SHA-256, so no revision is needed); else the folder."""

    def __str__(self) -> str:
        return f"hub {self.repository}"


class FileSource(Entry):
    """A GGUF file on this machine."""

    kind: Literal["file"]
    path: Path

    def __str__(self) -> str:
        return str(self.path)


Source = Annotated[WheelSource | HubSource | FileSource, Field(discriminator="kind")]


class Gguf(Entry):
    """The GGUF file from which a model's folder is converted."""

    sha256: str = Field(pattern=SHA256)
    """Of the whole file, after its parts are joined."""
    size: int = Field(gt=0)
    """In bytes."""
    quantisation: str
    """How the file stores its weights, such as `Q4_K_M`."""
    tied: bool
    """Whether the model's input embedding and output layer are one tensor."""


class Derivation(Entry):
    """A variant that is computed here from another model of the catalogue."""

    base: str
    """The model whose converted weights are read."""
    method: Literal["w4a16", "w8a8"]
    """`w4a16`: 4-bit weights, 16-bit arithmetic; `w8a8`: both in 8 bits (weights/quantise.py)."""


class Serving(Entry):
    """Options of the model server."""

    max_model_len: int = Field(gt=0)
    """Tokens that fit in a request, answer included."""
    dtype: Literal["bfloat16", "float16", "auto"] = "bfloat16"
    """The arithmetic."""
    tool_parser: str | None = None
    """How vLLM reads tool calls out of the text; `None` where the model makes none."""
    flags: tuple[str, ...] = ()
    """More command-line flags."""


class Measurement(Entry):
    """A figure and where it comes from."""

    what: str
    """What was measured, with its unit."""
    value: str
    where: str
    """The machine and the settings."""


class Model(Entry):
    """A model that can be fetched and served."""

    name: str = Field(pattern=NAME)
    title: str
    parameters: int | None = Field(default=None, gt=0)
    """How many parameters it has, a shared tensor counted once; `None` where nobody said."""
    licence: str
    """The SPDX identifier, or the name of the licence."""
    origin: str
    """The repository that first published it."""
    weights: str
    """Which weights are served, as results name them."""
    quantisation: str
    """How the served weights are stored: `bf16`, `w4a16`, `w8a8`, `awq`, `fp8`."""
    device: Literal["cpu", "gpu"]
    """For which kind of machine it is meant; a GPU serves the others too."""
    memory_gib: float = Field(gt=0)
    """The least memory of the device that serves it, in GiB, the attention cache included."""
    disk_bytes: int = Field(default=0, ge=0)
    """What its folder takes in the cache, about; 0 where nobody said."""
    sources: tuple[Source, ...] = ()
    """Where its files come from, the first that works."""
    gguf: Gguf | None = None
    derived: Derivation | None = None
    price: PriceSettings | None = None
    """What a hosted service charges for it; `None` where no price is known."""
    serving: Serving
    measured: tuple[Measurement, ...] = ()
    note: str = ""


class Defaults(Entry):
    """Which model serves when none is named."""

    cpu: str
    gpu: str
    test: str
    """The smallest model, for tests."""


class Catalogue:
    """The known models by name, in the order of the files.

    Args:
        models: The models, each under its name.
        defaults: Which of them serve when none is named.
    """

    def __init__(self, models: dict[str, Model], defaults: Defaults) -> None:
        self._models = models
        self.defaults = defaults

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def __contains__(self, name: object) -> bool:
        return name in self._models

    @property
    def names(self) -> list[str]:
        """The models' names."""
        return list(self._models)

    def get(self, name: str) -> Model:
        """Return a model.

        Raises:
            UnknownNameError: There is none of that name; the hint gives the nearest.
        """
        if name in self._models:
            return self._models[name]
        nearest = difflib.get_close_matches(name, self._models, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else "see: workbench models list"
        raise UnknownNameError(f"there is no model {name!r}", hint)


def load_catalogue(workspace: Path | None = None) -> Catalogue:
    """Read the catalogue.

    Args:
        workspace: A folder whose `models.yaml`, if there is one, adds models or replaces them.

    Raises:
        ConfigError: A file is not valid.
    """
    shipped = resources.files(__package__) / "catalogue.yaml"
    document = _parse(shipped.read_text(encoding="utf-8"), "catalogue.yaml")
    models = _models(document, "catalogue.yaml")
    if workspace:
        models |= workspace_models(workspace)
    catalogue = Catalogue(models, Defaults.model_validate(document["defaults"]))
    for model in catalogue:
        if model.derived and model.derived.base not in catalogue:
            raise ConfigError(f"model {model.name!r} is made from {model.derived.base!r}", "add it")
    return catalogue


def workspace_models(workspace: Path) -> dict[str, Model]:
    """Read the models that a workspace's own file names.

    Raises:
        ConfigError: The file is not valid.
    """
    own = workspace / WORKSPACE_MODELS
    if not own.is_file():
        return {}
    return _models(_parse(own.read_text(encoding="utf-8"), str(own)), str(own))


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        document = read_yaml(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{where} is not valid YAML", str(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("models"), list):
        raise ConfigError(f"{where} has no list of models", "see workbench/services/catalogue.yaml")
    return document


def _models(document: dict[str, Any], where: str) -> dict[str, Model]:
    models: dict[str, Model] = {}
    for record in document["models"]:
        try:
            model = Model.model_validate(record)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            name = record.get("name", "?") if isinstance(record, dict) else record
            raise ConfigError(
                f"{where}, model {name}: {key}: {first['msg']}", "correct it"
            ) from error
        models[model.name] = model
    return models
