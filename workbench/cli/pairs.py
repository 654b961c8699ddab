"""Reading `--set name=value`."""

from collections.abc import Sequence

from workbench.errors import UsageError


def read_pairs(values: Sequence[str], noun: str) -> dict[str, str]:
    """Return the pairs of a repeatable option `--set NAME=VALUE`.

    Args:
        values: As they were typed.
        noun: What one is called.

    Raises:
        UsageError: A pair has no name or value, or a name is there twice.
    """
    pairs: dict[str, str] = {}
    for one in values:
        name, _, value = (part.strip() for part in one.partition("="))
        if not name or not value:
            raise UsageError(f"{one!r} is no {noun}", "write --set NAME=VALUE")
        if name in pairs:
            raise UsageError(f"{name} is set twice", "set it once")
        pairs[name] = value
    return pairs
