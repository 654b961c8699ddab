"""The JSON Schema of suite files, for editors that check YAML while one types."""

from typing import Any

from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.suites.suite import Suite

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def suite_schema() -> dict[str, Any]:
    """Return the schema of a suite's file.

    A file may leave its name out, which is then that of the file. What only `load_suite` can see,
    such as a gate on a metric that is not measured, a schema cannot say.
    """
    schema = Suite.model_json_schema()
    schema["required"] = [key for key in schema["required"] if key != "name"]
    names = list(METRICS)
    schema["properties"]["metrics"]["items"] = {"enum": names}
    schema["properties"]["gate"]["propertyNames"] = {"enum": names}
    return {"$schema": DIALECT, "$id": "suite.schema.json", **schema}
