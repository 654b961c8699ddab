"""Many tests at once: Holm for what decides, Benjamini and Hochberg for what explores."""

from collections.abc import Mapping

from statsmodels.stats.multitest import multipletests


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted so that any false alarm among them is held at the level.

    Holm, "A simple sequentially rejective multiple test procedure" (1979). For gate sets, which
    are declared before the run.
    """
    return _adjusted(p_values, "holm")


def benjamini_hochberg(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted so that the share of false alarms among the alarms is held.

    Benjamini and Hochberg, "Controlling the false discovery rate" (1995). For slices that are
    looked through.
    """
    return _adjusted(p_values, "fdr_bh")


def _adjusted(p_values: Mapping[str, float], method: str) -> dict[str, float]:
    if len(p_values) < 2:
        return dict(p_values)
    adjusted = multipletests(list(p_values.values()), method=method)[1]
    return {name: float(p) for name, p in zip(p_values, adjusted, strict=True)}
