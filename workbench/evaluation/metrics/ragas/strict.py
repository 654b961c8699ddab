"""Reply forms that leave a judge no room for what the arithmetic of ragas would misread.

ragas declares verdicts as integers: a 2 or a -1 counts as "yes" there, and a rating of 3 is asked
for again, up to five times. The server holds replies to a JSON schema, so the schema says it.
"""

import functools
from typing import Any, Literal, get_args

from pydantic import BaseModel, create_model

ALLOWED: dict[str, Any] = {
    "verdict": Literal[0, 1],
    "attributed": Literal[0, 1],
    "noncommittal": Literal[0, 1],
    "rating": Literal[0, 2, 4],
}
"""The values of the fields that ragas computes with, by the fields' names."""


@functools.cache
def strict(form: type[BaseModel]) -> type[BaseModel]:
    """Return a reply form whose fields of `ALLOWED` take those values only, at any depth.

    A reply in it is one in `form` too, and its fields keep their order: a judge that first writes
    its reason shall go on doing so.
    """
    fields: dict[str, Any] = {}
    for name, info in form.model_fields.items():
        inner = next(iter(get_args(info.annotation)), None)
        if name in ALLOWED:
            fields[name] = (ALLOWED[name], info)
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            fields[name] = (list[strict(inner)], info)  # type: ignore[misc]
    return create_model(form.__name__, __base__=form, **fields)
