"""Reading YAML with libyaml, which is some ten times faster than PyYAML's own parser."""

from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML is built without libyaml on some platforms."""


def read_yaml(text: str) -> Any:
    """Return the value of a YAML document: plain Python types only.

    Raises:
        yaml.YAMLError: It is not valid YAML.
    """
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - both loaders are safe ones
