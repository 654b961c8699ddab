"""Log lines as columns: what is needed of each, a few numbers; its text once for all like it."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.monitoring.templates import OTHER, TemplateMiner, cleaned, masked

Numbers = NDArray[np.int64]

LEVELS = ("debug", "info", "warning", "error", "critical")
_ALIASES = {
    "trace": 0, "debug": 0, "notice": 1, "info": 1, "warn": 2, "warning": 2, "err": 3, "error": 3,
    "severe": 3, "failure": 3, "fatal": 4, "critical": 4, "crit": 4, "alert": 4, "emergency": 4,
    "emerg": 4, "panic": 4,
}  # fmt: skip
ERROR, CRITICAL = LEVELS.index("error"), LEVELS.index("critical")
_INFO = LEVELS.index("info")

MAX_TEXTS = 20_000
"""Kept per service and level; later ones are known by their template only."""
MAX_SERVICES = 200
_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Text:
    """A masked message that lines share.

    Attributes:
        service: The number of its service.
        level: The number of its level in `LEVELS`.
        series: The number of its template among all of the log.
        text: What it says, without values.
    """

    service: int
    level: int
    series: int
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """A template of one service and level.

    Attributes:
        service: The number of the service.
        level: The number of the level.
        template: What its lines have in common.
    """

    service: int
    level: int
    template: str


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Lines in the order of the files, the baseline's first.

    Attributes:
        times: When, in seconds since 1970 (float, one a line).
        texts: The number of each line's text.
        components: The number of what it concerns, -1 where it names nothing.
        affected: The number of whom it concerns, -1 where it names nobody.
        baseline: How many lines, from the first on, come from the baseline file.
        text_table: The texts by number.
        series_table: The templates by number.
        services: The services by number.
        component_names: The components by number.
    """

    times: NDArray[np.float64]
    texts: Numbers
    components: Numbers
    affected: Numbers
    baseline: int
    text_table: Sequence[Text]
    series_table: Sequence[Series]
    services: Sequence[str]
    component_names: Sequence[str]

    @property
    def series(self) -> Numbers:
        """The number of each line's template."""
        of_text = np.array([one.series for one in self.text_table], dtype=np.int64)
        return of_text[self.texts] if len(of_text) else self.texts

    @property
    def series_service(self) -> Numbers:
        """The number of each template's service."""
        return np.array([one.service for one in self.series_table], dtype=np.int64)

    @property
    def series_failed(self) -> NDArray[np.bool_]:
        """Whether the lines of each template are errors."""
        return np.array([one.level >= ERROR for one in self.series_table], dtype=bool)


@dataclass(slots=True)
class _Miner:
    """What is known of one service and level."""

    service: int
    level: int
    templates: TemplateMiner = field(default_factory=TemplateMiner)
    texts: dict[str, int] = field(default_factory=dict)
    series: dict[int, int] = field(default_factory=dict)


class LogBuilder:
    """Takes lines one by one and keeps of each only its numbers.

    Args:
        component_keys: The keys of metadata that name what a line concerns.
        affected_keys: The keys of metadata that name whom it concerns.
    """

    def __init__(self, component_keys: Sequence[str], affected_keys: Sequence[str]) -> None:
        self._component_keys = component_keys
        self._affected_keys = affected_keys
        self._times = array("d")
        self._texts, self._components, self._affected = array("q"), array("q"), array("q")
        self._miners: dict[tuple[int, int], _Miner] = {}
        self._text_table: list[Text] = []
        self._series_count = 0
        self._services: dict[str, int] = {}
        self._component_names: dict[str, int] = {}
        self._affected_names: dict[str, int] = {}
        self._baseline = 0

    def __len__(self) -> int:
        return len(self._times)

    def add(
        self,
        service: str,
        level: str,
        message: str,
        timestamp: datetime,
        metadata: Mapping[str, Any],
    ) -> None:
        """Take a line; a time without a zone is UTC, an unknown level counts as information."""
        aware = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
        miner = self._miner(service, _ALIASES.get(level.strip().casefold(), _INFO))
        self._times.append(aware.timestamp())
        self._texts.append(self._text(miner, masked(message)))
        self._components.append(_number(metadata, self._component_keys, self._component_names))
        self._affected.append(_number(metadata, self._affected_keys, self._affected_names))

    def end_baseline(self) -> None:
        """Say that what was taken so far is the baseline."""
        self._baseline = len(self)

    def build(self) -> Log:
        """Return the log."""
        return Log(
            times=np.array(self._times, dtype=np.float64),
            texts=np.array(self._texts, dtype=np.int64),
            components=np.array(self._components, dtype=np.int64),
            affected=np.array(self._affected, dtype=np.int64),
            baseline=self._baseline,
            text_table=self._text_table,
            series_table=self._series(),
            services=list(self._services),
            component_names=list(self._component_names),
        )

    def _miner(self, service: str, level: int) -> _Miner:
        name = cleaned(service, _NAME_CHARS)
        if name not in self._services and len(self._services) >= MAX_SERVICES:
            name = OTHER
        number = self._services.setdefault(name, len(self._services))
        key = (number, level)
        if key not in self._miners:
            self._miners[key] = _Miner(number, level)
        return self._miners[key]

    def _text(self, miner: _Miner, text: str) -> int:
        known = miner.texts.get(text)
        if known is not None:
            return known
        template = miner.templates.add(text)
        if len(miner.texts) >= MAX_TEXTS:
            text = miner.templates.text(template)
            if text in miner.texts:
                return miner.texts[text]
        if template not in miner.series:
            miner.series[template] = self._series_count
            self._series_count += 1
        miner.texts[text] = len(self._text_table)
        self._text_table.append(Text(miner.service, miner.level, miner.series[template], text))
        return miner.texts[text]

    def _series(self) -> list[Series]:
        found: dict[int, Series] = {}
        for miner in self._miners.values():
            for template, number in miner.series.items():
                text = miner.templates.text(template)
                found[number] = Series(miner.service, miner.level, text)
        return [found[number] for number in range(self._series_count)]


def _number(metadata: Mapping[str, Any], keys: Sequence[str], names: dict[str, int]) -> int:
    """Return the number of the first key's value, -1 where the metadata has none of them."""
    for key in keys:
        value = metadata.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool):
            name = cleaned(str(value), _NAME_CHARS)
            return names.setdefault(name, len(names)) if name else -1
    return -1
