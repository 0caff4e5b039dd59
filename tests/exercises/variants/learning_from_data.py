"""Correct answers to the exercises on learning from data, by other routes."""

import numpy as np


def hooke_modulus(strain, stress):
    return np.linalg.lstsq(strain.numpy()[:, None], stress.numpy(), rcond=None)[0][0]


def hooke_by_search(strain, stress):
    """Newton's step on the parabola of costs, from any start."""

    def cost(E):
        return float(((stress - E * strain) ** 2).sum())

    first = float(stress[-1] / strain[-1])
    h = abs(first)
    left, middle, right = cost(first - h), cost(first), cost(first + h)
    return first - h * (right - left) / (2 * (right - 2 * middle + left))


def predict(X, w):
    """Row by row."""
    return [float(w[0] + w[1] * a + w[2] * b + w[3] * a * b) for a, b in X.tolist()]


def predict_by_kron(X, w):
    """The four terms are the outer product of (1, x₂) and (1, x₁)."""
    rows = [np.kron([1, b], [1, a]) for a, b in X.tolist()]
    return np.array(rows) @ w.numpy()


def name_the_task():
    kinds = {"classification": "ad", "regression": "be", "neither": "cf"}
    return {letter: kind.upper() for kind, letters in kinds.items() for letter in letters}


VARIANTS = {
    "regression.hooke_modulus": [hooke_modulus, hooke_by_search],
    "regression.product_hypothesis": [predict, predict_by_kron],
    "regression.name_the_task": [name_the_task],
}
