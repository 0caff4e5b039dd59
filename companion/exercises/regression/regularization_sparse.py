"""Exercises of the page on regularisation: the lasso, and the terms of a force law."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linear_model import Lasso, lasso_path, soft_threshold
from companion.model_selection import KFold
from companion.preprocessing import PolynomialFeatures, StandardScaler

PAGE = "05-regression/regularization"


def hard_threshold(x: Tensor, t: float) -> Tensor:
    return torch.where(x.abs() > t, x, torch.zeros_like(x))


def threshold_inputs(generator: Generator) -> list[Arguments]:
    """Numbers of both signs on both sides of the threshold, none near it."""
    drawn = (0.2 + 0.6 * uniform(generator, 0, 1, 8)) * tensor([1, -1, 3, -3, 5, -5, 2, -2])
    return [
        (tensor([3.0, -1.0, 0.2, 0.0]), 0.4),
        (drawn, 0.1),
        (drawn * 2, 1.9),
        (drawn, 0.0),
        (drawn.reshape(2, 4), 9.0),
    ]


SOFT_THRESHOLD = Exercise(
    name="regression.soft_threshold",
    page=PAGE,
    task="Move each entry of `x` towards zero by `t`, and set it to zero if it is smaller.",
    signature="soft_threshold(x, t) -> Tensor like x",
    reference=soft_threshold,
    inputs=threshold_inputs,
    tried="both signs, entries on both sides of the threshold, a threshold of zero",
    misconceptions=(
        Misconception(
            "keeps what is above the threshold as it is",
            hard_threshold,
            "That is the hard threshold: it removes small entries and leaves the others. The "
            "price pulls on large entries as well, so they move by t.",
        ),
        Misconception(
            "sets all negative entries to zero",
            lambda x, t: (x - t).clamp(min=0),
            "Negative entries are all gone. The threshold acts on the size, and the sign is put "
            "back.",
        ),
        Misconception(
            "loses the sign",
            lambda x, t: (x.abs() - t).clamp(min=0),
            "The sizes are right, but negative entries came back positive: multiply by the sign.",
        ),
        Misconception(
            "moves small entries beyond zero",
            lambda x, t: x - t * x.sign(),
            "Entries smaller than t went through zero to the other side. They have to stop there.",
        ),
    ),
    hints=("Treat the size |x| first, cut it off at zero, then put the sign back.",),
)


def lasso(X: Tensor, y: Tensor, alpha: float) -> Tensor:
    coef: Tensor = Lasso(alpha, fit_intercept=False, max_iter=20_000, tol=1e-14).fit(X, y).coef_
    return coef


def hard_lasso(X: Tensor, y: Tensor, alpha: float) -> Tensor:
    gram, moment = (X.T @ X).numpy(), (X.T @ y).numpy()
    w = np.zeros(len(gram))
    for _ in range(150):
        for j in range(len(w)):
            pull = moment[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = pull / gram[j, j] if abs(pull) > len(X) * alpha else 0
    return torch.as_tensor(w)


def price_without_count(X: Tensor, y: Tensor, alpha: float) -> Tensor:
    return lasso(X, y, alpha / len(X))


def residual_not_updated(X: Tensor, y: Tensor, alpha: float) -> Tensor:
    return soft_threshold(X.T @ y, len(X) * alpha) / (X**2).sum(0)


def price_of_the_sum(X: Tensor, y: Tensor, alpha: float) -> Tensor:
    return lasso(X, y, alpha / 2)


def is_minimum(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    """Test the conditions of optimality, whatever route led to the weights."""
    X, y, alpha = arguments
    if difference(got, expected, 1e300):  # kind and shape only
        return difference(got, expected, 1e300)
    w = torch.as_tensor(got, dtype=X.dtype)
    slope = X.T @ (y - X @ w) / len(X)
    rounding = 1e-6 * float((X.T @ y).abs().max()) / len(X)
    for j, (weight, pull) in enumerate(zip(w.tolist(), slope.tolist(), strict=True)):
        if abs(weight) > 1e-12 and abs(pull - alpha * (1 if weight > 0 else -1)) > rounding:
            return f"weight {j} is not at its best: Xⱼᵀr/N is {pull:.4g}, not ±{alpha:g}"
        if abs(weight) <= 1e-12 and abs(pull) > alpha + rounding:
            return f"weight {j} should not be zero: |Xⱼᵀr|/N is {abs(pull):.4g} > {alpha:g}"
    return None


def lasso_inputs(generator: Generator) -> list[Arguments]:
    """Centred tables with correlated columns of several sizes; some weights vanish."""
    cases: list[Arguments] = []
    for n, p, alpha in ((20, 2, 0.3), (30, 4, 0.2), (40, 6, 0.15)):
        common = randn(generator, n, 1)
        X = (randn(generator, n, p) + common) * uniform(generator, 0.7, 1.5, p)
        w = tensor([3.0, 0.0, -2.0, 0.4, 0.0, 1.0][:p])
        y = X @ w + 0.5 * randn(generator, n)
        cases.append((X - X.mean(0), y - y.mean(), alpha))
    return cases


LASSO_CD = Exercise(
    name="regression.lasso_cd",
    page=PAGE,
    task="Return the weights of the lasso, without a bias (`X` and `y` are centred), by "
    "coordinate descent: the minimum of SSE/(2N) plus `alpha` times the sum of the sizes.",
    signature="lasso_cd(X, y, alpha) -> Tensor[p]",
    reference=lasso,
    inputs=lasso_inputs,
    tried="two to six correlated columns, judged by the conditions of optimality",
    misconceptions=(
        Misconception(
            "uses the hard threshold",
            hard_lasso,
            "Weights that survive are not pulled towards zero: that is the hard threshold. The "
            "minimum over one weight is the soft threshold.",
        ),
        Misconception(
            "compares the price with a sum over all samples",
            price_without_count,
            "The cost holds SSE/(2N). If the inner product of column and residual is not divided "
            "by N, the threshold must be N times alpha.",
        ),
        Misconception(
            "does not update the residual",
            residual_not_updated,
            "Each weight was computed as if it were alone. After a weight changes, the residual "
            "changes, and the next weight must see it; then sweep again.",
        ),
        Misconception(
            "takes SSE/N for SSE/(2N)",
            price_of_the_sum,
            "Your weights are those of half the price: the derivative of SSE/(2N) has no factor 2, "
            "that of SSE/N has one.",
        ),
    ),
    hints=(
        "One coordinate at a time: with the residual r that leaves weight j out, its best value "
        "is soft(Xⱼᵀr/N, α) / (XⱼᵀXⱼ/N).",
    ),
    judge=is_minimum,
    tol=1e-6,
)


def least_squares(Z: Tensor, F: Tensor) -> Tensor:
    weights: Tensor = torch.linalg.lstsq(Z, F[:, None]).solution[:, 0]
    return weights


def thresholded(Z: Tensor, F: Tensor, least: float) -> Tensor:
    """Return which columns are left: fit, drop small weights, and repeat."""
    kept = torch.ones(Z.shape[1], dtype=torch.bool, device=Z.device)
    while True:
        w = torch.zeros_like(Z[0])
        w[kept] = least_squares(Z[:, kept], F)
        large = w.abs() > least
        if bool((large == kept).all()):
            return kept
        kept = large


def chosen(kept: Tensor, names: list[str]) -> list[str]:
    return [name for name, yes in zip(names, kept.tolist(), strict=True) if yes]


def active_terms(library: Tensor, F: Tensor, names: list[str]) -> list[str]:
    Z = StandardScaler().fit_transform(library)
    force = F - F.mean()
    return chosen(thresholded(Z, force, 0.1 * float(force.std())), names)


def raw_terms(library: Tensor, F: Tensor, names: list[str]) -> list[str]:
    centred = library - library.mean(0)
    return chosen(thresholded(centred, F - F.mean(), 0.1 * float(F.std())), names)


def lasso_supports(library: Tensor, F: Tensor, prices: Tensor) -> Tensor:
    Z = StandardScaler().fit_transform(library)
    coefs: Tensor = lasso_path(Z, F - F.mean(), alphas=prices)[1]
    return coefs != 0


def cross_validated_price(library: Tensor, F: Tensor) -> float:
    """Return the price of the lasso with the least error in five folds."""
    Z = StandardScaler().fit_transform(library)
    prices = torch.as_tensor(np.geomspace(1.0, 1e-3, 40)) * float(F.std())
    errors = torch.zeros_like(prices)
    for train, test in KFold(5).split(Z):
        means = Z[train].mean(0), F[train].mean()
        coefs = lasso_path(Z[train] - means[0], F[train] - means[1], alphas=prices)[1]
        predicted = means[1] + (Z[test] - means[0]) @ coefs
        errors += (F[test, None] - predicted).square().sum(0)
    return float(prices[errors.argmin()])


def lasso_terms(library: Tensor, F: Tensor, names: list[str]) -> list[str]:
    price = cross_validated_price(library, F)
    return chosen(lasso_supports(library, F, tensor([price]))[:, 0], names)


def recognise_lasso(arguments: Arguments, got: Any) -> bool:
    """Another grid and other folds find another price nearby."""
    library, F, names = arguments
    price = cross_validated_price(library, F)
    near = lasso_supports(library, F, price * tensor([3, 2, 1.5, 1.2, 1, 0.8, 0.6, 0.4, 0.3]))
    return any(set(chosen(kept, names)) == set(got) for kept in near.T)


def recognise_raw(arguments: Arguments, got: Any) -> bool:
    """Any usual threshold on raw weights, absolute or relative."""
    library, F, names = arguments
    centred, force = library - library.mean(0), F - F.mean()
    largest = float(least_squares(centred, force).abs().max())
    sizes = [share * unit for share in (0.05, 0.1, 0.2) for unit in (1, largest, float(F.std()))]
    return any(set(chosen(thresholded(centred, force, t), names)) == set(got) for t in sizes)


@functools.cache
def monomials() -> PolynomialFeatures:
    return PolynomialFeatures(3, include_bias=False).fit(torch.zeros(1, 2, dtype=torch.float64))


def hidden_law(generator: Generator) -> tuple[Tensor, Tensor, list[int]]:
    """Return a library, a force, and which columns it is made of.

    The velocity is ten times as large as the displacement: raw weights say nothing.
    """
    states = (4 * uniform(generator, 0, 1, 200, 2) - 2) * tensor([1.0, 10.0])
    library = monomials().transform(states)
    fast = (4, 7, 8)[int(integers(generator, 0, 3))]  # qdot^2, q qdot^2, qdot^3
    order = torch.randperm(9, generator=generator).tolist()
    terms = [fast, *[j for j in order if j != fast][: int(integers(generator, 1, 4))]]
    sizes = 3 ** uniform(generator, 0, 1, len(terms))
    signs = 2.0 * integers(generator, 0, 2, len(terms)) - 1
    force = library[:, terms] / library[:, terms].std(0) @ (sizes * signs)
    return library, force + 0.03 * force.std() * randn(generator, len(force)), terms


def law_inputs(generator: Generator) -> list[Arguments]:
    names = [str(name) for name in monomials().get_feature_names_out(["q", "qdot"])]
    return [(*hidden_law(generator)[:2], names) for _ in range(4)]


def same_terms(arguments: Arguments, got: Any, expected: list[str]) -> str | None:
    """Compare two sets of names."""
    if not isinstance(got, list | tuple | set) or not all(isinstance(name, str) for name in got):
        return "the result must be a list of names"
    missing, extra = set(expected) - set(got), set(got) - set(expected)
    if not missing and not extra:
        return None
    parts = [("missing", missing), ("too many", extra)]
    return "; ".join(f"{word}: {', '.join(sorted(terms))}" for word, terms in parts if terms)


SPARSE_FORCE_LAW = Exercise(
    name="regression.sparse_force_law",
    page=PAGE,
    task="Which terms are in the force law? `library` holds a column for each of nine candidate "
    "terms, `names` their names, and `F` the force with 3 % noise. Two to four terms are active, "
    "with contributions that differ by at most a factor of 3. Return their names.",
    signature="active_terms(library, F, names) -> list[str]",
    reference=active_terms,
    inputs=law_inputs,
    tried="four hidden laws of two to four terms, the velocity ten times the displacement",
    misconceptions=(
        Misconception(
            "keeps every weight of least squares that is not zero",
            lambda library, F, names: list(names),
            "Least squares gives all nine terms a weight, because noise is never exactly "
            "perpendicular to a column. Small contributions have to be dropped.",
        ),
        Misconception(
            "keeps every weight of the cross-validated lasso that is not zero",
            lasso_terms,
            "The price with the least cross-validated error is chosen for prediction: it is small "
            "and keeps false terms. Drop small contributions afterwards, and fit again.",
            recognise=recognise_lasso,
        ),
        Misconception(
            "compares raw weights with a threshold",
            raw_terms,
            "The size of a raw weight depends on the unit of its column: qdot is ten times as "
            "large as q, so its weights are small. Compare contributions to F: weight times "
            "standard deviation of the column.",
            recognise=recognise_raw,
        ),
    ),
    hints=(
        "What does a term contribute to F? Standardise the columns, fit, drop the weights below "
        "10 % of the standard deviation of F, and fit again until nothing is dropped.",
    ),
    judge=same_terms,
    alike=lambda got, wrong: set(got) == set(wrong),
)

EXERCISES = [SOFT_THRESHOLD, LASSO_CD, SPARSE_FORCE_LAW]
