"""The systems that a run compares: those of the suite, times what the command line names."""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from workbench.config import Section, Settings, setting_names
from workbench.errors import UsageError
from workbench.evaluation.suites.suite import Suite, Variant

_LONGEST = 56
"""A number that tells two apart still fits into the 60 that a name may have."""


def expand(
    suite: Suite,
    models: Sequence[str] = (),
    prompts: Sequence[str] = (),
    settings: Mapping[str, Sequence[Any]] | None = None,
) -> Suite:
    """Return the suite with a variant for every combination.

    Args:
        suite: Its own variants are the starting points.
        models: Models to compare; the variant's own when empty.
        prompts: Prompts to compare; the variant's own when empty.
        settings: Values to compare, by the setting's dotted name.
    """
    given = settings or {}
    choices: list[list[tuple[str, Any]]] = [
        [("model", model) for model in models],
        [("prompt", prompt) for prompt in prompts],
        *([(name, value) for value in values] for name, values in given.items()),
    ]
    combinations = list(itertools.product(*(choice for choice in choices if choice)))
    variants = [
        _changed(variant, dict(combination))
        for variant in suite.variants
        for combination in combinations
    ]
    names = _unique([_name(variant, suite, len(variants)) for variant in variants])
    renamed = [
        variant.model_copy(update={"name": name})
        for variant, name in zip(variants, names, strict=True)
    ]
    return suite.model_copy(update={"variants": tuple(renamed)})


def parse_set(options: Sequence[str]) -> dict[str, list[str]]:
    """Read the options `key=v1,v2` of the command line.

    Raises:
        UsageError: One is not of that form.
    """
    parsed: dict[str, list[str]] = {}
    for option in options:
        key, separator, values = option.partition("=")
        found = [value.strip() for value in values.split(",") if value.strip()]
        if not separator or not key.strip() or not found:
            raise UsageError(f"--set {option!r} cannot be read", "write key=value or key=v1,v2")
        parsed[key.strip()] = found
    return parsed


def apply_variant(settings: Settings, variant: Variant) -> Settings:
    """Return the settings of a variant.

    Raises:
        UsageError: It names a setting that there is not, or a wrong value.
    """
    changed: dict[str, Any] = {"model": variant.model} if variant.model else {}
    sections: dict[str, dict[str, Any]] = {}
    for name, value in variant.settings.items():
        section, _, key = name.partition(".")
        if name not in setting_names() or not key:
            raise _unknown(name)
        sections.setdefault(section, {})[key] = value
    for section, values in sections.items():
        changed[section] = _section(getattr(settings, section), section, values)
    return settings.model_copy(update=changed)


def _section(current: Section, name: str, values: dict[str, Any]) -> Section:
    try:
        # what nobody chose stays unset, and so an assistant's own settings hold for it
        return type(current).model_validate({**current.model_dump(exclude_unset=True), **values})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([name, *(str(part) for part in first["loc"])])
        raise UsageError(f"setting {key!r}: {first['msg']}", "correct its value") from error


def _unknown(name: str) -> UsageError:
    import difflib

    dotted = [known for known in setting_names() if "." in known]
    nearest = difflib.get_close_matches(name, dotted, n=1, cutoff=0.0)
    return UsageError(
        f"a variant names the unknown setting {name!r}", f"the nearest is {nearest[0]!r}"
    )


def _changed(variant: Variant, chosen: dict[str, Any]) -> Variant:
    update: dict[str, Any] = {key: chosen.pop(key) for key in ("model", "prompt") if key in chosen}
    return variant.model_copy(update={**update, "settings": {**variant.settings, **chosen}})


def _name(variant: Variant, suite: Suite, count: int) -> str:
    """Name a variant after what tells it from the others; a single one keeps its name."""
    if count == 1 or count == len(suite.variants):
        return variant.name
    parts = [] if variant.name == "default" else [variant.name]
    parts += [part for part in (variant.model, variant.prompt) if part]
    parts += [f"{key.rpartition('.')[2]}-{value}" for key, value in variant.settings.items()]
    return _slug("_".join(parts))


def _slug(name: str) -> str:
    """Return a name as suites demand them, of at most 60 letters, digits and marks."""
    plain = re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-_.")[:_LONGEST]
    return plain or "variant"


def _unique(names: Sequence[str]) -> list[str]:
    return [name if names.count(name) == 1 else f"{name}-{at + 1}" for at, name in enumerate(names)]
