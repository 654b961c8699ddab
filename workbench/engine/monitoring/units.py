"""What may fall silent: every service as a whole, and every component that its lines name."""

from dataclasses import dataclass

import numpy as np

from workbench.engine.monitoring.log import Log, Numbers

MAX_PARTS = 100
"""The components with the most lines; more are names that a service makes up, no components."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What may fall silent; the services come first, by their numbers.

    Attributes:
        service: The service of each.
        component: The component of each, -1 for a service as a whole.
        of_line: The component's unit of each line, -1 where the line names none that is watched.
        services: How many services there are.
    """

    service: Numbers
    component: Numbers
    of_line: Numbers
    services: int


def find_units(log: Log) -> Units:
    """Return the services of a log and the components that they name most often."""
    services, names = len(log.services), len(log.component_names)
    of_service = log.series_service[log.series] if len(log.times) else log.texts
    keys = np.where(log.components >= 0, of_service * names + log.components, -1)
    found, counts = np.unique(keys[keys >= 0], return_counts=True)
    kept = np.sort(found[np.argsort(-counts, kind="stable")[:MAX_PARTS]])
    place = np.minimum(np.searchsorted(kept, keys), max(len(kept) - 1, 0))
    known = kept[place] == keys if len(kept) else np.zeros(len(keys), dtype=bool)
    return Units(
        service=np.concatenate([np.arange(services), kept // max(names, 1)]).astype(np.int64),
        component=np.concatenate([np.full(services, -1), kept % max(names, 1)]).astype(np.int64),
        of_line=np.where(known, services + place, -1).astype(np.int64),
        services=services,
    )
