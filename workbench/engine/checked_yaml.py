"""Reading an assistant's YAML file into a model that says what is wrong with it."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from workbench.errors import ConfigError
from workbench.yaml_text import read_yaml

Model = TypeVar("Model", bound=BaseModel)


def read_checked(path: Path, model: type[Model]) -> Model:
    """Return what a YAML file holds.

    Args:
        path: The file.
        model: What it should hold.

    Raises:
        ConfigError: The file cannot be read, or a key is missing, unknown or of the wrong kind.
    """
    try:
        values = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read ({error})", "correct it") from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(f"{path}: {place}: {first['msg']}", "correct it") from error
