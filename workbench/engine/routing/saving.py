"""Trained routers in folders: JSON and safetensors, never pickle.

A folder holds `router.json` (format, encoder, labels, n-grams, rules, the hash of the weights),
`weights.safetensors` and `card.json`. It is written beside its place and then moved there.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.calibration import Curves, Way
from workbench.engine.routing.deciding import Rules
from workbench.engine.routing.features import Features
from workbench.engine.routing.fitting import Confidence
from workbench.engine.routing.head import Head
from workbench.engine.routing.ngrams import NGrams
from workbench.engine.routing.trained import Learned, TrainedRouter
from workbench.errors import ResourceError, UsageError

FORMAT = 1
"""Raised when the files change, so that routers of an older one are refused."""
ROUTER, WEIGHTS, CARD = "router.json", "weights.safetensors", "card.json"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Curve(_Strict):
    way: Way
    accepting: tuple[float, ...]
    declining: tuple[float, ...]
    steps: tuple[tuple[float, ...], tuple[float, ...]]


class _Rules(_Strict):
    exclusive: bool
    knows_oos: bool
    temperature: float
    label_from: float
    scope: tuple[float, ...] | None
    threshold: float
    confidence: _Curve


class _Router(_Strict):
    format: Literal[1]
    encoder: str
    dimension: int
    labels: tuple[str, ...]
    words: tuple[str, ...]
    letters: tuple[str, ...]
    rules: _Rules
    weights_sha256: str


def save_router(
    folder: Path, router: TrainedRouter, embedder: Embedder, card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a router's folder, whole or not at all, and return the card with its size in bytes."""
    weights = save_tensors(_tensors(router.learned))
    described = _described(router.learned, embedder, hashlib.sha256(weights).hexdigest())
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (draft / WEIGHTS).write_bytes(weights)
        (draft / ROUTER).write_text(described.model_dump_json() + "\n", encoding="utf-8")
        size = sum(path.stat().st_size for path in draft.iterdir())
        sized = {**card, "bytes": size}
        text = json.dumps(sized, ensure_ascii=False, indent=1) + "\n"
        (draft / CARD).write_text(text, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    except OSError as error:
        raise ResourceError(f"cannot write {folder}: {error}", "check space and rights") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return sized


def load_router(folder: Path, embedder: Embedder) -> TrainedRouter:
    """Read a router.

    Raises:
        UsageError: It is damaged, of another format, or was trained with another encoder.
    """
    try:
        saved = _Router.model_validate_json((folder / ROUTER).read_bytes())
        weights = (folder / WEIGHTS).read_bytes()
    except ValidationError as error:
        first = error.errors()[0]
        raise damaged(folder, f"{ROUTER}: {'.'.join(map(str, first['loc']))}") from error
    except OSError as error:
        raise damaged(folder, str(error)) from error
    if (saved.encoder, saved.dimension) != (embedder.name, embedder.dimension):
        raise UsageError(
            f"router {folder.name} was trained with the encoder {saved.encoder!r},"
            f" but this workspace has {embedder.name!r}",
            "train it again, or set the embedder back",
        )
    if hashlib.sha256(weights).hexdigest() != saved.weights_sha256:
        raise damaged(folder, f"{WEIGHTS} is not what was saved")
    try:
        learned = _learned(saved, load_tensors(weights))
    except (SafetensorError, KeyError, ValueError) as error:
        raise damaged(folder, str(error)) from error
    return TrainedRouter(learned, embedder)


def _tensors(learned: Learned) -> dict[str, Any]:
    features, head = learned.features, learned.head
    return {
        "mean": features.mean.astype(np.float32),
        "words": np.array(list(features.words.weights.values())),
        "letters": np.array(list(features.letters.weights.values())),
        "head.vectors": head.vectors.astype(np.float16),
        "head.grams": head.grams.astype(np.float16),
        "head.constant": head.constant.astype(np.float32),
        "examples": learned.examples.astype(np.float16),
        "in_scope": learned.in_scope,
    }


def _described(learned: Learned, embedder: Embedder, weights_sha256: str) -> _Router:
    rules, curves = learned.rules, learned.rules.curves
    return _Router(
        format=FORMAT,
        encoder=embedder.name,
        dimension=embedder.dimension,
        labels=rules.labels,
        words=tuple(learned.features.words.weights),
        letters=tuple(learned.features.letters.weights),
        rules=_Rules(
            exclusive=rules.exclusive,
            knows_oos=rules.knows_oos,
            temperature=rules.temperature,
            label_from=rules.label_from,
            scope=rules.scope.weights if rules.scope else None,
            threshold=rules.threshold,
            confidence=_Curve(
                way=curves.way,
                accepting=curves.accepting.weights,
                declining=curves.declining.weights,
                steps=curves.steps,
            ),
        ),
        weights_sha256=weights_sha256,
    )


def _learned(saved: _Router, tensors: Mapping[str, Any]) -> Learned:
    """Return what a router learned.

    Raises:
        KeyError: A tensor is missing.
        ValueError: A tensor has another shape than the description says.
    """
    classes = len(saved.labels) + (saved.rules.exclusive and saved.rules.knows_oos)
    grams = len(saved.words) + len(saved.letters)
    count = len(tensors["examples"])
    shapes = {
        "mean": (saved.dimension,),
        "words": (len(saved.words),),
        "letters": (len(saved.letters),),
        "head.vectors": (saved.dimension, classes),
        "head.grams": (grams, classes),
        "head.constant": (classes,),
        "examples": (count, saved.dimension),
        "in_scope": (count,),
    }
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            raise ValueError(f"{name} has the shape {tensors[name].shape} and not {shape}")
    wide = {name: tensors[name].astype(np.float64) for name in shapes if name != "in_scope"}
    words = dict(zip(saved.words, wide["words"].tolist(), strict=True))
    letters = dict(zip(saved.letters, wide["letters"].tolist(), strict=True))
    return Learned(
        Features(wide["mean"], NGrams(words, "words"), NGrams(letters, "letters")),
        Head(wide["head.vectors"], wide["head.grams"], wide["head.constant"]),
        wide["examples"],
        tensors["in_scope"].astype(bool),
        _rules(saved),
    )


def _rules(saved: _Router) -> Rules:
    rules, curve = saved.rules, saved.rules.confidence
    return Rules(
        labels=saved.labels,
        exclusive=rules.exclusive,
        knows_oos=rules.knows_oos,
        temperature=rules.temperature,
        label_from=rules.label_from,
        scope=Confidence(rules.scope) if rules.scope else None,
        threshold=rules.threshold,
        curves=Curves(
            curve.way, Confidence(curve.accepting), Confidence(curve.declining), curve.steps
        ),
    )


def damaged(folder: Path, why: str) -> UsageError:
    """Return the error that says why a router cannot be read."""
    return UsageError(f"router {folder.name} cannot be read ({why})", "train it again")
