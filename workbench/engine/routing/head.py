"""The linear part of a trained router: from a text's features to one number for each class.

Two penalised logistic regressions are fitted and their logits averaged, which is one linear map
again: one on the vectors alone, one on vectors and n-grams. In the second, n-grams take over what
the vectors say as well, which is lost where a text shares no n-gram with the examples, as in
another language; the first keeps it. Where every example has one label at most, the classes
exclude each other (softmax); else each is decided against the rest (sigmoid).

The constants were chosen on the validation parts of nine sets; see `evals/routing/recipe.py`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from workbench.engine.routing.features import Array

ALONE_SCALE = 8.0
"""What a vector is multiplied by where it is alone."""
ALONE_INVERSE_PENALTY = 10.0
"""How little large weights cost there."""
BESIDE_SCALE = 3.0
"""What a vector is multiplied by beside the n-grams."""
BESIDE_INVERSE_PENALTY = 30.0
TOLERANCE = 1e-3
"""The relative gain below which fitting ends; going on to 1e-7 took three times as long and
changed no accuracy."""
_STEPS = 200
_MEMORY = 6

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear map from features to logits.

    Attributes:
        vectors: The weights of the centred vector, one row a dimension, one column a class.
        grams: The weights of the n-grams, one row each.
        constant: One number a class.
    """

    vectors: Array
    grams: Array
    constant: Array

    def logits(self, centred: Array, grams: csr_matrix) -> Array:
        """Return the logits of texts, one row each."""
        found: Array = centred @ self.vectors + grams @ self.grams + self.constant
        return found

    def rounded(self) -> "Head":
        """Return the map in half precision, as it is saved."""
        vectors = self.vectors.astype(np.float16).astype(np.float64)
        grams = self.grams.astype(np.float16).astype(np.float64)
        return Head(vectors, grams, self.constant.astype(np.float32).astype(np.float64))


def fit_head(centred: Array, grams: csr_matrix, wanted: Array, exclusive: bool) -> Head:
    """Fit the map to examples.

    Args:
        centred: Their vectors, one a row.
        grams: Their n-grams, one row each.
        wanted: 1 where an example is of a class and 0 elsewhere, one column a class.
        exclusive: Whether an example is of one class at most.
    """
    nothing = csr_matrix((len(centred), 0))
    alone = _fit(ALONE_SCALE * centred, nothing, wanted, ALONE_INVERSE_PENALTY, exclusive)
    beside = _fit(BESIDE_SCALE * centred, grams, wanted, BESIDE_INVERSE_PENALTY, exclusive)
    size = centred.shape[1]
    vectors = (ALONE_SCALE * alone[:size] + BESIDE_SCALE * beside[:size]) / 2
    return Head(vectors, beside[size:-1] / 2, (alone[-1] + beside[-1]) / 2).rounded()


def _fit(
    dense: Array, sparse: csr_matrix, wanted: Array, inverse_penalty: float, exclusive: bool
) -> Array:
    """Return the weights of a penalised logistic regression: dense, sparse, the constant last.

    Products are in single precision, which is twice as fast; sums and steps are in double.
    """
    single, target = dense.astype(np.float32), wanted.astype(np.float32)
    counts = sparse.astype(np.float32)
    turned, turned_counts = np.ascontiguousarray(single.T), counts.T.tocsr()
    split, shape = dense.shape[1], (dense.shape[1] + sparse.shape[1] + 1, wanted.shape[1])
    errors_of = _softmax_errors if exclusive else _sigmoid_errors

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(shape)
        halved = weights.astype(np.float32)
        scores = single @ halved[:split] + counts @ halved[split:-1] + halved[-1]
        cost, errors = errors_of(scores, target)
        slope = weights / inverse_penalty
        slope[:split] += turned @ errors
        slope[split:-1] += turned_counts @ errors
        slope[-1] = errors.sum(axis=0)
        penalty = float((weights[:-1] ** 2).sum()) / (2 * inverse_penalty)
        return cost + penalty, slope.ravel()

    options = {"maxiter": _STEPS, "maxcor": _MEMORY, "ftol": TOLERANCE}
    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    weights: Array = found.x.reshape(shape)
    return weights


def _softmax_errors(scores: Singles, target: Singles) -> tuple[float, Singles]:
    top = scores.max(axis=1, keepdims=True)
    shares = np.exp(scores - top)
    sums = shares.sum(axis=1, keepdims=True)
    cost = (np.log(sums) + top).sum(dtype=np.float64) - (scores * target).sum(dtype=np.float64)
    return float(cost), shares / sums - target


def _sigmoid_errors(scores: Singles, target: Singles) -> tuple[float, Singles]:
    cost = (np.logaddexp(0, scores) - target * scores).sum(dtype=np.float64)
    return float(cost), expit(scores) - target
